"""Every variant question of the shipped bank over thousands of seeds, and its arithmetic against PyTorch."""

import importlib.util
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from quizbank import bank_files, drawn, expressions, instances, validator
from quizbank.content import Content
from quizbank.management.banks import SHIPPED
from tests.conftest import require_or_skip
from tests.quizbank.samples import OPTIONS, VARIANT, content, variant

# All 10,000 seeds take a few minutes of one processor: `./dev check bank --deep` shares them out as well.
SEEDS = validator.DEEP if os.environ.get("STRIDE_REQUIRE_ALL") == "1" else validator.SEEDS
TORCH_SEEDS = range(12)


def variants() -> list[Content]:
    banks = bank_files.read_banks(bank_files.read_folder(SHIPPED))
    return [question for bank in banks for question in bank.questions if "variant" in question.spec]


VARIANTS = variants()


def test_the_shipped_bank_has_enough_templates() -> None:
    assert len(VARIANTS) >= 100


@pytest.mark.parametrize("question", VARIANTS, ids=lambda question: question.slug)
def test_every_instance_is_a_good_one(question: Content) -> None:
    assert drawn.problems(question, SEEDS) == []


@pytest.mark.parametrize("question", VARIANTS, ids=lambda question: question.slug)
def test_what_was_tried_out_is_what_learners_get(question: Content) -> None:
    """The short cut of trying each combination of numbers once leads to the instances that `build` makes."""
    answers = Counter(instances.build(question, seed).right_answer for seed in range(25))
    assert drawn.surveyed(question, range(25)).answers == answers


# Against PyTorch: the functions of the question language are replaced by layers, and nothing may change.


def layer_size(layer: Any, n: int) -> int:
    torch = importlib.import_module("torch")
    return int(layer(torch.empty(1, 1, n, device="meta")).shape[-1])


def parameters(module: Any) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def torch_functions() -> dict[str, Callable[..., int]]:
    torch = importlib.import_module("torch")
    nn = torch.nn

    def conv_output_size(n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
        return layer_size(nn.Conv1d(1, 1, k, stride, padding, dilation, device="meta"), n)

    def pool_output_size(
        n: int,
        k: int,
        stride: int | None = None,
        padding: int = 0,
        ceil_mode: bool = False,
        dilation: int = 1,
    ) -> int:
        return layer_size(nn.MaxPool1d(k, stride, padding, dilation, ceil_mode=ceil_mode), n)

    def transposed_output_size(
        n: int, k: int, stride: int = 1, padding: int = 0, output_padding: int = 0, dilation: int = 1
    ) -> int:
        layer = nn.ConvTranspose1d(1, 1, k, stride, padding, output_padding, dilation=dilation, device="meta")
        return layer_size(layer, n)

    def conv_parameters(
        c_in: int, c_out: int, k_h: int, k_w: int | None = None, groups: int = 1, bias: bool = True
    ) -> int:
        size = (k_h, k_h if k_w is None else k_w)
        return parameters(nn.Conv2d(c_in, c_out, size, groups=groups, bias=bias, device="meta"))

    def dense_parameters(n_in: int, n_out: int, bias: bool = True) -> int:
        return parameters(nn.Linear(n_in, n_out, bias=bool(bias), device="meta"))

    def conv_macs(c_in: int, c_out: int, k_h: int, k_w: int, h_out: int, w_out: int, groups: int = 1) -> int:
        from torch.utils.flop_counter import FlopCounterMode

        layer = nn.Conv2d(c_in, c_out, (k_h, k_w), groups=groups, bias=False, device="meta")
        with FlopCounterMode(display=False) as counter:
            layer(torch.empty(1, c_in, h_out + k_h - 1, w_out + k_w - 1, device="meta"))
        return int(counter.get_total_flops()) // 2

    def receptive_field(layers: Sequence[Any]) -> int:
        """From the first to the last input with a gradient from one output."""
        whole = [list(layer) if isinstance(layer, list | tuple) else [layer] for layer in layers]
        triples = [[*layer, 1, 1][:3] for layer in whole]
        jump, reach = 1, 1
        for k, s, d in triples:
            reach, jump = reach + d * (k - 1) * jump, jump * s
        x = torch.zeros(1, 1, 2 * reach, requires_grad=True)
        y = x
        for k, s, d in triples:
            weight = torch.ones(1, 1, k)
            y = torch.nn.functional.conv1d(y, weight, stride=s, dilation=d)
        y[0, 0, 0].backward()
        seen = x.grad[0, 0].nonzero().flatten()
        return int(seen.max() - seen.min()) + 1

    return {
        function.__name__: function
        for function in (
            *(conv_output_size, pool_output_size, transposed_output_size, conv_parameters),
            *(dense_parameters, conv_macs, receptive_field),
        )
    }


TWINS = {
    *("conv_output_size", "pool_output_size", "transposed_output_size", "conv_parameters"),
    *("dense_parameters", "conv_macs", "receptive_field"),
}


def calls(question: Content) -> set[str]:
    """The functions of the question language that a template uses anywhere."""
    text = repr([question.spec, question.prompt, question.hints, question.worked_answer])
    return {name for name in expressions.FUNCTIONS if f"{name}(" in text}


def rendered(question: Content) -> Iterator[list[object]]:
    for seed in TORCH_SEEDS:
        one = instances.build(question, seed)
        yield [one.prompt, one.hints, one.worked_answer, one.pitfalls, one.spec, dict(one.names)]


# The others are worked out a second time by hand, in test_bank_content_*.py.
WITH_LAYERS = [question for question in VARIANTS if calls(question) & TWINS]


@pytest.mark.torch
@pytest.mark.parametrize("question", WITH_LAYERS, ids=lambda question: question.slug)
def test_torch_gives_the_same_numbers(question: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    require_or_skip(importlib.util.find_spec("torch") is not None, "PyTorch")
    assert set(torch_functions()) == TWINS
    before = list(rendered(question))
    for name, twin in torch_functions().items():
        monkeypatch.setitem(expressions.FUNCTIONS, name, twin)
    assert list(rendered(question)) == before


# The checks themselves notice what is wrong


def said(question: Content, seeds: range = range(300)) -> str:
    return " ".join(f"{problem.field}: {problem.expected}" for problem in drawn.problems(question, seeds))


def template(draw: dict[str, Any], **changes: Any) -> Content:
    values = {"slug": "a-variant", "prompt": "With {= n }?", "variant": {"draw": draw}, **changes}
    return content("numeric", **values)


def test_good_templates_are_fine() -> None:
    assert said(variant()) == ""
    assert said(template({"n": {"from": 1, "to": 40}}, answer={"value": "=n"})) == ""


@pytest.mark.parametrize(
    ("draw", "answer", "expected"),
    [
        ({"from": 1, "to": 40}, {"value": "=n * 10**9"}, "is larger than 10,000,000,000"),
        ({"from": 1, "to": 40}, {"value": "=n * 10**7 + 0.1234"}, "give a tolerance"),
        ({"from": 1, "to": 2}, {"value": "=n"}, "300 seeds give 2 answers"),
        ({"from": 1, "to": 40}, {"value": "=max(n, 39)"}, "300 seeds give 2 answers"),
        ({"from": 1, "to": 40}, {"value": "=max(n, 35)"}, "have the answer of the one before"),
    ],
)
def test_templates_that_annoy_or_repeat_are_found(draw: Any, answer: Any, expected: str) -> None:
    assert expected in said(template({"n": draw}, answer=answer))


def test_a_text_that_fails_for_one_number_is_found_and_named() -> None:
    question = template(
        {"n": {"from": 1, "to": 400}},
        answer={"value": "=n"},
        worked_answer="It is {= 1 / (n - 77) if n == 77 else n }.",
    )
    assert "divides by zero (seed" in said(question, range(4000))
    assert "n = 77)" in said(question, range(4000))


def test_shapes_have_sizes_that_a_tensor_can_have() -> None:
    shape = {**VARIANT, "slug": "a-variant", "answer": {"shape": ["=out * 10**6", "=out"]}}
    assert "are not between 1 and" in said(content(**shape))


def test_options_that_read_the_same_are_redrawn_here_as_well() -> None:
    options = [
        {"text": "{= n * n }", "correct": True},
        {"text": "{= 2 * n }", "correct": False, "why": "Doubling."},
    ]
    question = content(
        "single-choice", options=options, prompt="{= n }?", variant={"draw": {"n": {"from": 1, "to": 5}}}
    )
    answers = drawn.surveyed(question, range(300)).answers
    assert set(answers) == {"1", "9", "16", "25"}


def test_right_options_stand_at_every_place_alike() -> None:
    question = content("single-choice", options=[*OPTIONS, {"text": "It is a matrix", "why": "No."}])
    places = Counter(
        instance.kind.right(instance.spec, seed)
        for seed in range(4000)
        for instance in [instances.build(question, seed)]
    )
    assert set(places) == {1, 2, 3, 4}
    assert all(900 <= count <= 1100 for count in places.values())
