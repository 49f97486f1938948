"""Questions on fundamentals, convolution, pooling, regularization and gradients: code and answers hold.

The code blocks are run as they stand. The computational answers are worked out a second time here, by running
the layers in PyTorch or by brute force, for the example and for drawn instances of each variant question.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from quizbank import instances
from quizbank.content import Content
from tests.quizbank import bank_code

TOPICS = ("fundamentals", "convolution", "pooling", "regularization", "gradients-and-backprop")
QUESTIONS = {question.slug: question for question in bank_code.questions(*TOPICS)}
SEEDS = range(6)


def drawn(slug: str) -> Iterator[instances.Instance]:
    """The example and some drawn instances of a question; only the example where nothing is drawn."""
    question = QUESTIONS[slug]
    yield instances.example(question)
    if "variant" in question.spec:
        yield from (instances.build(question, seed) for seed in SEEDS)


def assert_right(instance: instances.Instance, answer: object) -> None:
    """The independently computed answer is judged right."""
    assert instance.grade(instance.parse(str(answer))).correct, f"{answer} is not {instance.right_answer}"


def value(slug: str) -> instances.Instance:
    return instances.example(QUESTIONS[slug])


def parameters(module: Any) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("question", bank_code.with_code(*TOPICS))
def test_code_prints_what_the_question_says(question: Content) -> None:
    bank_code.assert_code_runs(question)


@pytest.mark.parametrize("slug", sorted(QUESTIONS))
def test_no_choice_is_given_away_by_its_length(slug: str) -> None:
    """A right option may be the longest now and then, but not by far."""
    options = instances.example(QUESTIONS[slug]).spec.get("options", [])
    right = [len(option["text"]) for option in options if option["correct"]]
    wrong = [len(option["text"]) for option in options if not option["correct"]]
    if len(right) == 1 and wrong:
        assert right[0] <= 1.3 * max(wrong)


def test_every_wrong_option_explains_itself() -> None:
    for question in QUESTIONS.values():
        whys = [option["why"] for option in question.spec.get("options", [])]
        assert len(set(whys)) == len(whys), question.slug
        assert all(len(why) > 20 for why in whys), question.slug


@pytest.mark.torch
class TestShapes:
    def test_simple_cnn(self, torch: Any) -> None:
        instance = value("simplecnn-output-shape")
        namespace: dict[str, Any] = {}
        exec(bank_code.blocks(instance.prompt)[0].source, namespace)
        assert_right(instance, tuple(namespace["output"].shape))
        assert not instance.grade(instance.parse("(1, 32, 15, 15)")).correct

    def test_two_conv_blocks(self, torch: Any) -> None:
        for instance in drawn("which-simplecnn-shape"):
            n, first, second = (instance.names[name] for name in ("n", "first", "second"))
            sizes = []
            for padding in (1, 0):
                layers: list[Any] = []
                for before, after in ((3, first), (first, second)):
                    conv = torch.nn.Conv2d(before, after, 3, padding=padding)
                    layers += [conv, torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
                sizes.append(str(tuple(torch.nn.Sequential(*layers)(torch.zeros(1, 3, n, n)).shape)))
            texts = [option["text"] for option in instance.spec["options"]]
            assert texts[:2] == sizes
            assert [option["correct"] for option in instance.spec["options"]] == [True, False, False, False]

    def test_convolution_output_sizes(self, torch: Any) -> None:
        for instance in drawn("conv-output-size-formula"):
            n, k, s, p, d = (instance.names[name] for name in "nkspd")
            layer = torch.nn.Conv1d(1, 1, k, stride=s, padding=p, dilation=d)
            assert_right(instance, layer(torch.zeros(1, 1, n)).shape[-1])

    def test_56_with_stride_2(self, torch: Any) -> None:
        out = torch.nn.Conv2d(1, 1, 3, stride=2, padding=1)(torch.zeros(1, 1, 56, 56))
        assert_right(value("output-size-56-stride-2"), out.shape[-1])

    def test_transposed_convolution(self, torch: Any) -> None:
        for instance in drawn("transposed-convolution-size"):
            names = ("n", "c_in", "c_out", "k", "s", "p", "extra")
            n, c_in, c_out, k, s, p, extra = (instance.names[name] for name in names)
            layer = torch.nn.ConvTranspose2d(c_in, c_out, k, s, p, output_padding=extra)
            assert_right(instance, tuple(layer(torch.zeros(1, c_in, n, n)).shape))

    def test_pixel_shuffle(self, torch: Any) -> None:
        for instance in drawn("pixel-shuffle"):
            r, c, h, w = (instance.names[name] for name in "rchw")
            assert_right(instance, tuple(torch.nn.PixelShuffle(r)(torch.zeros(c * r * r, h, w)).shape))

    def test_source_channel_of_a_shuffled_pixel(self, torch: Any) -> None:
        for instance in drawn("pixel-shuffle-source-channel"):
            r, c, y, x = (instance.names[name] for name in "rcyx")
            channels = (c + 1) * r * r
            numbered = torch.arange(channels).float()[:, None, None].expand(channels, 24, 24)
            assert_right(instance, int(torch.nn.PixelShuffle(r)(numbered)[c, y, x]))

    def test_matrix_of_a_convolution(self, torch: Any) -> None:
        for instance in drawn("toeplitz-matrix-shape"):
            n, k, s = (instance.names[name] for name in "nks")
            layer = torch.nn.Conv1d(1, 1, k, stride=s, bias=False)
            columns = torch.autograd.functional.jacobian(
                lambda x, f=layer: f(x[None, None])[0, 0], torch.zeros(n)
            )
            assert_right(instance, tuple(columns.shape))


@pytest.mark.torch
class TestCounts:
    def test_convolutions(self, torch: Any) -> None:
        for slug in ("conv-parameter-count", "grouped-parameter-count", "pointwise-weights"):
            for instance in drawn(slug):
                names = instance.names
                layer = torch.nn.Conv2d(
                    names["c_in"],
                    names["c_out"],
                    names.get("k", 1),
                    groups=names.get("g", 1),
                    bias=slug != "pointwise-weights",
                )
                assert_right(instance, parameters(layer))

    def test_heads_with_and_without_global_pooling(self, torch: Any) -> None:
        for instance in drawn("gap-head-parameters"):
            c, side, classes = (instance.names[name] for name in ("c", "side", "classes"))
            heads = [torch.nn.Linear(inputs, classes) for inputs in (c * side * side, c)]
            assert_right(instance, parameters(heads[0]) - parameters(heads[1]))

    def test_separable_convolution(self, torch: Any) -> None:
        conv = torch.nn.Conv2d
        separable = conv(256, 256, 3, groups=256, bias=False), conv(256, 256, 1, bias=False)
        ratio = parameters(conv(256, 256, 3, bias=False)) / sum(map(parameters, separable))
        assert_right(value("depthwise-separable-factor"), round(ratio, 2))
        assert not value("depthwise-separable-factor").grade(9).correct

    def test_vgg16_dense_share(self) -> None:
        dense = 512 * 49 * 4096 + 4096 + 4096**2 + 4096 + 4096 * 1000 + 1000
        widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
        convolutions = sum(b * (9 * a + 1) for a, b in itertools.pairwise(widths))
        text = value("gap-vs-max-pooling").worked_answer
        assert f"{dense:,}" in text
        assert f"{dense / (dense + convolutions):.0%}" in text

    def test_receptive_field_by_gradient(self, torch: Any) -> None:
        def field(layers: list[tuple[int, int]]) -> int:
            signal = torch.zeros(1, 1, 301, requires_grad=True)
            out = signal
            for k, s in layers:
                out = torch.nn.functional.conv1d(out, torch.ones(1, 1, k), stride=s)
            out[0, 0, out.shape[-1] // 2].backward()
            touched = (signal.grad[0, 0] != 0).nonzero()
            return int(touched.max() - touched.min()) + 1

        assert_right(value("receptive-field-five-3x3"), field([(3, 1)] * 5))
        for instance in drawn("receptive-field-of-a-stack"):
            a, b, c, s = (instance.names[name] for name in "abcs")
            assert_right(instance, field([(a, s), (b, 1), (c, 1)]))


def test_dense_against_local_weights() -> None:
    for instance in drawn("dense-local-shared-weights"):
        n, k = instance.names["n"], instance.names["k"]
        local = sum(k * k for _ in range(n - k + 1) for _ in range(n - k + 1))
        assert_right(instance, n**2 * (n - k + 1) ** 2 // local)


@pytest.mark.torch
def test_outputs_with_two_taps(torch: Any) -> None:
    """A transposed convolution of ones with ones counts the taps."""
    ones = torch.ones(1, 1, 4), torch.ones(1, 1, 3)
    counts = torch.nn.functional.conv_transpose1d(*ones, stride=2)[0, 0]
    assert counts.tolist() == [1, 1, 2, 1, 2, 1, 2, 1, 1]
    assert_right(value("transposed-overlap-counts"), int((counts == 2).sum()))


@pytest.mark.torch
def test_which_networks_ignore_a_roll(torch: Any) -> None:
    """The options of the multiple-choice question, built and rolled."""
    torch.manual_seed(0)
    nn, image = torch.nn, torch.randn(4, 1, 8, 8, dtype=torch.float64)
    gap, gmp = nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d(1)
    dense = nn.Sequential(nn.Flatten(), nn.Linear(8 * 64, 3))
    networks = [("circular", 1, gap), ("circular", 2, gap), ("zeros", 1, gap), ("circular", 1, dense)]
    unchanged = []
    for mode, stride, head in [*networks, ("circular", 1, gmp)]:
        conv = nn.Conv2d(1, 8, 3, stride=stride, padding=1, padding_mode=mode)
        network = nn.Sequential(conv, nn.ReLU(), head).double()
        unchanged.append(torch.allclose(network(image), network(image.roll(1, dims=3))))
    options = value("rolled-input-same-features").spec["options"]
    assert [option["correct"] for option in options] == unchanged


@pytest.mark.torch
def test_pooled_features_of_a_rolled_image(torch: Any) -> None:
    torch.manual_seed(0)
    image = torch.randn(1, 1, 8, 8, dtype=torch.float64)
    conv = torch.nn.Conv2d(1, 4, 3, padding=1, padding_mode="circular", dtype=torch.float64)
    before, after = (conv(x).relu().mean(dim=(2, 3)) for x in (image, image.roll(1, dims=3)))
    assert value("gap-after-circular-conv").grade(bool(torch.allclose(before, after))).correct


@pytest.mark.torch
def test_constant_image_through_pixel_shuffle(torch: Any) -> None:
    torch.manual_seed(0)
    block = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.PixelShuffle(2))
    constant = bool(block(torch.ones(1, 1, 8, 8)).std() < 1e-6)
    assert value("constant-image-test").grade(constant).correct


@pytest.mark.torch
def test_pooling_leaves_the_next_convolution_alone(torch: Any) -> None:
    nn = torch.nn
    plain = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Conv2d(4, 8, 3))
    pooled = nn.Sequential(nn.Conv2d(1, 4, 3), nn.MaxPool2d(2), nn.Conv2d(4, 8, 3))
    fewer = parameters(pooled[-1]) < parameters(plain[-1])
    assert value("pooling-and-parameter-count").grade(fewer).correct


@pytest.mark.torch
def test_residual_gradient_by_autograd(torch: Any) -> None:
    for instance in drawn("residual-gradient-scalar"):
        slope, g = instance.names["slope"], instance.names["g"]
        x = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
        (slope * x + x).backward(torch.tensor(float(g), dtype=torch.float64))
        assert_right(instance, round(x.grad.item(), 6))


def test_flat_patch_responses_of_the_classic_kernels() -> None:
    """What the pairs say about a flat patch follows from the sum of the weights."""
    sums = {
        "Box blur": np.full((3, 3), 1 / 9).sum(),
        "Sobel": np.sum([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        "Laplacian": np.sum([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        "Sharpen": np.sum([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    }
    for pair in value("hand-made-kernels").spec["pairs"]:
        total = round(float(sums[pair["right"].split(":")[0]]))
        assert ("flat patch passes unchanged" in pair["right"]) == (total == 1)
        assert ("zero on a flat patch" in pair["right"]) == (total == 0)


def test_every_kind_of_question_occurs() -> None:
    kinds = {question.kind for question in QUESTIONS.values()}
    assert kinds == {
        *("single-choice", "multiple-choice", "true-false", "numeric", "shape", "short-text"),
        *("ordering", "matching", "open"),
    }
