"""Foundations, regularisation, activations and attacks: the answers worked out a second time.

The code blocks of these questions run with their topics in the other modules. Here PyTorch layers or brute
force give the computational answers again, for the example and for drawn instances of each variant question.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from quizbank import instances
from tests.quizbank import bank_code

TOPICS = ("fundamentals", "regularization", "activation", "robustness")
QUESTIONS = {question.slug: question for question in bank_code.questions(*TOPICS)}
SEEDS = range(15)


def drawn(slug: str) -> Iterator[instances.Instance]:
    question = QUESTIONS[slug]
    yield instances.example(question)
    yield from (instances.build(question, seed) for seed in SEEDS)


def value(slug: str) -> instances.Instance:
    return instances.example(QUESTIONS[slug])


def assert_right(instance: instances.Instance, answer: object) -> None:
    """The independently computed answer is judged right."""
    assert instance.grade(instance.parse(str(answer))).correct, f"{answer} is not {instance.right_answer}"


def assert_wrong(instance: instances.Instance, answer: object) -> None:
    assert not instance.grade(instance.parse(str(answer))).correct, f"{answer} should not pass"


def right_option(instance: instances.Instance) -> str:
    (text,) = (option["text"] for option in instance.spec["options"] if option["correct"])
    return str(text)


def parameters(module: Any) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def read_values(n: int, k: int, shared: bool) -> tuple[int, int]:
    """Multiplications and distinct weights of a k x k layer on an n x n map, counted one by one."""
    weights, products = set(), 0
    for row, column, a, b in itertools.product(range(n), range(n), range(k), range(k)):
        if row + k <= n and column + k <= n:
            products += 1
            weights.add((a, b) if shared else (row, column, a, b))
    return products, len(weights)


class TestLocalityAndSharing:
    def test_reused_weights(self) -> None:
        for instance in itertools.islice(drawn("reused-weights-and-multiplications"), 6):
            n, k = instance.names["n"], instance.names["k"]
            local, shared = read_values(n, k, shared=False), read_values(n, k, shared=True)
            assert local[0] == shared[0]
            expected = f"{local[0]:,} multiplications for both; {local[1]:,} weights against {shared[1]}"
            assert right_option(instance) == expected

    def test_the_example_of_the_open_question(self) -> None:
        products, weights = read_values(32, 3, shared=False)
        assert (products, weights) == (8100, 8100)
        assert (
            f"| locally connected | {weights} | {products} |"
            in value("locality-and-sharing-costs").worked_answer
        )

    def test_sharing_saves_no_multiplication(self) -> None:
        fewer = read_values(32, 3, shared=True)[0] < read_values(32, 3, shared=False)[0]
        assert value("shared-weights-fewer-multiplications").grade(fewer).correct


@pytest.mark.torch
class TestCounts:
    def test_biases(self, torch: Any) -> None:
        for instance in drawn("bias-count-of-a-conv"):
            layer = torch.nn.Conv2d(*(instance.names[name] for name in ("c_in", "c_out", "k")))
            assert parameters(layer) == instance.names["total"]
            assert_right(instance, layer.bias.numel())

    def test_dense_layer_on_pixels(self, torch: Any) -> None:
        for instance in drawn("dense-weights-on-an-image"):
            n, units = instance.names["n"], instance.names["units"]
            image = torch.empty(1, 3, n, n, device="meta")
            layer = torch.nn.Linear(image.flatten(1).shape[1], units, device="meta")
            assert_right(instance, layer.weight.numel())
            assert_wrong(instance, parameters(layer))
            assert_wrong(instance, n * n * units)

    def test_units_that_pass_a_hundred_million(self) -> None:
        units = next(count for count in itertools.count(1) if count * 224 * 224 * 3 >= 10**8)
        answer = value("from-dense-to-how-many-units").worked_answer
        assert f"**{units} units**" in answer
        assert right_option(value("from-dense-to-how-many-units")) == "From about 700 units"
        assert abs(units - 700) < 50

    def test_filters_from_a_parameter_count(self, torch: Any) -> None:
        for instance in drawn("depth-of-a-conv-layer"):
            n, c_in, k, total = (instance.names[name] for name in ("n", "c_in", "k", "total"))
            fitting = [
                c for c in range(1, 200) if parameters(torch.nn.Conv2d(c_in, c, k, device="meta")) == total
            ]
            assert len(fitting) == 1
            out = torch.nn.Conv2d(c_in, fitting[0], k)(torch.zeros(1, c_in, n, n))
            assert_right(instance, out.shape[1])
            assert out.shape[2] == instance.names["out"]

    def test_ten_filters_on_five_by_five(self, torch: Any) -> None:
        shape = torch.nn.Conv2d(3, 10, 3)(torch.zeros(1, 3, 5, 5)).permute(0, 2, 3, 1).shape[1:]
        assert right_option(value("three-meanings-of-depth")) == str(tuple(shape))

    def test_colour_costs_the_first_layer_only(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("parameters-gray-and-colour"):
            filters, k = instance.names["filters"], instance.names["k"]
            gray, rgb = (nn.Sequential(nn.Conv2d(c, filters, k), nn.Conv2d(filters, 8, 3)) for c in (1, 3))
            assert_right(instance, parameters(rgb) - parameters(gray))

    def test_attention_scores(self, torch: Any) -> None:
        for instance in drawn("attention-scores-per-head"):
            n, patch = instance.names["n"], instance.names["patch"]
            tokens = torch.nn.Conv2d(3, 2, patch, stride=patch)(torch.zeros(1, 3, n, n)).flatten(2)
            assert_right(instance, (tokens.transpose(1, 2) @ tokens).numel())


@pytest.mark.torch
class TestSmallClassifiers:
    @staticmethod
    def trunk(torch: Any, *widths: int) -> list[Any]:
        layers: list[Any] = []
        for before, after in itertools.pairwise((3, *widths)):
            layers += [torch.nn.Conv2d(before, after, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
        return layers

    def test_shape_before_the_flatten(self, torch: Any) -> None:
        for instance in drawn("keras-classifier-shapes"):
            n, first, second = (instance.names[name] for name in ("n", "first", "second"))
            out = torch.nn.Sequential(*self.trunk(torch, first, second))(torch.zeros(1, 3, n, n))
            assert_right(instance, tuple(out.permute(0, 2, 3, 1).shape[1:]))
        assert "14x14x64" in value("keras-classifier-shapes").worked_answer

    def test_all_parameters(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("parameters-of-a-small-classifier"):
            n, first, second, units = (instance.names[name] for name in ("n", "first", "second", "units"))
            trunk = nn.Sequential(*self.trunk(torch, first, second), nn.Flatten())
            flat = trunk(torch.zeros(1, 3, n, n)).shape[1]
            assert_right(
                instance, parameters(nn.Sequential(trunk, nn.Linear(flat, units), nn.Linear(units, 10)))
            )
        assert "1,626,442" in value("parameters-of-a-small-classifier").worked_answer

    def test_binary_classifier(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("parameters-of-a-binary-classifier"):
            n, first, units = (instance.names[name] for name in ("n", "first", "units"))
            trunk = nn.Sequential(*self.trunk(torch, first), nn.Flatten())
            flat = trunk(torch.zeros(1, 3, n, n)).shape[1]
            head = nn.Sequential(nn.Linear(flat, units, device="meta"), nn.Linear(units, 1, device="meta"))
            assert_right(instance, parameters(trunk) + parameters(head))
        assert "3,937,409" in value("parameters-of-a-binary-classifier").worked_answer

    def test_flattened_batch(self, torch: Any) -> None:
        for instance in drawn("flattened-binary-classifier"):
            batch, n, first = (instance.names[name] for name in ("batch", "n", "first"))
            network = torch.nn.Sequential(*self.trunk(torch, first), torch.nn.Flatten())
            assert_right(instance, tuple(network(torch.zeros(batch, 3, n, n)).shape))

    def test_order_of_the_shapes(self, torch: Any) -> None:
        nn = torch.nn
        stages = [
            nn.Conv2d(3, 16, 3, padding=1),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.MaxPool2d(2),
            nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            nn.Linear(32, 10),
        ]
        x = torch.zeros(1, 3, 32, 32)
        shapes = [tuple(x.shape[1:])]
        for stage in stages:
            x = stage(x)
            shapes.append(tuple(x.shape[1:]))
        items = value("tensor-shapes-through-a-classifier").spec["items"]
        assert [item.split(":")[0] for item in items] == [str(shape) for shape in shapes]


@pytest.mark.torch
class TestRegularisers:
    def test_kept_units(self, torch: Any) -> None:
        torch.manual_seed(0)
        for instance in drawn("dropout-scale"):
            p, x = instance.names["p"], instance.names["x"]
            out = torch.nn.Dropout(p)(torch.full((2000,), float(x), dtype=torch.float64))
            assert_right(instance, round(out.max().item(), 6))
            assert_wrong(instance, x)
            assert_wrong(instance, round(x / p, 6))

    def test_step_under_l2(self, torch: Any) -> None:
        for instance in drawn("pull-of-a-penalty"):
            start, g, rate, lam = (instance.names[name] for name in ("w", "g", "rate", "lam"))
            w = torch.tensor(float(start), dtype=torch.float64, requires_grad=True)
            (g * w + lam / 2 * w**2).backward()
            torch.optim.SGD([w], lr=rate).step()
            assert_right(instance, round(w.item(), 6))
            decayed = torch.tensor(float(start), dtype=torch.float64, requires_grad=True)
            (g * decayed).backward()
            torch.optim.SGD([decayed], lr=rate, weight_decay=lam).step()
            assert_right(instance, round(decayed.item(), 6))

    def test_optimisers_with_proportional_decay(self, torch: Any) -> None:
        proportional = []
        for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
            w = torch.tensor([4.0, 1.0], dtype=torch.float64, requires_grad=True)
            w.grad = torch.zeros_like(w)
            kind([w], lr=0.1, weight_decay=0.5).step()
            factors = (w / torch.tensor([4.0, 1.0], dtype=torch.float64)).tolist()
            if factors[0] == pytest.approx(factors[1]) and factors[0] < 1:
                proportional.append(kind.__name__)
        assert proportional == ["SGD", "AdamW"]
        assert right_option(value("adam-with-l2")) == "SGD and AdamW, but not Adam"

    def test_thinned_networks_with_masks_before_the_relu(self, torch: Any) -> None:
        """Masks on the inputs of a ReLU layer: no mean of the members is the full prediction."""
        torch.manual_seed(1)
        first, second, x = torch.randn(6, 5), torch.randn(3, 6), torch.randn(5)
        masks = torch.tensor(list(itertools.product([0.0, 1.0], repeat=5)))
        members = (torch.relu((masks * 2 * x) @ first.T) @ second.T).log_softmax(dim=-1)
        full = (torch.relu(first @ x) @ second.T).softmax(dim=-1)
        geometric = members.mean(dim=0).softmax(dim=-1)
        exact = torch.allclose(full, geometric, atol=1e-3) or torch.allclose(
            full, members.exp().mean(0), atol=1e-3
        )
        assert value("thinned-networks-average").grade(exact).correct

    def test_batch_norm_cancels_the_bias(self, torch: Any) -> None:
        torch.manual_seed(0)
        conv, norm = torch.nn.Conv2d(2, 4, 3).double(), torch.nn.BatchNorm2d(4).double()
        x = torch.randn(3, 2, 6, 6, dtype=torch.float64)
        before = norm(conv(x))
        conv.bias.data += torch.arange(4.0)
        assert value("bias-before-batch-norm").grade(bool(torch.allclose(norm(conv(x)), before))).correct

    def test_porting_the_momentum(self, torch: Any) -> None:
        norm = torch.nn.BatchNorm2d(1, momentum=0.99)
        norm(torch.full((2, 1, 2, 2), 5.0))
        same = norm.running_mean.item() == pytest.approx(0.99 * 0.0 + 0.01 * 5.0)
        assert value("porting-batch-norm-momentum").grade(same).correct

    def test_pytorch_conventions(self, torch: Any) -> None:
        right = {pair["left"]: pair["right"] for pair in value("framework-layout-differences").spec["pairs"]}
        assert torch.nn.Conv2d(2, 3, (5, 7)).weight.shape == (3, 2, 5, 7)
        assert right["Conv kernel, PyTorch"] == "(out, in, kh, kw)"
        assert right["Batch norm momentum, PyTorch"].startswith(f"{torch.nn.BatchNorm2d(1).momentum}:")
        torch.manual_seed(0)
        bound = 1 / np.sqrt(64 * 9)  # Kaiming uniform with a = sqrt(5)
        largest = torch.nn.Conv2d(64, 64, 3).weight.abs().max().item()
        assert 0.99 * bound < largest <= bound


@pytest.mark.torch
class TestActivations:
    def test_tanh_from_the_sigmoid(self, torch: Any) -> None:
        for instance in drawn("tanh-from-sigmoids"):
            x = torch.tensor(instance.names["x"], dtype=torch.float64)
            assert_right(instance, round(torch.tanh(x).item(), 3))
            assert_wrong(instance, round(2 * torch.sigmoid(x).item() - 1, 3))
            assert_wrong(instance, round(torch.tanh(-x).item(), 3))

    def test_kink_of_elu(self, torch: Any) -> None:
        for instance in drawn("elu-kink-at-zero"):
            x = torch.tensor([-1e-9, 1e-9], dtype=torch.float64, requires_grad=True)
            torch.nn.functional.elu(x, instance.names["a"]).sum().backward()
            assert_right(instance, round(abs(x.grad[1] - x.grad[0]).item(), 6))

    def test_elu_is_not_differentiable_for_every_a(self, torch: Any) -> None:
        jumps = []
        for a in (0.5, 1.0, 2.0):
            x = torch.tensor([-1e-9, 1e-9], dtype=torch.float64, requires_grad=True)
            torch.nn.functional.elu(x, a).sum().backward()
            jumps.append(abs(x.grad[1] - x.grad[0]).item() > 1e-6)
        assert jumps == [True, False, True]
        assert value("elu-smoothness").grade(not any(jumps)).correct

    def test_reach_of_two_convolutions(self, torch: Any) -> None:
        for instance in drawn("two-convs-without-activation"):
            signal = torch.zeros(1, 1, 41, requires_grad=True)
            out = signal
            for k in (instance.names["a"], instance.names["b"]):
                out = torch.nn.functional.conv1d(out, torch.ones(1, 1, k))
            out[0, 0, 10].backward()
            reach = int((signal.grad != 0).sum())
            assert right_option(instance) == f"One convolution with {reach}x{reach} kernels"

    def test_max_pooling_breaks_linearity(self, torch: Any) -> None:
        torch.manual_seed(0)
        nn = torch.nn
        network = nn.Sequential(
            nn.Conv2d(1, 2, 3, bias=False), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 3, bias=False)
        )
        x, y = torch.randn(2, 1, 1, 8, 8)
        linear = torch.allclose(network(x + y), network(x) + network(y), atol=1e-4)
        assert value("which-layer-bends").grade(not linear).correct


@pytest.mark.torch
class TestAttacks:
    def test_one_step(self, torch: Any) -> None:
        for instance in drawn("gradient-sign-step"):
            start, g, levels = (instance.names[name] for name in ("x", "g", "levels"))
            x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
            (grad,) = torch.autograd.grad(g * x, x)
            moved = (x.detach() + levels / 255 * grad.sign()).clamp(0, 1).item()
            assert_right(instance, round(moved, 3))
            assert_wrong(instance, round((x.detach() + levels / 255 * grad).item(), 4))
            assert_wrong(instance, round((x.detach() - levels / 255 * grad.sign()).clamp(0, 1).item(), 4))

    def test_the_options_in_code(self, torch: Any) -> None:
        """Only the right line uses the whole budget, exactly, and raises a linear loss."""
        torch.manual_seed(0)
        x, grad, eps = torch.rand(200) * 0.8 + 0.1, torch.randn(200), 8 / 255
        for option in value("fgsm-in-code").spec["options"]:
            source = re.search(r"`([^`]+)`", option["text"])
            assert source
            change = eval(source[1], {"x": x, "grad": grad, "eps": eps}) - x
            is_fgsm = torch.allclose(change.abs(), torch.full_like(x, eps)) and (change * grad).sum() > 0
            assert option["correct"] == bool(is_fgsm)

    def test_worst_case_against_random_signs(self, torch: Any) -> None:
        torch.manual_seed(0)
        w = torch.randn(10_000)
        worst, usual = w.abs().sum(), (w * torch.randn(10_000).sign()).sum().abs()
        assert value("attack-or-noise").grade(bool(worst > 10 * usual)).correct


def test_zeros_of_a_dropout_row_vary_around_the_half() -> None:
    zeros = (np.random.default_rng(0).random((500, 512)) < 0.5).sum(axis=1)
    assert len(set(zeros.tolist())) > 10
    assert abs(zeros.mean() - 256) < 2
    assert right_option(value("dropout-zero-count")) == "About 256, different from row to row"


def test_variance_of_correlated_members() -> None:
    """The formula's two percentages, from the covariance matrix of five members."""
    answer = value("model-capacity-and-ensembles").worked_answer
    for rho in (0.0, 0.5):
        covariance = np.full((5, 5), rho) + (1 - rho) * np.eye(5)
        assert f"{np.ones(5) @ covariance @ np.ones(5) / 25:.0%}" in answer
