"""Cases for grad_cam: maps of a small network whose gradients are known in closed form."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor
from exercises.modules import method, single

TOLERANCE = {"rtol": 1e-4, "atol": 1e-4}
NORM = ("norm.weight", "norm.bias", "norm.running_mean", "norm.running_var")


def a_state(rng, side=(12, 10), channels=3, maps=4, classes=5):
    """Weights of `given.Net`: its first map speaks for each class, the second against."""
    places = -(-side[0] // 2) * -(-side[1] // 2)
    head = rng.standard_normal((classes, maps, places)) / 2 + rng.uniform(-0.6, 0.6, size=(classes, maps, 1))
    head[:, 0] = np.abs(head[:, 0]) + 1
    head[:, 1:2] = -rng.uniform(0.2, 0.8, size=(classes, min(maps - 1, 1), 1)) + head[:, 1:2] / 5
    return {
        "conv.weight": single(rng.standard_normal((maps, channels, 3, 3)) / 3),
        "conv.bias": single(rng.uniform(-0.5, 0.5, maps)),
        "norm.weight": single(rng.uniform(0.5, 1.5, maps)),
        "norm.bias": single(rng.uniform(-0.5, 0.5, maps)),
        "norm.running_mean": single(rng.uniform(-0.5, 0.5, maps)),
        "norm.running_var": single(rng.uniform(0.5, 1.5, maps)),
        "head.weight": single(head.reshape(classes, -1)),
        "head.bias": single(rng.standard_normal(classes)),
        "spare.weight": np.ones((maps, channels, 1, 1)),
        "spare.bias": np.zeros(maps),
    }


def an_image(rng, side=(12, 10), channels=3):
    return single(rng.standard_normal((1, channels, *side)))


def a_net(candidate, state, dtype=np.float64, device="cpu", inplace=False):
    """The network in evaluation mode."""
    tensors = {name: torch_tensor(value.astype(dtype), device=device) for name, value in state.items()}
    net = getattr(candidate, "given:Net")(tensors, inplace)
    method(net, "eval")()
    return net


def as_sent(x, dtype=np.float64, **options):
    return torch_tensor(x.astype(dtype), **options)


def forward(state, x):
    """Outputs of the layers conv, norm and relu, and the logits."""
    conv = reference.conv2d(x, state["conv.weight"], state["conv.bias"], stride=2, padding=1)
    norm = reference.batch_norm(conv, *(state[name] for name in NORM), training=False)[0]
    relu = np.maximum(norm, 0)
    logits = relu.reshape(1, -1) @ state["head.weight"].T + state["head.bias"]
    return {"conv": conv, "norm": norm, "relu": relu, "dropout": relu}, logits[0]


def expected(state, x, layer="relu", target=None):
    """The map of a class, by the gradients of its logit in closed form."""
    outputs, logits = forward(state, x)
    index = int(logits.argmax()) if target is None else target
    gradients = state["head.weight"][index].reshape(outputs["relu"].shape[1:])
    if layer in ("conv", "norm"):
        gradients = gradients * (outputs["norm"][0] > 0)
    if layer == "conv":
        scale = state["norm.weight"] / np.sqrt(state["norm.running_var"] + 1e-5)
        gradients = gradients * scale[:, None, None]
    return reference.class_activation_map(outputs[layer][0], gradients, x.shape[2:])


def agrees(candidate, net, state, x, *target, layer="relu", dtype=np.float64, device="cpu"):
    found = candidate.grad_cam(net, getattr(net, layer), as_sent(x, dtype, device=device), *target)
    expect.close(found, torch_tensor(expected(state, x, layer, *target)), **TOLERANCE)
    expect.dtype(found, dtype)
    return found


def unchanged(net, before):
    expect.equal(net.traces(), before, label="the model afterwards")


@case("two blobs, a class for each", visible=True)
def blobs(candidate, rng):
    rows, columns = np.mgrid[:24, :24]
    centres = ((7, 7), (15, 17))
    x = np.stack([np.exp(-((rows - r) ** 2 + (columns - c) ** 2) / 12) for r, c in centres])[None]
    state = a_state(rng, (24, 24), channels=2, maps=2, classes=2)
    kernels = np.zeros((2, 2, 3, 3))
    kernels[0, 0], kernels[1, 1] = 1 / 9, 1 / 9
    head = np.repeat(np.array([[1.0, -0.5], [-0.5, 1.0]])[:, :, None], 144, axis=2).reshape(2, -1)
    state |= {"conv.weight": kernels, "conv.bias": np.zeros(2), "head.weight": head}
    state |= {name: np.full(2, float(name.endswith(("weight", "var")))) for name in NORM}
    net = a_net(candidate, state)
    for target in (0, 1):
        found = candidate.grad_cam(net, net.relu, as_sent(x), target)
        wanted = expected(state, x, "relu", target)
        candidate.show(f"the map of class {target}", found, wanted)
        expect.close(found, torch_tensor(wanted), **TOLERANCE)


@case("the convolution's output, which has negative values", visible=True)
def before_relu(candidate, rng):
    state, x = a_state(rng, (4, 6), channels=1, maps=2, classes=2), an_image(rng, (4, 6), 1)
    agrees(candidate, a_net(candidate, state), state, x, 1, layer="conv")


@case("a layer whose output has two axes", visible=True)
def two_axes(candidate, rng):
    net = a_net(candidate, a_state(rng, (4, 6)))
    expect.raises(ValueError, candidate.grad_cam, net, net.head, as_sent(an_image(rng, (4, 6))), 0)


@case("random networks and images", points=3)
def random_networks(candidate, rng):
    for side, channels, maps in (((12, 10), 3, 4), ((9, 13), 1, 6), ((5, 5), 2, 1)):
        state, x = a_state(rng, side, channels, maps), an_image(rng, side, channels)
        net = a_net(candidate, state)
        for target in (0, 4):
            agrees(candidate, net, state, x, target)


@case("each layer with an output of four axes", points=3)
def each_layer(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    net = a_net(candidate, state)
    for layer in ("conv", "norm", "relu", "dropout"):
        agrees(candidate, net, state, x, 2, layer=layer)


@case("without a target, the class with the largest logit", points=2)
def no_target(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    head = state["head.weight"].reshape(5, 4, 30)
    head[0], head[3] = np.eye(4)[0][:, None], np.eye(4)[2][:, None]  # each is for one map alone
    for index in (3, 0):
        state["head.bias"] = state["head.bias"] + 200 * (np.arange(5) == index)
        net = a_net(candidate, state)
        agrees(candidate, net, state, x)
        agrees(candidate, net, state, x, None)
        state["head.bias"] = state["head.bias"] - 200 * (np.arange(5) == index)


@case("the logit counts, not the probability", points=2)
def logits(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    state["head.weight"] = state["head.weight"] / 100
    state["head.bias"] = np.array([0.0, 1.0, 2.0, 30.0, 1.0])
    net = a_net(candidate, state)
    for target in (2, 3):
        agrees(candidate, net, state, x, target)


@case("zeros where nothing speaks for the class", points=2)
def all_negative(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    state["head.weight"] = -np.abs(state["head.weight"])
    net = a_net(candidate, state)
    agrees(candidate, net, state, x, 1)
    state["head.weight"][:] = 0
    agrees(candidate, a_net(candidate, state), state, x, 1)
    state["norm.bias"][:] = -50
    agrees(candidate, a_net(candidate, state), state, x, 0)


@case("zeros at the places where the weighted sum is negative", points=2)
def partly_negative(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    head = state["head.weight"].reshape(5, 4, 30)
    head[:, 2] = -2 * np.abs(head[:, 2]) - 1
    found = agrees(candidate, a_net(candidate, state), state, x, 3)
    values = expect.array(found)
    expect.that(values.min() >= 0 and values.max() <= 1, "A value is not in [0, 1].", label="range")


@case("everything speaks for the class, here more and there less")
def all_positive(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    state["head.weight"] = np.abs(state["head.weight"])
    state["norm.bias"] = np.full(4, 8.0)
    agrees(candidate, a_net(candidate, state), state, x, 1)


@case("tiny gradients give the same map")
def tiny(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    state["head.weight"] = state["head.weight"] * 1e-9
    for dtype in (np.float64, np.float32):
        agrees(candidate, a_net(candidate, state, dtype), state, x, 1, dtype=dtype)


@case("an image in float32", points=2, devices=("cpu", "cuda"))
def single_precision(candidate, rng, device):
    state, x = a_state(rng, (16, 12)), an_image(rng, (16, 12))
    net = a_net(candidate, state, np.float32, device)
    for target in (0, 2):
        found = agrees(candidate, net, state, x, target, dtype=np.float32, device=device)
        expect.device(found, device)


@case("the map is the one of evaluation mode", points=2)
def training_mode(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    net = a_net(candidate, state)
    method(net.norm, "train")()
    agrees(candidate, net, state, x, 1)
    method(net, "train")()
    agrees(candidate, net, state, x, 2)


@case("modes, statistics, hooks and gradients are as before", points=3)
def restored(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    net = a_net(candidate, state)
    for prepare in ("eval", "train"):
        method(net, prepare)()
        before = net.traces()
        candidate.grad_cam(net, net.relu, as_sent(x), 1)
        unchanged(net, before)


@case("a model that is partly in training", points=2)
def mixed_modes(candidate, rng):
    net = a_net(candidate, a_state(rng))
    x = as_sent(an_image(rng))
    method(net, "train")()
    method(net.norm, "eval")()
    before = net.traces()
    candidate.grad_cam(net, net.relu, x, 1)
    unchanged(net, before)
    method(net, "eval")()
    method(net.dropout, "train")()
    before = net.traces()
    candidate.grad_cam(net, net.relu, x, 1)
    unchanged(net, before)


@case("gradients of a training step are kept", points=2)
def kept_gradients(candidate, rng):
    net = a_net(candidate, a_state(rng))
    x = as_sent(an_image(rng))
    method(net, "learn")(x)
    before = net.traces()
    candidate.grad_cam(net, net.norm, x)
    unchanged(net, before)


@case("a frozen model", points=2)
def frozen(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    net = a_net(candidate, state)
    method(net, "freeze")()
    before = net.traces()
    agrees(candidate, net, state, x, 1)
    agrees(candidate, net, state, x, 1, layer="conv")
    unchanged(net, before)


@case("the map records no gradient")
def no_gradient(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    found = agrees(candidate, a_net(candidate, state), state, x, 1)
    expect.that(not found.requires_grad, "The map requires a gradient.", label="gradient recorded")


@case("the image is left as it was")
def untouched(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    net = a_net(candidate, state)
    for wanted in (False, True):
        arguments = (net, net.relu, as_sent(x, requires_grad=wanted), 1)
        found, after = candidate.grad_cam.with_inputs(*arguments)
        expect.close(found, torch_tensor(expected(state, x, "relu", 1)), **TOLERANCE)
        expect.equal(after[2], as_sent(x), label="x changed")
        expect.that(after[2].requires_grad == wanted, "The image's requires_grad changed.", label="x changed")


@case("ValueError for a wrong number of axes or images, or a class that does not exist", points=2)
def bad_input(candidate, rng):
    net, x = a_net(candidate, a_state(rng)), an_image(rng)
    for image in (x[0], x[None], np.concatenate([x, x]), x[:0]):
        expect.raises(ValueError, candidate.grad_cam, net, net.relu, as_sent(image), 1)
    for target in (5, -1, 100):
        expect.raises(ValueError, candidate.grad_cam, net, net.relu, as_sent(x), target)


@case("ValueError for a layer without four axes, or one that is not used", points=2)
def bad_layer(candidate, rng):
    net, x = a_net(candidate, a_state(rng)), as_sent(an_image(rng))
    for layer in (net.head, net.spare, net):
        expect.raises(ValueError, candidate.grad_cam, net, layer, x, 1)


@case("the model is as before after a ValueError as well", points=2)
def restored_after_errors(candidate, rng):
    net, x = a_net(candidate, a_state(rng)), as_sent(an_image(rng))
    method(net, "train")()
    before = net.traces()
    for layer, target in ((net.head, 1), (net.spare, 1), (net.relu, 7)):
        expect.raises(ValueError, candidate.grad_cam, net, layer, x, target)
        unchanged(net, before)


@case("an in-place ReLU after the layer", points=2)
def in_place(candidate, rng):
    state, x = a_state(rng), an_image(rng)
    net = a_net(candidate, state, inplace=True)
    for layer in ("norm", "conv", "relu"):
        agrees(candidate, net, state, x, 2, layer=layer)
