"""Questions on filters, fields, batch norm modes, LRN and metrics: their answers worked out a second time.

The code blocks of these topics are run elsewhere. Here the answers of the example and of drawn instances are
compared with layers of PyTorch, with gradients, or with counting.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from quizbank import instances
from tests.quizbank import bank_code

TOPICS = ("convolution", "normalization", "evaluation", "generative-and-rl")
QUESTIONS = {question.slug: question for question in bank_code.questions(*TOPICS)}
SEEDS = range(12)


def value(slug: str) -> instances.Instance:
    return instances.example(QUESTIONS[slug])


def drawn(slug: str) -> Iterator[instances.Instance]:
    yield value(slug)
    yield from (instances.build(QUESTIONS[slug], seed) for seed in SEEDS)


def numbers(instance: instances.Instance, names: str) -> list[Any]:
    return [instance.names[name] for name in names.split()]


def right(instance: instances.Instance, answer: object) -> bool:
    return bool(instance.grade(instance.parse(str(answer))).correct)


def assert_right(instance: instances.Instance, answer: object) -> None:
    assert right(instance, answer), f"{answer} is not {instance.right_answer}"


def assert_differs(instance: instances.Instance, mistake: object) -> None:
    assert not right(instance, mistake), f"the mistake {mistake} passes for {instance.right_answer}"


def parameters(*modules: Any) -> int:
    return sum(parameter.numel() for module in modules for parameter in module.parameters())


def field_by_gradient(torch: Any, layers: list[tuple[int, int, int]]) -> int:
    """The inputs that one unit in the middle reacts to; every layer, pools too, sums its window."""
    signal = torch.zeros(1, 1, 1501, dtype=torch.float64, requires_grad=True)
    out = signal
    for k, s, d in layers:
        ones = torch.ones(1, 1, k, dtype=torch.float64) / k
        out = torch.nn.functional.conv1d(out, ones, stride=s, dilation=d)
    out[0, 0, out.shape[-1] // 2].backward()
    touched = signal.grad[0, 0].nonzero()
    return int(touched.max() - touched.min()) + 1


def vgg16(before: int = 3, pool: int = 2) -> list[list[tuple[int, int, int]]]:
    """The layers of the five blocks, pools included."""
    blocks = [[(3, 1, 1)] * convs + [(pool, 2, 1)] for convs in (2, 2, 3, 3, 3)]
    blocks[0][0] = (before, 1, 1)
    return blocks


@pytest.mark.torch
class TestOutputs:
    def test_one_output_of_a_small_convolution(self, torch: Any) -> None:
        for instance in drawn("conv-by-hand"):
            x = torch.tensor(numbers(instance, "a b c d e f g h i")).view(1, 1, 3, 3).double()
            w = torch.tensor(numbers(instance, "w x y z")).view(1, 1, 2, 2).double()
            row, col = numbers(instance, "row col")
            assert_right(instance, int(torch.nn.functional.conv2d(x, w)[0, 0, row, col]))
            assert_differs(instance, int(torch.nn.functional.conv2d(x, w.flip(2, 3))[0, 0, row, col]))

    def test_values_of_a_kernel_as_large_as_the_input(self, torch: Any) -> None:
        for instance in drawn("kernel-as-large-as-the-input"):
            k, s, p = numbers(instance, "k s p")
            layers = [torch.nn.Conv2d(1, 1, k, stride=s, padding=padding) for padding in (0, p)]
            assert_right(instance, sum(layer(torch.zeros(1, 1, k, k)).numel() for layer in layers))

    def test_the_padding_that_keeps_the_size(self, torch: Any) -> None:
        for instance in drawn("padding-that-keeps-the-size"):
            n, k, d = numbers(instance, "n k d")
            sizes = {
                p: torch.nn.Conv1d(1, 1, k, padding=p, dilation=d)(torch.zeros(1, 1, n)).shape[-1]
                for p in range(k * d)
            }
            assert_right(instance, *[p for p, size in sizes.items() if size == n])

    def test_the_dilation_of_a_given_shrinkage(self, torch: Any) -> None:
        for instance in drawn("which-dilation-covers-it"):
            n, k, left = numbers(instance, "n k left")
            fits = [d for d in range(1, 16) if d * (k - 1) < n]
            found = [
                d
                for d in fits
                if torch.nn.Conv1d(1, 1, k, dilation=d)(torch.zeros(1, 1, n)).shape[-1] == left
            ]
            assert len(found) == 1
            assert_right(instance, found[0])

    def test_shape_after_a_dilated_layer(self, torch: Any) -> None:
        for instance in drawn("shape-after-the-dilated-layer"):
            batch, h, w, c, k, d, filters = numbers(instance, "batch h w c k d filters")
            out = torch.nn.Conv2d(c, filters, k, dilation=d)(torch.zeros(batch, c, h, w))
            assert_right(instance, tuple(out.permute(0, 2, 3, 1).shape))
            assert_differs(instance, (batch, h - k + 1, w - k + 1, filters))

    def test_output_size_of_the_broken_helper(self, torch: Any) -> None:
        for instance in drawn("output-size-helper-bug"):
            n, k, s, p = numbers(instance, "n k s p")
            size = torch.nn.Conv1d(1, 1, k, stride=s, padding=p)(torch.zeros(1, 1, n)).shape[-1]
            assert_right(instance, size)
            assert_differs(instance, instance.names["shown"])
            assert f"prints {(n - k + 2 * p) / s + 1:g}" in instance.prompt

    def test_patch_matrix(self, torch: Any) -> None:
        for instance in drawn("patch-matrix-size"):
            c, n, k, s, p = numbers(instance, "c n k s p")
            columns = torch.nn.functional.unfold(torch.zeros(1, c, n, n), k, padding=p, stride=s)
            assert_right(instance, columns.numel())
        assert f"{64 * 9 * 56 * 56:,}" in value("im2col-gemm").worked_answer


@pytest.mark.torch
class TestCounts:
    def test_uses_of_a_weight(self, torch: Any) -> None:
        """With ones in and around the image a weight's gradient counts its products."""
        for instance in drawn("macs-per-weight"):
            n, k, s, p = numbers(instance, "n k s p")
            layer = torch.nn.Conv2d(1, 1, k, stride=s, bias=False)
            layer(torch.ones(1, 1, n + 2 * p, n + 2 * p)).sum().backward()
            assert set(layer.weight.grad.flatten().tolist()) == {float(instance.spec["answer"]["value"])}

    def test_stacks_of_small_kernels(self, torch: Any) -> None:
        for instance in drawn("three-3x3-vs-7x7"):
            m, c, k = numbers(instance, "m c k")
            stack = parameters(*(torch.nn.Conv2d(c, c, 3, bias=False) for _ in range(m)))
            single = parameters(torch.nn.Conv2d(c, c, k, bias=False))
            assert field_by_gradient(torch, [(3, 1, 1)] * m) == k
            assert_right(instance, f"{100 * (1 - stack / single):.1f}")
            assert_differs(instance, f"{100 * stack / single:.1f}")

    def test_stack_and_single_layer_with_bias(self, torch: Any) -> None:
        stack, single = 3 * parameters(torch.nn.Conv2d(64, 64, 3)), parameters(torch.nn.Conv2d(64, 64, 7))
        text = value("excess-of-the-large-kernel").worked_answer
        assert f"{single:,} against {stack:,}" in text.replace("\n", " ")
        assert f"{1 - stack / single:.1%}" in text

    def test_the_stem_prefers_the_large_kernel(self, torch: Any) -> None:
        conv = torch.nn.Conv2d
        single = parameters(conv(3, 64, 7, bias=False))
        stack = parameters(*(conv(c, 64, 3, bias=False) for c in (3, 64, 64)))
        for slug in ("small-kernels-why", "small-kernel-claims"):
            assert all(f"{count:,}" in value(slug).worked_answer for count in (single, stack))

    def test_separable_layers(self, torch: Any) -> None:
        conv = torch.nn.Conv2d
        for instance in drawn("depthwise-64-128-parameters"):
            c_in, c_out, k = numbers(instance, "c_in c_out k")
            standard = parameters(conv(c_in, c_out, k, bias=False))
            steps = conv(c_in, c_in, k, groups=c_in, bias=False), conv(c_in, c_out, 1, bias=False)
            assert_right(instance, standard - parameters(*steps))
        text = value("depthwise-64-128-parameters").worked_answer
        assert all(f"{count:,}" in text for count in (73728, 8768))

    def test_groups_by_trying_them(self, torch: Any) -> None:
        for instance in drawn("grouped-convolution"):
            c_in, c_out, k, side, macs = numbers(instance, "c_in c_out k side macs")
            found = [
                g
                for g in range(1, c_in + 1)
                if c_in % g == c_out % g == 0
                and parameters(torch.nn.Conv2d(c_in, c_out, k, groups=g, bias=False)) * side**2 == macs
            ]
            assert len(found) == 1
            assert_right(instance, found[0])


@pytest.mark.torch
class TestFields:
    def test_conv_pool_conv(self, torch: Any) -> None:
        for instance in drawn("receptive-field-recurrence"):
            a, m, s, b, d = numbers(instance, "a m s b d")
            assert_right(instance, field_by_gradient(torch, [(a, 1, 1), (m, s, 1), (b, 1, d)]))

    def test_dilation_schedules(self, torch: Any) -> None:
        for instance in drawn("dilation-schedule-receptive-field"):
            k, *rates = numbers(instance, "k a b c e")
            assert_right(instance, field_by_gradient(torch, [(k, 1, d) for d in rates]))

    def test_vgg16(self, torch: Any) -> None:
        blocks = vgg16()
        layers = list(itertools.chain(*blocks))
        instance = value("vgg16-receptive-field")
        assert_right(instance, field_by_gradient(torch, layers[:-1]))
        assert_differs(instance, field_by_gradient(torch, layers))
        for stack in (layers, layers[:14], [*layers, (7, 1, 1)], [(3, 1, 1)] * 13):
            assert str(field_by_gradient(torch, stack)) in instance.worked_answer
        wrong = [(3, 1, 1)] * 13 + [(2, 2, 1)] * 4
        assert f"convs first {field_by_gradient(torch, wrong)}" in instance.worked_answer

    def test_units_inside_a_vgg(self, torch: Any) -> None:
        for instance in drawn("field-inside-vgg16"):
            block, conv, before, pool = numbers(instance, "block conv before pool")
            blocks = vgg16(before, pool)
            layers = [*itertools.chain(*blocks[: block - 1]), *blocks[block - 1][:conv]]
            assert_right(instance, field_by_gradient(torch, layers))


@pytest.mark.torch
class TestNormalisation:
    def test_one_value_after_lrn(self, torch: Any) -> None:
        for instance in drawn("one-value-after-lrn"):
            x = torch.tensor(numbers(instance, "a b c d e")).double().view(1, 5, 1, 1)
            alpha, beta = numbers(instance, "alpha beta")
            lrn = torch.nn.functional.local_response_norm
            assert_right(instance, f"{lrn(x, 5, 5 * alpha, beta, 2.0)[0, 2].item():.4f}")
            assert_differs(instance, f"{lrn(x, 5, alpha, beta, 2.0)[0, 2].item():.4f}")

    def test_least_shrinkage_for_tiny_activations(self, torch: Any) -> None:
        for instance in drawn("least-shrinkage-of-lrn"):
            k, beta, n = numbers(instance, "k beta n")
            x = torch.full((1, n, 1, 1), 1e-6, dtype=torch.float64)
            kept = (torch.nn.functional.local_response_norm(x, n, 1e-4, beta, float(k)) / x).max().item()
            assert_right(instance, f"{100 * (1 - kept):.2f}")

    def test_lrn_never_amplifies(self, torch: Any) -> None:
        torch.manual_seed(1)
        x = torch.rand(1, 16, 8, 8, dtype=torch.float64) * 100
        grown = bool((torch.nn.functional.local_response_norm(x, 5, 5e-4, 0.75, 2.0) > x).any())
        assert value("lrn-never-amplifies").grade(grown).correct

    def test_state_after_a_pass_without_gradients(self, torch: Any) -> None:
        model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2)).requires_grad_(False)
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        with torch.no_grad():
            model(torch.randn(4, 1, 8, 8))
        same = all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
        assert value("no-grad-in-train-mode").grade(same).correct

    def test_measures_that_protect_the_statistics(self, torch: Any) -> None:
        nn = torch.nn

        def every_epoch(model: Any) -> None:
            model.train()
            model[0].eval()

        def once_before_the_loop(model: Any) -> None:
            model[0].eval()
            model.train()

        def all_but_the_head(model: Any) -> None:
            model.eval()
            model[1].train()

        def frozen_weights(model: Any) -> None:
            model.train()
            model[0].requires_grad_(False)

        measures: list[Callable[[Any], None]] = [every_epoch, frozen_weights, once_before_the_loop]
        kept = []
        for prepare in (*measures, all_but_the_head):
            model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5))
            prepare(model)
            model(torch.ones(8, 3))
            kept.append(model[1].training and not model[0].running_mean.any().item())
        options = value("what-keeps-the-backbone-intact").spec["options"]
        assert [option["correct"] for option in options[:4]] == kept


@pytest.mark.torch
def test_rate_leaves_all_tensors_as_large(torch: Any) -> None:
    layers = [torch.nn.Conv2d(4, 4, 3, padding=d, dilation=d) for d in (8, 2)]
    memory = [parameters(layer) + layer(torch.zeros(1, 4, 32, 32)).numel() for layer in layers]
    assert value("dilation-memory-myth").grade(memory[1] < memory[0]).correct


def test_error_ratio() -> None:
    for instance in drawn("ratio-of-two-error-rates"):
        before, drop = numbers(instance, "before drop")
        assert_right(instance, f"{(1000 - before + drop) / (1000 - before):.1f}")
    assert_right(value("ratio-of-two-error-rates"), f"{13.9 / 5.8:.1f}")


def test_average_precision_by_recall_levels() -> None:
    """The envelope as defined: at each level of recall the best precision reached at that level or beyond."""
    for instance in drawn("average-precision-map"):
        *hits, objects = numbers(instance, "h1 h2 h3 h4 h5 objects")
        curve = [(sum(hits[:i]), sum(hits[:i]) / i) for i in range(1, 6)]
        levels = [
            max((precision for found, precision in curve if found >= level), default=0.0)
            for level in range(1, objects + 1)
        ]
        assert_right(instance, f"{sum(levels) / objects:.4f}")
        assert_differs(instance, f"{sum(precision for _, precision in curve) / 5:.4f}")
    assert value("average-precision-map").names["ap"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_roc_area_by_integrating_the_curve() -> None:
    for instance in drawn("auroc-by-pairs"):
        positives, negatives = (np.array(numbers(instance, names)) for names in ("a b c", "u v w"))
        thresholds = [*sorted({*positives.tolist(), *negatives.tolist()}, reverse=True)]
        points = [(0.0, 0.0)] + [
            (float((negatives >= t).mean()), float((positives >= t).mean())) for t in thresholds
        ]
        area = sum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in itertools.pairwise(points))
        assert_right(instance, f"{area:.4f}")


def test_precision_of_the_screening() -> None:
    true, false = 0.9 * 10, 0.05 * 990
    option = next(option for option in value("roc-vs-pr").spec["options"] if option["correct"])
    assert f"{true / (true + false):.0%} of the alarms are true" in option["text"]


def test_top_k_by_sorting_scores() -> None:
    for instance in drawn("top-k-accuracy"):
        ranks, k = numbers(instance, "ranks k")
        hits = 0
        for rank in ranks:
            scores = [10.0 - place for place in range(10)]
            best = np.argsort(scores)[::-1][:k]
            hits += rank - 1 in best
        assert_right(instance, hits / len(ranks))


def test_chance_by_trying_every_rank() -> None:
    for instance in drawn("chance-level-of-top-k"):
        classes, k = numbers(instance, "classes k")
        assert_right(instance, 100 * sum(rank < k for rank in range(classes)) / classes)


def test_mean_iou_by_sets_of_pixels() -> None:
    for instance in drawn("mean-iou"):
        pairs = [(1, 1), (1, 2), (2, 1), (2, 2)] * 2
        pixels = [
            pair
            for pair, count in zip(pairs, numbers(instance, "a b c d e f g h"), strict=True)
            for _ in range(count)
        ]
        overlaps = []
        for label in (1, 2):
            true = {i for i, (truth, _) in enumerate(pixels) if truth == label}
            predicted = {i for i, (_, guess) in enumerate(pixels) if guess == label}
            overlaps.append(len(true & predicted) / len(true | predicted))
        assert_right(instance, f"{sum(overlaps) / 2:.4f}")
        assert_differs(instance, f"{sum(overlaps) / 3:.4f}")


@pytest.mark.parametrize(
    ("slug", "accepted", "refused"),
    [
        ("kind-of-map-a-conv-computes", ["Affine.", "an affine map"], ["non-linear", "convolutional"]),
        (
            "the-smaller-field",
            ["Effective receptive field", "ERF"],
            ["local receptive field", "receptive field"],
        ),
        ("dilated-layer-code-bug", ["the channel axis", "channels", "channels last"], ["batch", "height"]),
        (
            "name-of-the-missing-operation",
            ["Floor division", "use floor"],
            ["round", "ceil", "int", "modulo"],
        ),
    ],
)
def test_short_answers(slug: str, accepted: list[str], refused: list[str]) -> None:
    instance = value(slug)
    assert all(right(instance, text) for text in accepted)
    assert not any(right(instance, text) for text in refused)
