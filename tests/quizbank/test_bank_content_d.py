"""Questions on training, gradients, debugging and sequences: the answers are worked out a second time.

Layers of PyTorch, its optimisers and schedules, NumPy or plain counting give the answers here; the questions
compute theirs with closed formulas. The example and drawn instances of each variant question are compared.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from quizbank import instances
from tests.quizbank import bank_code

TOPICS = ("training", "gradients-and-backprop", "debugging-production", "text-and-sequence")
QUESTIONS = {question.slug: question for question in bank_code.questions(*TOPICS)}
SEEDS = range(8)


def example(slug: str) -> instances.Instance:
    return instances.example(QUESTIONS[slug])


def drawn(slug: str) -> Iterator[instances.Instance]:
    """The example and some drawn instances of a variant question."""
    yield example(slug)
    yield from (instances.build(QUESTIONS[slug], seed) for seed in SEEDS)


def assert_right(instance: instances.Instance, answer: object) -> None:
    graded = instance.grade(instance.parse(str(answer)))
    assert graded.correct, f"{answer} is not {instance.right_answer} for {instance.names}"


def assert_wrong(instance: instances.Instance, answer: object) -> None:
    assert not instance.grade(instance.parse(str(answer))).correct, f"{answer} counts as right"


def parameters(module: Any) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.torch
class TestGradients:
    def test_weight_gradient_entry(self, torch: Any) -> None:
        for instance in drawn("conv-weight-gradient"):
            names = instance.names
            x = torch.tensor(names["x"], dtype=torch.float64)[None, None]
            w = torch.zeros(1, 1, 3, dtype=torch.float64, requires_grad=True)
            out = torch.nn.functional.conv1d(x, w, stride=names["s"])
            out.backward(torch.tensor([[[names[f"g{t}"] for t in range(3)]]], dtype=torch.float64))
            assert_right(instance, int(w.grad[0, 0, names["a"]]))

    def test_bias_gradient(self, torch: Any) -> None:
        for instance in drawn("bias-gradient-of-a-conv-layer"):
            names = instance.names
            conv = torch.nn.Conv2d(names["c_in"], names["filters"], names["k"])
            out = conv(torch.zeros(names["n"], names["c_in"], names["side"], names["side"]))
            out.backward(torch.full_like(out, names["up"]))
            assert_right(instance, int(conv.bias.grad[0]))
            assert_wrong(instance, int(conv.bias.grad[0]) // names["n"])

    def test_only_the_rotated_kernel_gives_the_input_gradient(self, torch: Any) -> None:
        torch.manual_seed(3)
        x = torch.randn(1, 1, 5, 5, dtype=torch.float64, requires_grad=True)
        w = torch.randn(1, 1, 3, 3, dtype=torch.float64)
        out = torch.nn.functional.conv2d(x, w)
        g = torch.randn_like(out)
        out.backward(g)
        same = torch.allclose(torch.nn.functional.conv2d(g, w, padding=2), x.grad)
        assert example("input-gradient-without-rotation").grade(same).correct
        assert torch.allclose(torch.nn.functional.conv2d(g, w.flip(2, 3), padding=2), x.grad)


@pytest.mark.torch
class TestOptimisers:
    def test_first_steps(self, torch: Any) -> None:
        optim = torch.optim
        for instance in drawn("first-step-of-adamw"):
            names = instance.names
            w = torch.tensor([float(names["w"])], dtype=torch.float64, requires_grad=True)
            w.grad = torch.tensor([names["g"]], dtype=torch.float64)
            method = (optim.AdamW, optim.Adam, optim.SGD)[names["which"]]
            method([w], lr=names["lr"], weight_decay=names["wd"]).step()
            assert_right(instance, round(w.item(), 5))

    def test_cosine(self, torch: Any) -> None:
        for instance in drawn("cosine-schedule-value"):
            names = instance.names
            optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=names["top"])
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(
                optimiser, names["total"], eta_min=names["low"]
            )
            for _ in range(names["t"]):
                optimiser.step()
                schedule.step()
            assert_right(instance, f"{optimiser.param_groups[0]['lr']:.7f}")

    def test_step_schedule_has_one_period_that_fits(self) -> None:
        for instance in drawn("step-schedule-backwards"):
            names = instance.names
            fits = [
                period
                for period in range(1, names["epoch"] + 1)
                if math.isclose(names["start"] / names["factor"] ** (names["epoch"] // period), names["now"])
                and names["epoch"] % period == names["offset"]
            ]
            assert fits == [names["every"]]
            assert_right(instance, fits[0])

    def test_lookahead(self, torch: Any) -> None:
        for instance in drawn("slow-weights-of-lookahead"):
            names = instance.names
            fast = torch.tensor([float(names["slow"])], dtype=torch.float64, requires_grad=True)
            inner = torch.optim.SGD([fast], lr=names["rate"])
            for _ in range(names["k"]):
                fast.grad = torch.tensor([float(names["g"])], dtype=torch.float64)
                inner.step()
            assert_right(instance, round(np.interp(names["alpha"], [0, 1], [names["slow"], fast.item()]), 6))

    def test_lars(self) -> None:
        for instance in drawn("lars-local-rate"):
            names = instance.names
            w = np.full(4, names["w"] / 2)
            g = np.array([names["g"], 0, 0, 0])
            norms = np.linalg.norm(w), np.linalg.norm(g)
            assert_right(instance, f"{names['eta'] * norms[0] / (norms[1] + names['wd'] * norms[0]):.8f}")
        for instance in drawn("lars-backwards"):
            names = instance.names
            rate = names["base"] * names["eta"] * names["w"] / (names["g"] + names["wd"] * names["w"])
            assert math.isclose(rate, names["rate"])
            assert f"{rate:.6g}" in instance.prompt
            assert_right(instance, names["g"])


@pytest.mark.torch
def test_variance_of_initial_weights(torch: Any) -> None:
    """The library's own gain and fans, in place of the formulas of the question."""
    init = torch.nn.init
    for instance in drawn("he-and-xavier-variance"):
        names = instance.names
        weight = torch.empty(names["c_out"], names["c_in"], names["k"], names["k"])
        fan_in, fan_out = init._calculate_fan_in_and_fan_out(weight)
        gain = init.calculate_gain("leaky_relu", names["slope"] if names["which"] == 2 else 0)
        variance = 2 / (fan_in + fan_out) if names["which"] == 1 else gain**2 / fan_in
        assert_right(instance, f"{variance:.9f}")


@pytest.mark.torch
def test_default_initialisation_is_a_small_uniform(torch: Any) -> None:
    torch.manual_seed(0)
    weight = torch.nn.Conv2d(64, 128, 3).weight
    right = next(option for option in example("default-conv-weights").spec["options"] if option["correct"])
    assert "1/\\sqrt{\\text{fan-in}}" in right["text"]
    assert math.isclose(weight.abs().max().item(), 1 / math.sqrt(64 * 9), rel_tol=1e-3)
    answer = example("default-conv-weights").worked_answer
    assert f"{1 / math.sqrt(3 * 576):.6f}" in answer
    assert f"{math.sqrt(2 / 576):.6f}" in answer


def test_balanced_weights_give_each_class_a_third() -> None:
    for instance in drawn("balanced-class-weights"):
        counts = np.array([instance.names[name] for name in "abc"])
        weights = np.linalg.solve(  # equal totals, average weight 1
            np.array([[counts[0], -counts[1], 0], [0, counts[1], -counts[2]], counts / counts.sum()]),
            [0, 0, 1],
        )
        assert_right(instance, round(weights[instance.names["which"]], 6))


@pytest.mark.torch
def test_focal_loss(torch: Any) -> None:
    for instance in drawn("focal-loss-of-one-example"):
        p, gamma = instance.names["p"], instance.names["gamma"]
        logits = torch.tensor([math.log(p / (1 - p)), 0.0], dtype=torch.float64)
        log_p = torch.log_softmax(logits, dim=0)[0]
        assert_right(instance, f"{(-((1 - log_p.exp()) ** gamma) * log_p).item():.8f}")
    answer = example("focal-loss-of-one-example").worked_answer
    assert "0.00105361" in answer
    assert "1.86509" in answer


def test_smallest_loss_scale_by_trying() -> None:
    for instance in drawn("smallest-loss-scale"):
        exponent = instance.names["e"]
        kept = (s for s in range(64) if float(np.float16(2.0 ** (s - exponent))) == 2.0 ** (s - exponent))
        assert_right(instance, next(kept))
    answer = example("smallest-loss-scale").worked_answer
    assert str(int(np.finfo(np.float16).max)) in answer
    assert f"{float(np.finfo(np.float16).smallest_subnormal) * 1e8:.4f}\\cdot 10^{{-8}}" in answer


def test_letterbox_bars_by_placing_the_picture() -> None:
    for instance in drawn("letterbox-scale-and-padding"):
        w, h, target = (instance.names[name] for name in ("w", "h", "target"))
        short = next(side for side in range(1, target + 1) if side * max(w, h) >= target * min(w, h))
        row = np.zeros(target)
        start = (target - short) // 2
        row[start : start + short] = 1
        assert row[::-1].tolist() == row.tolist()  # the bars are equal
        assert_right(instance, int(row.argmax()))
    answer = example("letterbox-scale-and-padding").worked_answer
    assert all(figure in answer for figure in ("0.325", "234", "91"))


def test_standardised_pixels() -> None:
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    table = (np.arange(256)[:, None] / 255 - mean) / std
    for instance in drawn("standardised-pixel-value"):
        column = table[:, instance.names["channel"]]
        if instance.names["backwards"]:
            assert_right(instance, int(np.abs(column - instance.names["shown"]).argmin()))
        else:
            assert_right(instance, round(column[instance.names["pixel"]], 4))


def reach(kernel: int, dilations: list[int]) -> int:
    """The number of samples that the last output of causal layers depends on, followed one by one."""
    seen = {0}
    for dilation in reversed(dilations):
        seen = {position + tap * dilation for position in seen for tap in range(kernel)}
    return len(seen)


def test_context_of_dilated_stacks() -> None:
    for instance in drawn("field-of-dilated-causal-stack"):
        k, layers, stacks = (instance.names[name] for name in ("k", "layers", "stacks"))
        assert_right(instance, reach(k, [2**i for i in range(layers)] * stacks))
    answer = example("field-of-dilated-causal-stack").worked_answer
    assert reach(2, [2**i for i in range(10)] * 3) == 3070
    assert "1024" in answer
    assert "3070" in answer


def test_layers_for_a_context_by_adding_layers() -> None:
    for instance in drawn("layers-for-a-context"):
        names = instance.names
        samples = names["rate"] * names["ms"] / 1000
        need = next(n for n in range(1, 30) if reach(names["k"], [2**i for i in range(n)]) >= samples)
        assert_right(instance, need)


@pytest.mark.torch
def test_quantising_the_linear_layer_only(torch: Any) -> None:
    with torch.device("meta"):
        linear = parameters(torch.nn.Linear(2048, 1000))
    total = 25_557_032
    smaller = total * 4 / ((total - linear) * 4 + linear)
    assert example("fourfold-by-int8").grade(smaller > 3).correct
    assert f"{smaller:.3f}" in example("fourfold-by-int8").worked_answer


def test_a_random_split_may_miss_the_rare_class() -> None:
    chance = math.comb(990, 100) / math.comb(1000, 100)
    assert f"= {chance:.0%}".replace("%", "") in example("split-with-equal-shares").worked_answer


@pytest.mark.parametrize(
    ("slug", "wrong"),
    [
        ("optimiser-that-pulls-slow-weights", "EMA"),
        ("picture-with-bars", "centre crop"),
        ("gradients-that-become-zero", "overflow"),
        ("split-with-equal-shares", "balanced"),
        ("name-of-left-padded-convolution", "dilated"),
    ],
)
def test_short_texts_accept_their_forms_and_no_neighbour(slug: str, wrong: str) -> None:
    instance = example(slug)
    for text in instance.spec["answer"]["accept"]:
        assert_right(instance, text.upper())
    assert_wrong(instance, wrong)


FIGURES: dict[str, Callable[[], list[str]]] = {
    "claims-about-training-costs": lambda: [f"{25_557_032 * 16 / 1e6:.1f}", f"{32_040_424 * 128 / 1e6:.1f}"],
    "explain-class-imbalance": lambda: [f"{1000 / (3 * n):.4f}" for n in (90, 10)],
    "explain-slow-inference": lambda: [str((224 / 128) ** 2)],
    "explain-vanishing-gradients": lambda: [f"{0.25**10 * 1e7:.2f}\\cdot 10^{{-7}}"],
    "weight-init-compared": lambda: [f"{2 / 576:.7f}", f"{2 / 1728:.7f}", f"{math.sqrt(2 / 1.0001):.5f}"],
    "two-rates-for-two-parts": lambda: ["0.001"],
    "explain-jumping-validation": lambda: ["0.2"],
    "order-two-stage-fine-tuning": lambda: ["index 15 among 19", "runs 10 more"],
}


@pytest.mark.parametrize("slug", sorted(FIGURES))
def test_figures_of_open_answers(slug: str) -> None:
    answer = " ".join(example(slug).worked_answer.replace("\n", " ").split())
    missing = [figure for figure in FIGURES[slug]() if figure not in answer]
    assert not missing
