"""Questions on architectures, interpretability, text, robustness, metrics and training."""

import math

import pytest

from quizbank import instances
from quizbank.content import Content
from tests.quizbank import bank_code

TOPICS = (
    "architectures",
    "interpretability",
    "text-and-sequence",
    "robustness",
    "normalization",
    "evaluation",
    "training",
    "activation",
)
QUESTIONS = {question.slug: question for question in bank_code.questions(*TOPICS)}
SEEDS = range(20)


def instances_of(slug: str) -> list[instances.Instance]:
    question = QUESTIONS[slug]
    return [instances.example(question), *(instances.build(question, seed) for seed in SEEDS)]


@pytest.mark.parametrize("question", bank_code.with_code(*TOPICS))
def test_code_prints_what_the_question_says(question: Content) -> None:
    bank_code.assert_code_runs(question)


def test_bottleneck_saves_what_counting_weights_gives() -> None:
    wide = 2 * (3 * 3 * 256 * 256)
    block = 256 * 64 + 3 * 3 * 64 * 64 + 64 * 256
    instance = instances.example(QUESTIONS["resnet-bottleneck"])
    assert instance.spec["answer"]["value"] == pytest.approx(wide / block)
    for number in (f"{wide / block:.2f}", "69632", "36864", "1,179,648", f"{wide / 2 / block:.2f}"):
        assert number in instance.worked_answer


def test_compound_scaling_multiplies_the_cost_by_less_than_two() -> None:
    answer = instances.example(QUESTIONS["efficientnet-compound-scaling"]).worked_answer
    step = math.prod((1.2, 1.1, 1.1, 1.15, 1.15))
    assert f"{step:.2f}" in answer
    assert f"{step**3:.2f}" in answer


def test_alexnets_first_maps_have_side_55_only_with_227_pixels() -> None:
    answer = instances.example(QUESTIONS["alexnet-innovations"]).worked_answer
    assert "\\rfloor+1 = 55" in answer
    assert "it would be 54" in answer


def test_text_cnn_has_the_parameters_of_its_three_layers() -> None:
    answer = instances.example(QUESTIONS["text-cnn-kernel-sizes"]).worked_answer
    assert f"{sum(100 * (300 * k + 1) for k in (3, 4, 5)):,}" in answer
    assert "48, 47 and 46" in answer


def test_attention_share_is_what_counting_multiplications_gives() -> None:
    """Scores and mixing cost 2*n*n*d, projections 4*n*d*d and a feed-forward layer of width 4d 8*n*d*d."""
    n, d = 32, 768
    answer = instances.example(QUESTIONS["cnn-vs-transformer-for-text"]).worked_answer
    assert f"{2 * n * n * d / (4 * n * d * d + 8 * n * d * d):.4f}" in answer
    assert f"{6 * d}" in answer


def test_f1_agrees_with_the_harmonic_mean() -> None:
    for instance in instances_of("precision-recall-f1"):
        tp, fp, fn = (instance.names[name] for name in ("tp", "fp", "fn"))
        precision, recall = tp / (tp + fp), tp / (tp + fn)
        harmonic = 2 / (1 / precision + 1 / recall)
        assert instance.spec["answer"]["value"] == pytest.approx(harmonic)
        assert abs((precision + recall) / 2 - harmonic) > 0.005, "the arithmetic mean would pass as well"


def test_running_mean_agrees_with_stepping_through_the_batches() -> None:
    for instance in instances_of("bn-running-stats-ema"):
        mean = 0.0
        for batch in [0] * instance.names["before"] + [instance.names["level"]] * instance.names["after"]:
            mean = 0.9 * mean + 0.1 * batch
        assert instance.spec["answer"]["value"] == pytest.approx(mean)


def test_conv1d_output_counts_the_windows() -> None:
    for instance in instances_of("conv1d-axes"):
        names = instance.names
        windows = sum(1 for start in range(names["tokens"]) if start + names["k"] <= names["tokens"])
        assert instance.spec["answer"]["shape"] == [names["batch"], names["filters"], windows]


def test_the_right_option_is_seldom_the_longest() -> None:
    """A learner who always picks the longest option must not do much better than by guessing."""
    choices = [question for question in QUESTIONS.values() if question.kind == "single-choice"]
    longest = [max(question.spec["options"], key=lambda option: len(option["text"])) for question in choices]
    assert sum(option["correct"] for option in longest) <= len(choices) / 2


@pytest.mark.parametrize("slug", [slug for slug, q in QUESTIONS.items() if q.kind == "open"])
def test_open_questions_have_follow_ups_for_every_level(slug: str) -> None:
    assert all(QUESTIONS[slug].spec["follow_ups"].values())


def test_dice_and_iou_agree_with_masks_that_are_counted() -> None:
    for instance in instances_of("iou-and-dice"):
        tp, fp, fn = (instance.names[name] for name in ("tp", "fp", "fn"))
        predicted, true = set(range(tp + fp)), {*range(tp), *range(tp + fp, tp + fp + fn)}
        iou = len(predicted & true) / len(predicted | true)
        assert instance.names["iou"] == pytest.approx(iou)
        assert instance.spec["answer"]["value"] == pytest.approx(2 * iou / (1 + iou))
        assert f"{25 / 175:.3f}" in instance.worked_answer


def test_ten_sigmoids_shrink_the_gradient_a_million_times() -> None:
    def slope(x: float) -> float:
        value = 1 / (1 + math.exp(-x))
        return value * (1 - value)

    steepest = max(slope(i / 100) for i in range(-500, 501))
    answer = instances.example(QUESTIONS["activation-derivative-maxima"]).worked_answer
    assert f"{steepest**10:.2e}" in answer
    assert steepest**10 < 1e-6
