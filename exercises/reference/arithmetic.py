"""Sizes, parameters and costs of convolutional layers, in exact integers.

These are the functions that the question bank's expressions may call (`FUNCTIONS`), and what the
exercises on shapes and receptive fields are judged by. Everything takes and gives plain integers;
nonsense raises `ValueError` that names the argument. Sizes follow Dumoulin and Visin, "A guide to
convolution arithmetic for deep learning" (2016), and PyTorch where that guide leaves a choice.
"""

from collections.abc import Callable, Sequence

Layer = int | Sequence[int]

MAX_LAYERS = 10_000


def _whole(name: str, value: int, least: int) -> int:
    """Return `value` if it is an integer of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be an integer, not {value!r:.40}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
    return value


def _divisible(name: str, value: int, groups: int) -> None:
    if value % groups:
        raise ValueError(f"{name} must be divisible by groups: {value} channels, {groups} groups")


def effective_kernel(k: int, d: int = 1) -> int:
    """Extent of a kernel of `k` taps with dilation `d`: d*(k-1) + 1."""
    return _whole("d", d, 1) * (_whole("k", k, 1) - 1) + 1


def conv_output_size(n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Output size along one axis of a convolution: floor((n + 2p - d(k-1) - 1) / s) + 1.

    Raises ValueError where the dilated kernel is larger than the padded input.
    """
    _whole("n", n, 1)
    _whole("stride", stride, 1)
    _whole("padding", padding, 0)
    extent = effective_kernel(k, dilation)
    padded = n + 2 * padding
    if extent > padded:
        raise ValueError(f"a kernel of extent {extent} does not fit into a padded input of size {padded}")
    return (padded - extent) // stride + 1


def pool_output_size(
    n: int, k: int, stride: int | None = None, padding: int = 0, ceil_mode: bool = False, dilation: int = 1
) -> int:
    """Output size along one axis of a pooling layer; the stride defaults to the kernel size.

    With `ceil_mode` the division rounds up, but a window that would start in the padding on the far side
    is dropped (PyTorch's rule). Raises ValueError where padding exceeds half the kernel, or where the
    kernel is larger than the padded input (PyTorch lets that pass in ceil_mode).
    """
    stride = k if stride is None else stride
    floor = conv_output_size(n, k, stride, padding, dilation)
    if 2 * padding > k:
        raise ValueError(f"padding must be at most half the kernel: padding {padding}, kernel {k}")
    if not ceil_mode:
        return floor
    size = -((effective_kernel(k, dilation) - n - 2 * padding) // stride) + 1
    return size - 1 if (size - 1) * stride >= n + padding else size


def transposed_output_size(
    n: int, k: int, stride: int = 1, padding: int = 0, output_padding: int = 0, dilation: int = 1
) -> int:
    """Output size along one axis of a transposed convolution: (n-1)s - 2p + d(k-1) + output_padding + 1.

    Raises ValueError where the result is not positive, or output_padding is not below stride or dilation.
    """
    _whole("n", n, 1)
    _whole("stride", stride, 1)
    _whole("padding", padding, 0)
    _whole("output_padding", output_padding, 0)
    extent = effective_kernel(k, dilation)
    if output_padding >= max(stride, dilation):
        raise ValueError("output_padding must be smaller than stride or dilation")
    size = (n - 1) * stride - 2 * padding + extent + output_padding
    if size < 1:
        raise ValueError(f"padding {padding} leaves an output of size {size}")
    return size


def same_padding(k: int, d: int = 1) -> int:
    """Padding on each side that keeps the size at stride 1: d(k-1)/2.

    Raises ValueError where that is no integer.
    """
    extent = effective_kernel(k, d)
    if extent % 2 == 0:
        raise ValueError(f"a kernel of even extent {extent} has no symmetric padding that keeps the size")
    return (extent - 1) // 2


def conv_parameters(
    c_in: int, c_out: int, k_h: int, k_w: int | None = None, groups: int = 1, bias: bool = True
) -> int:
    """Weights and biases of a 2-D convolution: c_out * (c_in/groups) * k_h * k_w, plus c_out biases."""
    k_w = k_h if k_w is None else k_w
    for name, value in (("c_in", c_in), ("c_out", c_out), ("k_h", k_h), ("k_w", k_w), ("groups", groups)):
        _whole(name, value, 1)
    _divisible("c_in", c_in, groups)
    _divisible("c_out", c_out, groups)
    return c_out * (c_in // groups) * k_h * k_w + (c_out if bias else 0)


def conv_macs(c_in: int, c_out: int, k_h: int, k_w: int, h_out: int, w_out: int, groups: int = 1) -> int:
    """Multiply-accumulates of a 2-D convolution for one image: weights times output positions."""
    positions = _whole("h_out", h_out, 1) * _whole("w_out", w_out, 1)
    return conv_parameters(c_in, c_out, k_h, k_w, groups=groups, bias=False) * positions


def conv1d_parameters(c_in: int, c_out: int, k: int, groups: int = 1, bias: bool = True) -> int:
    """Weights and biases of a 1-D convolution."""
    return conv_parameters(c_in, c_out, k, 1, groups=groups, bias=bias)


def conv3d_parameters(c_in: int, c_out: int, k_d: int, k_h: int, k_w: int, bias: bool = True) -> int:
    """Weights and biases of a 3-D convolution: c_out * c_in * k_d * k_h * k_w, plus c_out biases."""
    spatial = conv_parameters(c_in, c_out, k_h, k_w, bias=False)
    return spatial * _whole("k_d", k_d, 1) + (c_out if bias else 0)


def dense_parameters(n_in: int, n_out: int, bias: bool = True) -> int:
    """Weights and biases of a fully connected layer: n_in * n_out, plus n_out biases."""
    return _whole("n_in", n_in, 1) * _whole("n_out", n_out, 1) + (n_out if bias else 0)


def dense_macs(n_in: int, n_out: int) -> int:
    """Multiply-accumulates of a fully connected layer for one input vector."""
    return dense_parameters(n_in, n_out, bias=False)


def depthwise_separable_parameters(
    c_in: int, c_out: int, k_h: int, k_w: int | None = None, bias: bool = False
) -> int:
    """A depthwise k_h by k_w convolution followed by a pointwise one; biases in both steps if asked for."""
    depthwise = conv_parameters(c_in, c_in, k_h, k_w, groups=c_in, bias=bias)
    return depthwise + conv_parameters(c_in, c_out, 1, 1, bias=bias)


def depthwise_separable_macs(c_in: int, c_out: int, k_h: int, k_w: int, h_out: int, w_out: int) -> int:
    """Multiply-accumulates of both steps, the stride being in the depthwise step."""
    depthwise = conv_macs(c_in, c_in, k_h, k_w, h_out, w_out, groups=c_in)
    return depthwise + conv_macs(c_in, c_out, 1, 1, h_out, w_out)


def batchnorm_parameters(c: int) -> int:
    """Learned parameters of batch normalisation over `c` channels: one scale and one shift each."""
    return 2 * _whole("c", c, 1)


def batchnorm_buffers(c: int) -> int:
    """Stored, not learned, values of batch normalisation: running mean and running variance a channel."""
    return 2 * _whole("c", c, 1)


def _stack(layers: Sequence[Layer]) -> list[tuple[int, int, int]]:
    """Read layers given as k, (k,), (k, s) or (k, s, d) into triples."""
    if isinstance(layers, (str, bytes)) or not isinstance(layers, Sequence):
        raise ValueError("layers must be a list of (k, s, d)")
    if len(layers) > MAX_LAYERS:
        raise ValueError(f"at most {MAX_LAYERS} layers, not {len(layers)}")
    return [_layer(index, layer) for index, layer in enumerate(layers)]


def _layer(index: int, layer: Layer) -> tuple[int, int, int]:
    parts = [layer] if isinstance(layer, int) else list(layer)
    if not 1 <= len(parts) <= 3:
        raise ValueError(f"layer {index} must be (k, s, d), not {layer!r:.60}")
    k, s, d = parts + [1] * (3 - len(parts))
    named = ((f"k of layer {index}", k), (f"s of layer {index}", s), (f"d of layer {index}", d))
    for name, value in named:
        _whole(name, value, 1)
    return k, s, d


def receptive_field(layers: Sequence[Layer]) -> int:
    """Receptive field along one axis of a stack of (k, s, d), the first layer first; s and d default to 1.

    Starts from field 1 and jump 1; each layer adds d(k-1) * jump and then multiplies the jump by s
    (Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks", 2019).
    """
    field, jump = 1, 1
    for k, s, d in _stack(layers):
        field += d * (k - 1) * jump
        jump *= s
    return field


def total_stride(layers: Sequence[Layer]) -> int:
    """Distance on the input between neighbouring outputs of a stack of (k, s, d): the product of strides."""
    jump = 1
    for _, s, _ in _stack(layers):
        jump *= s
    return jump


def elements(shape: Sequence[int]) -> int:
    """Number of entries of a tensor of this shape."""
    if isinstance(shape, (str, bytes)) or not isinstance(shape, Sequence):
        raise ValueError("shape must be a list of integers")
    total = 1
    for axis, size in enumerate(shape):
        total *= _whole(f"axis {axis} of the shape", size, 0)
    return total


FUNCTIONS: dict[str, Callable[..., int]] = {
    function.__name__: function
    for function in (
        effective_kernel,
        conv_output_size,
        pool_output_size,
        transposed_output_size,
        same_padding,
        conv_parameters,
        conv_macs,
        conv1d_parameters,
        conv3d_parameters,
        dense_parameters,
        dense_macs,
        depthwise_separable_parameters,
        depthwise_separable_macs,
        batchnorm_parameters,
        batchnorm_buffers,
        receptive_field,
        total_stride,
        elements,
    )
}
