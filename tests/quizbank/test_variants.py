"""Variant questions over many seeds."""

import copy

import pytest

from quizbank import instances
from quizbank.kinds import KINDS
from quizbank.problems import InstanceError
from tests.clocks import little_work
from tests.quizbank.samples import VARIANT, content, problems, variant

SEEDS = range(300)


def with_variant(**changes):
    template = {**VARIANT["variant"], "example": None, **changes}
    return {**VARIANT, "variant": {name: value for name, value in template.items() if value is not None}}


def test_every_seed_gives_an_instance_that_fulfils_the_template():
    question = variant()
    for seed in SEEDS:
        one = instances.build(question, seed)
        n, k, s, out = (one.names[name] for name in ("n", "k", "s", "out"))
        assert (n, k, s) in {(n, k, s) for n in range(16, 65, 8) for k in (3, 5, 7) for s in (1, 2)}
        assert out == (n - k) // s + 1 >= 10
        assert one.prompt == f"A {n} x {n} image, kernel {k}, stride {s}. Size?"
        assert one.worked_answer == f"So {out} x {out}."
        assert one.grade(one.parse(f"{out} x {out}")).correct
        assert not one.grade(one.parse(f"{out} x {out + 1}")).correct


def test_a_seed_gives_the_same_instance_every_time():
    question = variant()
    assert [instances.build(question, s).names for s in SEEDS] == [
        instances.build(question, s).names for s in SEEDS
    ]


def test_seeds_differ_and_reach_everything_that_can_be_drawn():
    drawn = [instances.build(variant(), seed).names for seed in range(600)]
    assert {names["n"] for names in drawn} == {16, 24, 32, 40, 48, 56, 64}
    assert {names["k"] for names in drawn} == {3, 5, 7}


def test_the_instance_survives_a_database_that_sorts_keys():
    question = variant()
    shuffled = copy.deepcopy(question.spec)
    shuffled["variant"] = {key: shuffled["variant"][key] for key in sorted(shuffled["variant"])}
    shuffled["variant"]["draw"] = [dict(sorted(entry.items())) for entry in shuffled["variant"]["draw"]]
    other = content(**{**VARIANT, "slug": "a-variant", **shuffled})
    assert [instances.build(question, s).names for s in SEEDS] == [
        instances.build(other, s).names for s in SEEDS
    ]


def test_the_example_is_used_where_no_seed_is_given():
    assert instances.example(variant()).prompt == "A 32 x 32 image, kernel 3, stride 2. Size?"


def test_options_that_read_the_same_are_drawn_again():
    question = content(
        "single-choice",
        options=[
            {"text": "{= n * n }", "correct": True},
            {"text": "{= 2 * n }", "correct": False, "why": "Doubling."},
        ],
        variant={"draw": {"n": {"from": 1, "to": 3}}},
    )
    assert {instances.build(question, seed).names["n"] for seed in SEEDS} == {1, 3}


def test_a_computed_name_that_fails_is_drawn_again():
    question = variant(
        variant={
            "draw": {"n": {"from": 1, "to": 4}, "k": {"choice": [3, 5]}, "s": {"from": 1, "to": 1}},
            "let": {"out": "conv_output_size(n, k, stride=s)"},
        }
    )
    assert {(one.names["n"], one.names["k"]) for one in (instances.build(question, s) for s in SEEDS)} == {
        (3, 3),
        (4, 3),
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"where": "out > 1000"}, "variant.where"),
        ({"where": "wrong +"}, "variant.where"),
        ({"let": {"out": "unknown + 1"}}, "variant.let.out"),
        ({"let": {"out": "n", "other": "9**9**9"}}, "variant.let.other"),
        ({"let": {"n": "5"}}, "variant.let.n"),
        ({"let": {"max": "5"}}, "variant.let.max"),
        ({"let": {"if": "5"}}, "variant.let.if"),
        ({"let": {"out": ["n"]}}, "variant.let.out"),
        ({"draw": {"n": {"from": 5, "to": 1}}}, "variant.draw.n.to"),
        ({"draw": {"n": {"from": 1, "to": 10**12}}}, "variant.draw.n.to"),
        ({"draw": {"n": {"choice": [1]}}}, "variant.draw.n.choice"),
        ({"draw": {"n": {"choice": [[1], 2]}}}, "variant.draw.n.choice[1]"),
        ({"draw": {"n": 5}}, "variant.draw.n"),
        ({"draw": {"_n": {"choice": [1, 2]}}}, "variant.draw._n"),
        ({"draw": {"n": {"from": 1, "to": 3, "by": 2}}}, "variant.draw.n.by"),
        ({"draw": []}, "variant.draw"),
        ({"example": {"n": 33, "k": 3, "s": 2}}, "variant.example.n"),
        ({"example": {"n": 32, "k": 3}}, "variant.example.s"),
        ({"example": {"n": 16, "k": 7, "s": 2}}, "variant.example"),
        ({"shuffle": True}, "variant.shuffle"),
    ],
)
def test_a_broken_template_names_its_field(changes, field):
    assert field in problems(**with_variant(**changes))


def test_a_template_cannot_take_the_machine():
    costly = {f"a{i}": "sum([n] * 900) + sum([k] * 900)" for i in range(29)} | {"out": "1"}
    with little_work():
        assert "200,000 steps" in " ".join(problems(**with_variant(let=costly, where="n < 0")).values())


def test_a_stored_template_that_gives_nothing_is_an_instance_error():
    question = variant()
    question.spec["variant"]["where"] = "False"
    with pytest.raises(InstanceError, match="no draw of 1000"):
        instances.build(question, 1)


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.may_vary])
def test_kinds_that_may_vary_do(kind):
    question = content(kind, prompt="With {= n }?", variant={"draw": {"n": {"from": 1, "to": 50}}})
    assert len({instances.build(question, seed).prompt for seed in SEEDS}) > 10
