"""Forward passes of well-known blocks of convolutional networks, in NumPy, from weights given by name.

The names are those of a PyTorch state dict, so that the same weights load into a module. Sources: He, Zhang,
Ren and Sun, "Deep residual learning for image recognition" (2016); Hu, Shen and Sun, "Squeeze-and-excitation
networks" (2018); Szegedy and others, "Going deeper with convolutions" (2015).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from exercises.reference.activations import sigmoid
from exercises.reference.batchnorm import batch_norm
from exercises.reference.checking import rank
from exercises.reference.convolution import conv2d
from exercises.reference.pooling import max_pool2d

Weights = Mapping[str, np.ndarray]
Shapes = dict[str, tuple[int, ...]]

NORM_PARTS = ("weight", "bias", "running_mean", "running_var")


def se_shapes(channels: int, reduction: int) -> Shapes:
    """Names and shapes of the weights of `se_block`. Raises ValueError where no hidden unit is left."""
    _at_least_one(channels=channels, reduction=reduction)
    hidden = channels // reduction
    if hidden < 1:
        raise ValueError(f"{channels} channels reduced by {reduction} leave no hidden unit")
    return {
        "reduce.weight": (hidden, channels),
        "reduce.bias": (hidden,),
        "expand.weight": (channels, hidden),
        "expand.bias": (channels,),
    }


def basic_block_shapes(c_in: int, c_out: int, stride: int = 1) -> Shapes:
    """Names and shapes of the weights of `basic_block`, the projection's only where it is needed."""
    _at_least_one(c_in=c_in, c_out=c_out, stride=stride)
    layers: Shapes = {"conv1": (c_out, c_in, 3, 3), "conv2": (c_out, c_out, 3, 3)}
    return _residual_shapes(layers, c_in, c_out, stride)


def bottleneck_shapes(c_in: int, width: int, c_out: int, stride: int = 1) -> Shapes:
    """Names and shapes of the weights of `bottleneck`, the projection's only where it is needed."""
    _at_least_one(c_in=c_in, width=width, c_out=c_out, stride=stride)
    layers: Shapes = {
        "conv1": (width, c_in, 1, 1),
        "conv2": (width, width, 3, 3),
        "conv3": (c_out, width, 1, 1),
    }
    return _residual_shapes(layers, c_in, c_out, stride)


def inception_shapes(c_in: int, c1: int, c3: Sequence[int], c5: Sequence[int], cp: int) -> Shapes:
    """Names and shapes of the weights of `inception`; c3 and c5 are pairs (reduced, out)."""
    (r3, o3), (r5, o5) = c3, c5
    _at_least_one(c_in=c_in, c1=c1, r3=r3, o3=o3, r5=r5, o5=o5, cp=cp)
    kernels: Shapes = {
        "conv1": (c1, c_in, 1, 1),
        "reduce3": (r3, c_in, 1, 1),
        "conv3": (o3, r3, 3, 3),
        "reduce5": (r5, c_in, 1, 1),
        "conv5": (o5, r5, 5, 5),
        "project": (cp, c_in, 1, 1),
    }
    biases: Shapes = {f"{name}.bias": shape[:1] for name, shape in kernels.items()}
    return {f"{name}.weight": shape for name, shape in kernels.items()} | biases


def se_block(x: np.ndarray, weights: Weights) -> np.ndarray:
    """Squeeze-and-excitation: x (N, C, H, W) with every channel times its gate, `se_gates(x, weights)`."""
    return rank("x", x, "N, C, H, W") * se_gates(x, weights)[:, :, None, None]


def se_gates(x: np.ndarray, weights: Weights) -> np.ndarray:
    """The gates (N, C): sigmoid(W2 relu(W1 z + b1) + b2), z the mean of each channel over its positions.

    Raises ValueError where x has another number of channels than the weights.
    """
    squeezed = rank("x", x, "N, C, H, W").mean(axis=(2, 3))
    if squeezed.shape[1] != weights["reduce.weight"].shape[1]:
        raise ValueError(f"x has {squeezed.shape[1]} channels, not {weights['reduce.weight'].shape[1]}")
    hidden = np.maximum(squeezed @ weights["reduce.weight"].T + weights["reduce.bias"], 0)
    logits = hidden @ weights["expand.weight"].T + weights["expand.bias"]
    return sigmoid(logits)


def basic_block(x: np.ndarray, weights: Weights, stride: int = 1, training: bool = False) -> np.ndarray:
    """relu(F(x) + shortcut) with F = conv3x3(stride)-BN-ReLU-conv3x3-BN.

    x (N, C_in, H, W) gives (N, C_out, ceil(H/s), ceil(W/s)). The shortcut is x, or a 1x1 convolution with the
    stride and BN where the weights hold a "projection". Raises ValueError as `conv2d` and `batch_norm` do.
    """
    inner = np.maximum(_conv_norm(x, weights, "conv1", "bn1", stride, 1, training), 0)
    branch = _conv_norm(inner, weights, "conv2", "bn2", 1, 1, training)
    return np.maximum(branch + _shortcut(x, weights, stride, training), 0)


def bottleneck(x: np.ndarray, weights: Weights, stride: int = 1, training: bool = False) -> np.ndarray:
    """relu(F(x) + shortcut) with F = 1x1-BN-ReLU-3x3(stride)-BN-ReLU-1x1-BN; shapes as in `basic_block`."""
    narrow = np.maximum(_conv_norm(x, weights, "conv1", "bn1", 1, 0, training), 0)
    filtered = np.maximum(_conv_norm(narrow, weights, "conv2", "bn2", stride, 1, training), 0)
    branch = _conv_norm(filtered, weights, "conv3", "bn3", 1, 0, training)
    return np.maximum(branch + _shortcut(x, weights, stride, training), 0)


def inception(x: np.ndarray, weights: Weights) -> np.ndarray:
    """Four branches over x (N, C, H, W), concatenated along the channels at the same height and width.

    1x1; 1x1 then 3x3; 1x1 then 5x5; 3x3 max pool then 1x1. ReLU after every convolution.
    """

    def conv(values: np.ndarray, name: str, padding: int = 0) -> np.ndarray:
        y = conv2d(values, weights[f"{name}.weight"], weights[f"{name}.bias"], padding=padding)
        return np.maximum(y, 0)

    branches = (
        conv(x, "conv1"),
        conv(conv(x, "reduce3"), "conv3", padding=1),
        conv(conv(x, "reduce5"), "conv5", padding=2),
        conv(max_pool2d(x, 3, stride=1, padding=1), "project"),
    )
    return np.concatenate(branches, axis=1)


def _conv_norm(
    x: np.ndarray, weights: Weights, conv: str, norm: str, stride: int, padding: int, training: bool
) -> np.ndarray:
    y = conv2d(x, weights[f"{conv}.weight"], stride=stride, padding=padding)
    gamma, beta, mean, var = (weights[f"{norm}.{part}"] for part in NORM_PARTS)
    return batch_norm(y, gamma, beta, mean, var, training)[0]


def _shortcut(x: np.ndarray, weights: Weights, stride: int, training: bool) -> np.ndarray:
    if "projection.0.weight" not in weights:
        return rank("x", x, "N, C, H, W")
    return _conv_norm(x, weights, "projection.0", "projection.1", stride, 0, training)


def _residual_shapes(layers: Shapes, c_in: int, c_out: int, stride: int) -> Shapes:
    """Convolutions conv<i> with a norm bn<i> each, and a projection where the shape changes."""
    shapes: Shapes = {}
    pairs = [(name, name.replace("conv", "bn"), shape) for name, shape in layers.items()]
    if stride != 1 or c_in != c_out:
        pairs.append(("projection.0", "projection.1", (c_out, c_in, 1, 1)))
    for conv, norm, shape in pairs:
        shapes[f"{conv}.weight"] = shape
        shapes |= {f"{norm}.{part}": shape[:1] for part in NORM_PARTS}
    return shapes


def _at_least_one(**named: int) -> None:
    for name, value in named.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"{name} must be an integer of at least 1, not {value!r:.40}")
