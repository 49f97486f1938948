"""Questions on deployment, segmentation, generative models, agents and debugging: code and answers hold.

The code blocks are run as they stand. The computational answers are worked out a second time here, by running
the layers in PyTorch or by brute force, for the example and for drawn instances of each variant question.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from quizbank import instances
from quizbank.content import Content
from tests.quizbank import bank_code

TOPICS = (
    "efficiency-and-deployment",
    "segmentation-and-detection",
    "generative-and-rl",
    "debugging-production",
)
QUESTIONS = {question.slug: question for question in bank_code.questions(*TOPICS)}
SEEDS = range(8)


def example(slug: str) -> instances.Instance:
    return instances.example(QUESTIONS[slug])


def drawn(slug: str) -> Iterator[instances.Instance]:
    """The example and some drawn instances of a variant question."""
    yield example(slug)
    yield from (instances.build(QUESTIONS[slug], seed) for seed in SEEDS)


def right(instance: instances.Instance, answer: object) -> bool:
    return instance.grade(instance.parse(str(answer))).correct


@pytest.mark.parametrize("question", bank_code.with_code(*TOPICS))
def test_code_prints_what_the_question_says(question: Content) -> None:
    bank_code.assert_code_runs(question)


@pytest.mark.parametrize("slug", sorted(QUESTIONS))
def test_no_choice_is_given_away_by_its_length(slug: str) -> None:
    options = example(slug).spec.get("options", [])
    correct = [len(option["text"]) for option in options if option["correct"]]
    wrong = [len(option["text"]) for option in options if not option["correct"]]
    if len(correct) == 1:
        assert correct[0] <= 1.3 * max(wrong)


@pytest.mark.parametrize("slug", [slug for slug, q in QUESTIONS.items() if q.kind == "open"])
def test_open_questions_have_follow_ups_for_every_level(slug: str) -> None:
    assert all(QUESTIONS[slug].spec["follow_ups"].values())


def resnet50_layers() -> tuple[list[int], int, int]:
    """Weights of every convolution, values of all batch norms, parameters of the classifier."""
    convolutions, channels = [3 * 64 * 49], 64
    norms = 2 * 64
    for inner, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            outer = 4 * inner
            convolutions += [channels * inner, inner * inner * 9, inner * outer]
            norms += 2 * (inner + inner + outer)
            if block == 0:
                convolutions.append(channels * outer)
                norms += 2 * outer
            channels = outer
    return convolutions, norms, 2048 * 1000 + 1000


def test_dynamic_quantisation_counts_the_layers_of_a_resnet50() -> None:
    convolutions, norms, classifier = resnet50_layers()
    total = sum(convolutions) + norms + classifier
    question = example("dynamic-quantisation-and-convs")
    assert f"{total:,}" in question.prompt
    assert f"all\n{len(convolutions)} convolutions" in question.worked_answer
    assert right(question, round((4 * (total - 2_048_000) + 2_048_000) / 1e6, 2))
    assert not right(question, round(total / 1e6, 2)), "everything in INT8"
    assert not right(question, round(4 * total / 1e6, 2)), "nothing in INT8"


@pytest.mark.torch
def test_half_of_the_filters_on_both_sides_leave_a_quarter(torch: Any) -> None:
    full, pruned = (torch.nn.Conv2d(c, c, 3, bias=False).weight.numel() for c in (64, 32))
    answer = example("pruning").worked_answer
    assert f"{pruned} of {full} weights" in answer
    assert f"share of\n{pruned / full:.2f}" in answer


@pytest.mark.parametrize("answer", ["Structured", "structured pruning.", "Filter pruning", "channel pruning"])
def test_pruning_accepts_the_usual_names(answer: str) -> None:
    assert right(example("pruning"), answer)


@pytest.mark.parametrize(
    "answer", ["unstructured", "unstructured pruning", "magnitude pruning", "quantisation"]
)
def test_pruning_rejects_other_methods(answer: str) -> None:
    assert not right(example("pruning"), answer)


def test_reading_the_clock_before_synchronising_is_wrong() -> None:
    instance = example("latency-measurement")
    items = instance.spec["items"]
    finished = next(i for i, item in enumerate(items) if "really finished" in item)
    end = next(i for i, item in enumerate(items) if "clock for the end" in item)
    order = list(range(len(items)))
    assert instance.grade(order).correct
    order[finished], order[end] = order[end], order[finished]
    assert not instance.grade(order).correct


@pytest.mark.torch
def test_unet_output_by_running_its_layers(torch: Any) -> None:
    nn = torch.nn
    conv, pool, up = nn.Conv2d(1, 1, 3), nn.MaxPool2d(2), nn.ConvTranspose2d(1, 1, 2, stride=2)
    for instance in drawn("unet-output-size"):
        n = instance.names["n"]
        with torch.inference_mode():
            x, skips = torch.zeros(1, 1, n, n), []
            for _ in range(4):
                x = conv(conv(x))
                assert x.shape[-1] % 2 == 0, "a pool would drop a row"
                skips.append(x.shape[-1])
                x = pool(x)
            x = conv(conv(x))
            for skip in reversed(skips):
                x = up(x)
                assert f"{skip} to {x.shape[-1]}" in instance.worked_answer
                x = conv(conv(x))
        assert right(instance, x.shape[-1])
        assert not right(instance, n)


def test_unet_example_is_the_published_one() -> None:
    assert right(example("unet-output-size"), 388)


def test_iou_by_painting_the_boxes() -> None:
    for instance in drawn("iou-of-two-boxes"):
        w, h, x, y, w2, h2 = (instance.names[name] for name in ("w", "h", "x", "y", "w2", "h2"))
        predicted, true = np.zeros((2, 64, 64), bool)
        predicted[:h, :w] = True
        true[y : y + h2, x : x + w2] = True
        both, either = (predicted & true).sum(), (predicted | true).sum()
        assert right(instance, round(both / either, 3))
        assert not right(instance, round(both / (predicted.sum() + true.sum()), 3))
        assert not right(instance, round(2 * both / (predicted.sum() + true.sum()), 3))


@pytest.mark.torch
def test_three_strided_convolutions_do_not_stop_at_128(torch: Any) -> None:
    x = torch.zeros(1, 1, 512, 512)
    for _ in range(3):
        x = torch.nn.Conv2d(1, 1, 3, stride=2, padding=1)(x)
    assert example("segmentation-resolution-case").grade(x.shape[-1] == 128).correct


@pytest.mark.torch
def test_dqn_encoder_and_its_parameters(torch: Any) -> None:
    nn = torch.nn
    for instance in drawn("dqn-visual-input"):
        batch, side = instance.names["batch"], instance.names["side"]
        layers = (nn.Conv2d(4, 32, 8, 4), nn.Conv2d(32, 64, 4, 2), nn.Conv2d(64, 64, 3))
        heads = nn.Flatten(), nn.LazyLinear(512), nn.Linear(512, 18)
        encoder, head = nn.Sequential(*layers), nn.Sequential(*heads)
        features = encoder(torch.zeros(batch, 4, side, side))
        head(features)
        total = sum(p.numel() for part in (encoder, head) for p in part.parameters())
        assert right(instance, tuple(features.shape))
        assert not right(instance, (batch * 4, *features.shape[1:]))
        assert f"has {total:,} parameters" in instance.worked_answer


def test_dqn_example_has_the_published_size() -> None:
    assert f"{1_693_362:,}" in example("dqn-visual-input").worked_answer


@pytest.mark.parametrize(
    "answer", ["Mode collapse", "mode-collapse", "Partial mode collapse", "modal collapse"]
)
def test_mode_collapse_is_accepted_by_its_names(answer: str) -> None:
    assert right(example("gan-training-problems"), answer)


@pytest.mark.parametrize(
    "answer", ["overfitting", "vanishing gradients", "oscillation", "posterior collapse"]
)
def test_other_failures_are_not_mode_collapse(answer: str) -> None:
    assert not right(example("gan-training-problems"), answer)


@pytest.mark.torch
def test_uniform_guess_costs_the_logarithm_of_the_classes(torch: Any) -> None:
    for instance in drawn("debug-loss-stuck-high"):
        classes = instance.names["classes"]
        logits, labels = torch.zeros(classes, classes), torch.arange(classes)
        assert right(instance, round(float(torch.nn.functional.cross_entropy(logits, labels)), 3))
        assert not right(instance, round(math.log2(classes), 3))


def test_best_constant_prediction_found_by_search() -> None:
    shares = np.linspace(0.001, 0.999, 999)
    losses = -(0.1 * np.log(shares) + 0.9 * np.log(1 - shares))
    assert shares[losses.argmin()] == pytest.approx(0.1)
    instance = example("debug-constant-prediction")
    assert f"**{losses.min():.3f}** nats" in instance.prompt
    assert f"= {losses.min():.4f}" in instance.worked_answer


@pytest.mark.torch
def test_which_steps_make_a_score_independent_of_its_batch(torch: Any) -> None:
    """What the incident's options say about eval, no_grad, batch size and requires_grad, tried on a layer."""
    torch.manual_seed(0)
    photo, others = torch.randn(1, 2, 4, 4), torch.randn(63, 2, 4, 4) + 1

    def independent(layer: Any) -> bool:
        small, large = (layer(torch.cat([photo, rest]))[0] for rest in (others[:7], others))
        return bool(torch.allclose(small, large, atol=1e-6))

    with torch.no_grad():
        under_no_grad = independent(torch.nn.BatchNorm2d(2))
    found = {
        "model.eval()": independent(torch.nn.BatchNorm2d(2).eval()),
        "torch.no_grad()": under_no_grad,
        "requires_grad": independent(torch.nn.BatchNorm2d(2).requires_grad_(False)),
        "larger size": independent(torch.nn.BatchNorm2d(2)),
    }
    options = example("bn-inference-cheatsheet").spec["options"]
    for words, works in found.items():
        (option,) = [option for option in options if words in option["text"]]
        assert option["correct"] is works, words


def test_an_empty_cache_is_no_cure_for_the_peak() -> None:
    assert example("debug-out-of-memory").grade(False).correct
    assert not example("debug-out-of-memory").grade(True).correct
