"""Questions on pooling, efficiency, architectures, segmentation and interpretability: checked a second time.

The code blocks of these topics run in the neighbouring modules. Here the answers of computational questions,
and the options of choice questions that can be decided by running something, are found a second time.
"""

import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest

from quizbank import instances
from tests.conftest import require_or_skip
from tests.quizbank import bank_code

TOPICS = (
    "pooling",
    "efficiency-and-deployment",
    "architectures",
    "segmentation-and-detection",
    "interpretability",
)
QUESTIONS = {question.slug: question for question in bank_code.questions(*TOPICS)}
SEEDS = range(12)


@pytest.fixture
def torch() -> Any:
    require_or_skip(importlib.util.find_spec("torch") is not None, "PyTorch")
    return importlib.import_module("torch")


def value(slug: str) -> instances.Instance:
    return instances.example(QUESTIONS[slug])


def drawn(slug: str) -> Iterator[instances.Instance]:
    """The example and some drawn instances of a question; only the example where nothing is drawn."""
    question = QUESTIONS[slug]
    yield instances.example(question)
    if "variant" in question.spec:
        yield from (instances.build(question, seed) for seed in SEEDS)


def named(instance: instances.Instance, *names: str) -> list[Any]:
    return [instance.names[name] for name in names]


def assert_right(instance: instances.Instance, answer: object) -> None:
    """The independently computed answer is judged right."""
    assert instance.grade(instance.parse(str(answer))).correct, f"{answer} is not {instance.right_answer}"


def right(instance: instances.Instance) -> list[bool]:
    return [option["correct"] for option in instance.spec["options"]]


def parameters(module: Any) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.torch
class TestPooling:
    def test_gradient_at_a_peak(self, torch: Any) -> None:
        for instance in drawn("max-pool-gradient-overlap"):
            mode, r, c, a, b, d, e = named(instance, "mode", "r", "c", "a", "b", "d", "e")
            x = torch.zeros(5, 5)
            x[r, c] = 100
            x.requires_grad_()
            pool = {"max": torch.nn.MaxPool2d, "average": torch.nn.AvgPool2d}[mode](3, 2)
            pool(x[None]).backward(torch.tensor([[[a, b], [d, e]]], dtype=torch.float32))
            assert_right(instance, round(x.grad[r, c].item(), 4))

    def test_one_winner_at_a_tie(self, torch: Any) -> None:
        x = torch.tensor([[2.0, 7.0], [7.0, 1.0]], requires_grad=True)
        torch.nn.functional.max_pool2d(x[None], 2).sum().backward()
        assert x.grad.tolist() == [[0, 1], [0, 0]]
        assert right(value("where-max-pool-sends-the-gradient")) == [False, False, False, True]

    def test_room_within_a_cell(self, torch: Any) -> None:
        def cell(x: int, pools: int) -> int:
            line = torch.zeros(1, 96)
            line[0, x] = 1
            for _ in range(pools):
                line = torch.nn.functional.max_pool1d(line, 2)
            return int(line.argmax())

        for instance in drawn("moves-within-a-pooled-cell"):
            pools, x, way = named(instance, "m", "x", "way")
            step, moves = (1 if way == "right" else -1), 0
            while x + step * (moves + 1) >= 0 and cell(x + step * (moves + 1), pools) == cell(x, pools):
                moves += 1
            assert_right(instance, moves)

    def test_not_every_move_is_absorbed(self, torch: Any) -> None:
        def pooled(y: int, x: int) -> list[int]:
            image = torch.zeros(1, 16, 16)
            image[0, y, x] = 1
            return torch.nn.functional.max_pool2d(image, 2)[0].nonzero()[0].tolist()

        assert pooled(10, 12) == pooled(11, 13) == [5, 6]
        assert pooled(12, 14) == [6, 7]
        assert value("one-pixel-move-under-a-pool").grade(False).correct

    def test_entry_of_a_max_pool(self, torch: Any) -> None:
        for instance in drawn("max-pool-entry-by-hand"):
            m, s, i, j = named(instance, "m", "s", "i", "j")
            pooled = torch.nn.functional.max_pool2d(torch.tensor([m], dtype=torch.float32), 2, s)
            assert_right(instance, int(pooled[0, i, j]))

    def test_floor_and_ceil(self, torch: Any) -> None:
        for instance in drawn("pool-size-floor-or-ceil"):
            n, k, s, up = named(instance, "n", "k", "s", "up")
            pool = torch.nn.MaxPool2d(k, s, ceil_mode=bool(up))
            assert_right(instance, pool(torch.zeros(1, n, n)).shape[-1])

    def test_claims_on_strided_convolutions(self, torch: Any) -> None:
        for instance in drawn("strided-conv-against-pool-claims"):
            n, c = named(instance, "n", "c")
            conv = torch.nn.Conv2d(c, c, 3, stride=2, padding=1)
            image = torch.zeros(1, c, n, n)
            sides = {conv(image).shape[-1], torch.nn.functional.max_pool2d(image, 2).shape[-1]}
            texts = [option["text"] for option in instance.spec["options"]]
            assert f"{parameters(conv):,} parameters" in texts[0]
            assert sides == {int(texts[2].split()[-1])}
            assert right(instance) == [True, False, True, False, True, True]

    def test_only_the_linear_layer_objects(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("first-layer-to-fail-at-320"):
            n, big = named(instance, "n", "big")
            body = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
            inputs = [body(torch.zeros(1, 3, side, side)).shape[1] for side in (n, big)]
            head = nn.Linear(inputs[0], 10)
            with pytest.raises(RuntimeError):
                head(torch.zeros(1, inputs[1]))
            assert f"{inputs[1]:,}" in instance.spec["options"][2]["why"]
            assert right(instance) == [False, False, True, False]

    def test_share_of_activations(self, torch: Any) -> None:
        for instance in drawn("what-pooling-changes"):
            n, c = named(instance, "n", "c")
            pooled = torch.nn.functional.max_pool2d(torch.zeros(1, c, n, n), 2)
            assert f"{pooled.numel():,} values instead of {c * n * n:,}" in instance.worked_answer
