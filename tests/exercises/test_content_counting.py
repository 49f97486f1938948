"""Numbers that the statements and editorials on counts, weights, LRN, quantisation and freezing give."""

import ast
import math
import re

import numpy as np
import pytest

from exercises import catalogue, reference
from exercises.reference.counting import COSTS, PARAMETERS
from exercises.reference.initialisation import init_variance

SLUGS = (
    "flops-and-macs",
    "fold-bn-into-conv",
    "frozen-backbone-bn",
    "he-xavier-init",
    "int8-quantisation",
    "local-response-norm",
    "parameter-count",
)


def conv(out_channels, kernel, **settings):
    return {"type": "conv", "out_channels": out_channels, "kernel": kernel, **settings}


def namespace(slug, file):
    found = {"__name__": file}
    exec((catalogue.load(slug).folder / f"{file}.py").read_text(), found)
    return found


@pytest.mark.parametrize("slug", SLUGS)
def test_limits_in_the_statement_are_those_that_are_enforced(slug):
    exercise = catalogue.load(slug)
    words = " ".join(exercise.statement.split())
    assert f"{exercise.limits.seconds:g} seconds and {exercise.limits.memory_mb} MB" in words


@pytest.mark.parametrize("slug", SLUGS)
def test_there_are_enough_cases_and_mistakes(slug):
    exercise = catalogue.load(slug)
    here = [case for case in exercise.cases if case.device == "cpu"]
    hidden = [case for case in here if not case.visible]
    assert len(here) - len(hidden) == 3
    assert 8 <= len(hidden) <= 16
    assert len(exercise.mistakes) >= 7


def definitions(source):
    """The functions and classes of a module by their names."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name: node for node in ast.parse(source).body if isinstance(node, kinds)}


def outline(node):
    """A function as a statement lists it: signature and docstring, and `...` for its body."""
    node.body[1:] = [ast.Expr(ast.Constant(...))]
    return ast.dump(node)


@pytest.mark.parametrize("slug", ["fold-bn-into-conv", "frozen-backbone-bn"])
def test_what_the_statement_lists_is_what_is_given(slug):
    exercise = catalogue.load(slug)
    listing, _, rest = exercise.statement.partition("## The module `given`")[2].partition("## Example")
    shown = definitions(listing.partition("```python\n")[2].partition("```")[0])
    given = definitions(exercise.given)
    assert len(shown) >= 6
    for name, node in shown.items():
        assert ast.dump(node) in (ast.dump(given[name]), outline(given[name])), name
    assert not {name for name in given.keys() - shown.keys() if re.search(rf"\b{name}\(", rest)}


def test_forbidden_names_stand_in_the_statement():
    exercise = catalogue.load("fold-bn-into-conv")
    assert all(f"`{name}`" in exercise.statement for name in exercise.forbidden)


def test_the_example_of_parameter_count():
    layers = [
        *(conv(4, 3, padding=1, bias=False), {"type": "batch_norm"}, {"type": "relu"}),
        *({"type": "max_pool", "kernel": 2}, {"type": "flatten"}, {"type": "dense", "out_features": 10}),
    ]
    count = reference.count_params((3, 8, 8), layers)
    rows = [[row[name] for name in PARAMETERS] for row in (*count["layers"], count["total"])]
    assert (rows[0], rows[1]) == ([108, 0, 108, 0], [4, 4, 8, 8])
    assert (rows[5], rows[6]) == ([640, 10, 650, 0], [752, 14, 766, 8])


def trainable(shape, *layers):
    return reference.count_params(shape, list(layers))["total"]["trainable"]


def test_numbers_of_parameter_count():
    assert trainable((64, 9, 9), conv(128, 3)) == 73_856
    assert trainable((3, 9, 9), conv(64, 3)) == 1_792
    assert trainable((3, 9, 9), conv(10, 3)) == 280
    assert trainable((32, 9, 9), conv(32, 3, groups=32, bias=False)) == 288
    assert trainable((32, 9, 9), conv(32, 3, bias=False)) == 9_216
    assert trainable((64, 9, 9), conv(128, 3, groups=4, bias=False)) == 18_432
    flatten, pool = {"type": "flatten"}, {"type": "global_pool"}
    head = {"type": "dense", "out_features": 1000}
    assert trainable((512, 7, 7), flatten, head) == 25_089_000
    assert trainable((512, 7, 7), pool, flatten, head) == 513_000
    vgg = []
    for count, channels in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        vgg += [conv(channels, 3, padding=1)] * count + [{"type": "max_pool", "kernel": 2}]
    wide = {"type": "dense", "out_features": 4096}
    rows = reference.count_params((3, 224, 224), [*vgg, flatten, wide, wide, head])
    assert rows["layers"][-3]["trainable"] == 102_764_544
    assert rows["total"]["trainable"] == 138_357_544


def test_the_example_of_flops_and_macs():
    layers = [
        *(conv(16, 3, stride=2, padding=1), {"type": "relu"}),
        {"type": "residual", "body": [conv(16, 3, padding=1)]},
        *({"type": "max_pool", "kernel": 2}, {"type": "flatten"}, {"type": "dense", "out_features": 10}),
    ]
    count = reference.count_macs((3, 32, 32), layers)
    rows = [[row[name] for name in COSTS] for row in (*count["layers"], count["total"])]
    assert (rows[0], rows[2]) == ([110_592, 221_184, 4_096, 0], [589_824, 1_179_648, 8_192, 0])
    assert (rows[3], rows[6]) == ([0, 0, 1_024, 3_072], [710_656, 1_421_312, 18_442, 7_168])


def macs(shape, *layers):
    return reference.count_macs(shape, list(layers))["total"]["macs"]


def test_numbers_of_flops_and_macs():
    assert macs((64, 28, 28), conv(128, 3, padding=1)) == 57_802_752
    assert macs((64, 28, 28), conv(128, 3, padding=1, stride=2)) == 14_450_688
    assert macs((64, 28, 28), conv(64, 3, padding=1, groups=64), conv(128, 1)) == 6_874_112
    assert pytest.approx(1 / 128 + 1 / 9) == 6_874_112 / 57_802_752
    resnet = namespace("flops-and-macs", "checks")["resnet50"]()
    assert macs((3, 224, 224), *resnet) == 4_089_184_256
    projections, shape = 0, (3, 224, 224)
    for layer in resnet:
        projections += macs(shape, *layer.get("shortcut", []))
        if layer["type"] == "residual":
            stride = layer["body"][3]["stride"]
            shape = (layer["body"][-2]["out_channels"], *(side // stride for side in shape[1:]))
            layer["body"][0]["stride"], layer["body"][3]["stride"] = stride, 1
        elif layer["type"] in ("conv", "max_pool"):
            shape = (64, *(side // 2 for side in shape[1:]))
    assert projections == 359_661_568
    assert macs((3, 224, 224), *resnet) == 3_857_973_248


def test_numbers_of_he_xavier_init():
    assert init_variance((128, 64, 3, 3), "he") == 2 / 576
    assert init_variance((128, 64, 3, 3), "xavier") == 2 / 1728
    assert (round(2 / 576, 5), round(2 / 1728, 5), round(math.sqrt(2 / 576), 4)) == (0.00347, 0.00116, 0.0589)
    assert math.sqrt(3 * init_variance((100, 600), "he")) == pytest.approx(0.1)
    assert init_variance((9, 30), "he", math.sqrt(5)) == pytest.approx(1 / (3 * 30))
    density, inside = math.exp(-2) / math.sqrt(2 * math.pi), math.erf(math.sqrt(2))
    truncated = 1 - 4 * density / inside  # variance of a normal distribution within two standard deviations
    assert (round(1 - truncated, 2), round(math.sqrt(truncated), 2)) == (0.23, 0.88)
    assert pytest.approx(1e19, rel=0.3) == 9**20


def test_numbers_of_local_response_norm():
    x = np.array([1.0, 2.0, 3.0, 0.0, 1.0]).reshape(1, 5, 1, 1)
    close = np.testing.assert_allclose
    close(reference.lrn(x, 3, 1.0, 1.0, 1.0, False).ravel(), [1 / 6, 2 / 15, 3 / 14, 0, 1 / 2])
    close(reference.lrn(x, 3, 1.0, 3.0, 1.0, True).ravel(), [1 / 6, 2 / 15, 3 / 14, 0, 1 / 2])
    roots = [1 / 2, 2 / np.sqrt(10), 3 / np.sqrt(20), 0, 1 / 2]
    close(reference.lrn(x, 1, 2.0, 2.0, 0.5, False).ravel(), roots)
    close(reference.lrn(x, 99, 1.0, 1.0, 1.0, False), x / 16)
    assert round(2**-0.75, 4) == 0.5946


def test_numbers_of_int8_quantisation():
    x = np.array([-1.0, 0.0, 0.5, 4.1])
    q, scale, zero_point = reference.quantize(x, "affine", None)
    assert (q.tolist(), round(scale, 12), zero_point) == ([-128, -78, -53, 127], 0.02, -78)
    np.testing.assert_allclose(reference.dequantize(q, scale, zero_point), x, atol=1e-12)
    q, scale, zero_point = reference.quantize(np.array([-1.0, 0.2, 2.54]), "symmetric", None)
    assert (q.tolist(), round(scale, 12), zero_point) == ([-50, 10, 127], 0.02, 0)
    w = np.array([[0.1, -1.27], [100.0, 12.7]])
    q, scale, zero_point = reference.quantize(w, "symmetric", 0)
    assert (q.tolist(), zero_point.tolist()) == ([[10, -127], [127, 16]], [0, 0])
    np.testing.assert_allclose(scale, [0.01, 0.787], atol=5e-4)
    np.testing.assert_allclose(reference.dequantize(q, scale, zero_point, 0)[1], [100.0, 12.598], atol=1e-3)
    assert round(-128 - 3 / ((5 - 3) / 255)) in (-510, -511)
    assert round(20 / 127, 2) == 0.16


def test_numbers_of_fold_bn_into_conv():
    one = np.array([1.0])
    weight, bias = reference.fold_bn(np.full((1, 1, 1, 1), 3.0), None, one, 4 * one, 2 * one, 5 * one, 0.0)
    assert (weight.item(), bias.item()) == (3.0, 4.0)


def test_the_example_of_frozen_backbone_bn():
    torch = pytest.importorskip("torch")
    given, solution = (namespace("frozen-backbone-bn", file) for file in ("given", "solution"))
    model = given["Net"](head_norm=True)
    optimizer = solution["prepare_finetune"](model, 0.01)
    names = ["head.0.bias", "head.0.weight", "head.2.bias", "head.2.weight"]
    assert given["optimised"](model, optimizer) == names
    before = given["state"](model.backbone)
    given["train"](model, optimizer, torch.randn(8, 1, 8, 8), torch.arange(8), steps=20)
    after = given["state"](model.backbone)
    assert all(torch.equal(value, before[name]) for name, value in after.items())
    modes = given["modes"](model)
    assert (modes["backbone.4"], modes["head.1"]) == (False, True)
    assert round(0.9**20, 2) == 0.12


@pytest.mark.parametrize("kind", ["SGD", "Adam", "AdamW"])
def test_each_optimizer_reaches_the_accuracy_that_is_asked_for(kind):
    torch = pytest.importorskip("torch")
    checks, given, solution = (namespace("frozen-backbone-bn", f) for f in ("checks", "given", "solution"))
    state = {name: torch.tensor(value.array) for name, value in checks["backbone_state"]().items()}
    shares = []
    for seed in range(5):
        rng, model = np.random.default_rng(seed), given["load"](state)
        solution["prepare_finetune"](model, 1.0)
        optimizer = getattr(torch.optim, kind)(model.head.parameters(), lr=checks["LR"])
        labels = 5 + np.arange(50) % 5
        x = torch.tensor(checks["digits"](rng, labels))
        given["train"](model, optimizer, x, torch.tensor(labels), checks["STEPS"])
        labels = 5 + np.arange(200) % 5
        logits = given["logits"](model, torch.tensor(checks["digits"](rng, labels)), False)
        shares.append((logits.argmax(dim=1).numpy() == labels).mean())
    assert min(shares) >= checks["FLOOR"] + 0.1
