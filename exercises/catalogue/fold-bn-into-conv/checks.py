"""Cases for fold_bn: weights and outputs of the folded convolution against a computation in NumPy."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

EXACT = {"rtol": 1e-10, "atol": 1e-10}
SINGLE = {"rtol": 1e-4, "atol": 1e-4}
NOT_PLAIN = "The result has other parts than a weight and a bias."


def given(candidate, name):
    return getattr(candidate, f"given:{name}")


def sent(value, dtype=np.float64, device="cpu"):
    return None if value is None else torch_tensor(np.asarray(value).astype(dtype), device=device)


class Layer:
    """Numbers of a convolution with batch norm, and what they come to in NumPy."""

    def __init__(self, rng, c_in, c_out, kernel=(3, 3), bias=True, affine=True, eps=1e-5, **settings):
        self.settings, self.eps = settings, eps
        depth = c_in // settings.get("groups", 1)
        self.weight = rng.standard_normal((c_out, depth, *kernel)) / np.sqrt(depth * kernel[0] * kernel[1])
        self.bias = rng.uniform(0.5, 1.5, c_out) if bias else None
        self.mean, self.var = rng.uniform(-1.5, 1.5, c_out), rng.uniform(0.05, 4.0, c_out)
        self.gamma = rng.uniform(0.5, 1.5, c_out) * rng.choice((-1, 1), c_out) if affine else None
        self.beta = rng.uniform(-1.0, 1.0, c_out) if affine else None

    def folded(self):
        return reference.fold_bn(self.weight, self.bias, self.mean, self.var, self.gamma, self.beta, self.eps)

    def output(self, x):
        """What both layers make of x, without padding modes other than zeros."""
        settings = {name: value for name, value in self.settings.items() if name != "padding_mode"}
        y = reference.conv2d(x, self.weight, self.bias, **settings)
        gamma = np.ones(len(y[0])) if self.gamma is None else self.gamma
        beta = np.zeros(len(y[0])) if self.beta is None else self.beta
        return reference.batch_norm(y, gamma, beta, self.mean, self.var, False, eps=self.eps)[0]

    def built(self, candidate, training=False, dtype=np.float64, device="cpu"):
        """The two modules, beside the candidate."""
        arrays = (self.weight, self.bias, self.mean, self.var, self.gamma, self.beta)
        numbers = [sent(value, dtype, device) for value in arrays]
        return given(candidate, "layers")(*numbers, self.eps, training, **self.settings)


def parameters_as_wanted(candidate, folded, layer, tolerance=EXACT):
    """Weight and bias are those of batch norm and convolution together; gives the state."""
    weight, bias = layer.folded()
    state = given(candidate, "state")(folded)
    expect.that(isinstance(state, dict) and set(state) == {"weight", "bias"}, NOT_PLAIN, label="parts")
    expect.close(state["weight"], torch_tensor(weight), **tolerance, label="weight")
    expect.close(state["bias"], torch_tensor(bias), **tolerance, label="bias")
    return state


def folds(candidate, rng, layer, shape, **built):
    """Fold, compare parameters, settings and, for zero padding, outputs."""
    conv, bn = layer.built(candidate, **built)
    folded = candidate.fold_bn(conv, bn)
    parameters_as_wanted(candidate, folded, layer)
    settings = given(candidate, "settings")
    expect.equal(settings(folded), settings(conv), label="settings")
    if "padding_mode" not in layer.settings:
        x = rng.standard_normal(shape)
        expect.close(folded(sent(x)), torch_tensor(layer.output(x)), **EXACT)


@case("one weight: y = 3x, then (y - 1) / 2 * 2 + 5", visible=True)
def one_weight(candidate, rng):
    numbers = [sent([value]) for value in (1.0, 4.0, 2.0, 5.0)]
    folded = candidate.fold_bn(*given(candidate, "layers")(sent([[[[3.0]]]]), None, *numbers, 0.0))
    state = given(candidate, "state")(folded)
    expect.close(state, {"weight": sent([[[[3.0]]]]), "bias": sent([4.0])}, **EXACT)


@case("two channels with a bias", visible=True)
def two_channels(candidate, rng):
    folds(candidate, rng, Layer(rng, 1, 2, kernel=(1, 2)), (1, 1, 2, 3))


@case("batch norm over another number of channels", visible=True)
def other_channels(candidate, rng):
    conv, _ = Layer(rng, 2, 3).built(candidate)
    _, bn = Layer(rng, 2, 4).built(candidate)
    expect.raises(ValueError, candidate.fold_bn, conv, bn)


@case("with and without a bias", points=2)
def biases(candidate, rng):
    for bias in (True, False):
        folds(candidate, rng, Layer(rng, 3, 5, bias=bias), (2, 3, 6, 5))


@case("stride, padding and dilation", points=2)
def settings(candidate, rng):
    for one in (
        {"stride": 2, "padding": 1},
        {"stride": (1, 3), "padding": (2, 0)},
        {"dilation": (2, 1), "padding": 2},
    ):
        folds(candidate, rng, Layer(rng, 2, 4, kernel=(3, 2), **one), (2, 2, 8, 7))


@case("groups, from two to depthwise", points=2)
def groups(candidate, rng):
    for count, c_out in ((2, 4), (3, 12), (6, 6)):
        folds(candidate, rng, Layer(rng, 6, c_out, bias=count == 3, groups=count), (1, 6, 5, 5))


@case("an eps that matters", points=2)
def large_eps(candidate, rng):
    for eps in (0.5, 0.0):
        folds(candidate, rng, Layer(rng, 2, 3, eps=eps), (1, 2, 4, 4))


@case("batch norm without parameters")
def without_parameters(candidate, rng):
    for bias in (True, False):
        folds(candidate, rng, Layer(rng, 2, 4, bias=bias, affine=False), (1, 2, 4, 4))


@case("padding by name and with other modes")
def padding_modes(candidate, rng):
    folds(candidate, rng, Layer(rng, 2, 3, padding=1, padding_mode="circular"), (1, 2, 5, 5))
    folds(candidate, rng, Layer(rng, 2, 3, padding=(1, 2), padding_mode="reflect"), (1, 2, 5, 5))
    layer = Layer(rng, 2, 3, padding="same")
    conv, bn = layer.built(candidate)
    folded = candidate.fold_bn(conv, bn)
    parameters_as_wanted(candidate, folded, layer)
    x = rng.standard_normal((1, 2, 5, 5))
    layer.settings = {"padding": 1}
    expect.close(folded(sent(x)), torch_tensor(layer.output(x)), **EXACT)


@case("batch norm in training mode is folded with its running statistics", points=2)
def training_mode(candidate, rng):
    for affine in (True, False):
        folds(candidate, rng, Layer(rng, 3, 4, affine=affine), (2, 3, 5, 5), training=True)


@case("float32 stays float32, with outputs close to both layers'", points=2, devices=("cpu", "cuda"))
def single_precision(candidate, rng, device):
    for settings in ({"padding": 1}, {"stride": 2, "groups": 4}):
        layer = Layer(rng, 8, 12, **settings)
        folded = candidate.fold_bn(*layer.built(candidate, dtype=np.float32, device=device))
        for value in parameters_as_wanted(candidate, folded, layer, SINGLE).values():
            expect.dtype(value, np.float32)
            expect.device(value, device)
        x = rng.standard_normal((4, 8, 9, 9))
        result = folded(sent(x, np.float32, device))
        expect.close(result, torch_tensor(layer.output(x)), **SINGLE)
        expect.device(result, device)


@case("a whole network without its batch norms", points=2)
def network(candidate, rng):
    layers = [Layer(rng, 3, 6, padding=1), Layer(rng, 6, 6, bias=False, groups=3), Layer(rng, 6, 8, stride=2)]
    convs = []
    for layer in layers:
        convs.append(candidate.fold_bn(*layer.built(candidate, dtype=np.float32)))
        parameters_as_wanted(candidate, convs[-1], layer, SINGLE)
    x = rng.standard_normal((3, 3, 12, 12))
    result = given(candidate, "run")(convs, sent(x, np.float32))
    for layer in layers:
        x = np.maximum(layer.output(x), 0)
    expect.close(result, torch_tensor(x), **SINGLE)


@case("both modules stay as they are", points=2)
def untouched(candidate, rng):
    for training in (False, True):
        layer = Layer(rng, 2, 3, bias=training)
        modules = layer.built(candidate, training=training)
        states = [given(candidate, "state")(module) for module in modules]
        parameters_as_wanted(candidate, candidate.fold_bn(*modules), layer)
        after = [given(candidate, "state")(module) for module in modules]
        expect.equal(after, states, label="originals changed")
        expect.equal([module.training for module in modules], [True, training], label="mode changed")


@case("later changes of the modules do not reach the result", points=2)
def detached(candidate, rng):
    for bias in (True, False):
        layer = Layer(rng, 2, 3, bias=bias)
        modules = layer.built(candidate)
        folded = candidate.fold_bn(*modules)
        for module in modules:
            given(candidate, "double")(module)
        parameters_as_wanted(candidate, folded, layer)
    x = rng.standard_normal((1, 2, 4, 4))
    expect.close(folded(sent(x)), torch_tensor(layer.output(x)), **EXACT)


@case("folding twice gives the same")
def twice(candidate, rng):
    layer = Layer(rng, 3, 4, bias=False)
    conv, bn = layer.built(candidate)
    for _ in range(2):
        parameters_as_wanted(candidate, candidate.fold_bn(conv, bn), layer)


@case("ValueError without running statistics, in either mode", points=2)
def no_statistics(candidate, rng):
    conv, _ = Layer(rng, 2, 3).built(candidate)
    for training in (True, False):
        bn = given(candidate, "batch_norm_without_statistics")(3, training)
        expect.raises(ValueError, candidate.fold_bn, conv, bn)


@case("ValueError where the channels differ", points=2)
def bad_channels(candidate, rng):
    for c_in, c_out, channels in ((3, 5, 3), (4, 1, 4), (2, 6, 1), (2, 1, 6)):
        conv, _ = Layer(rng, c_in, c_out).built(candidate)
        _, bn = Layer(rng, 1, channels).built(candidate)
        expect.raises(ValueError, candidate.fold_bn, conv, bn)
