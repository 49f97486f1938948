"""Ordering and matching."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from quizbank.fields import Fields
from quizbank.kinds.base import (
    Explanation,
    Kind,
    Result,
    Spec,
    TextOf,
    ValueOf,
    as_integer,
    form_text,
    positions,
    shuffled,
)
from quizbank.problems import FormatProblem, InstanceError


def _distinct(fields: Fields, name: str, texts: list[str], expected: str) -> None:
    for i, text in enumerate(texts):
        if text and text in texts[:i]:
            fields.problem(f"{name}[{i + 1}]", expected)


class Ordering(Kind):
    """Items to be put in order; the learner sees them numbered in a shuffled order, never the right one."""

    name = "ordering"
    instruction = "Give every item its place, 1 for the first."

    def read(self, fields: Fields) -> Spec:
        items = fields.texts("items", 600, 3, 9)
        _distinct(fields, "items", items, "is the same as an earlier item; the items must differ")
        return {"items": items}

    def resolve(self, spec: Spec, text: TextOf, value: ValueOf) -> Spec:
        items = [text(f"items[{i}]", item) for i, item in enumerate(spec["items"], 1)]
        if len(set(items)) < len(items):
            raise InstanceError("items", "two items read the same")
        return {"items": items}

    def present(self, spec: Spec, seed: int) -> Spec:
        return {
            "items": [
                {"number": n, "text": spec["items"][i]} for n, i in enumerate(self._order(spec, seed), 1)
            ]
        }

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        """Fields place-1, place-2, ... hold the place of the item shown under that number."""
        count = sum(name.startswith("place-") for name in form)
        places = {n: as_integer(form_text(form, f"place-{n}")) for n in range(1, count + 1)}
        if sorted(place or 0 for place in places.values()) != list(range(1, count + 1)):
            raise FormatProblem(
                f"Give each item a place of its own, from 1 to {count}." + self._twice(places, count)
            )
        return sorted(places, key=lambda n: places[n] or 0)

    @staticmethod
    def _twice(places: dict[int, int | None], count: int) -> str:
        values = [place for place in places.values() if place]
        twice = sorted({place for place in values if values.count(place) > 1})
        missing = sorted(set(range(1, count + 1)) - set(values))
        return (f" Used twice: {', '.join(map(str, twice))}." if twice else "") + (
            f" Not used: {', '.join(map(str, missing))}." if missing else ""
        )

    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        count = len(spec["items"])
        numbers = positions(raw, count, "the items' numbers in the order that you think right")
        if sorted(numbers) != list(range(1, count + 1)):
            raise FormatProblem(f"Each of the {count} items is expected exactly once.")
        order = self._order(spec, seed)
        return [order[n - 1] for n in numbers]

    def grade(self, spec: Spec, answer: Any) -> Result:
        pairs = list(combinations(answer, 2))
        correct = list(answer) == sorted(answer)
        return Result(correct, 1.0 if correct else sum(a < b for a, b in pairs) / len(pairs))

    def right(self, spec: Spec, seed: int) -> Any:
        order = self._order(spec, seed)
        return [order.index(i) + 1 for i in range(len(order))]

    def describe(self, spec: Spec) -> str:
        return _numbered(spec["items"])

    def shown(self, spec: Spec, answer: Any) -> str:
        return _numbered([spec["items"][i] for i in answer if i < len(spec["items"])])

    def review(self, spec: Spec, seed: int, answer: Any) -> Spec:
        items = spec["items"]
        rows = [
            {"place": place, "text": items[i], "right_place": i + 1, "good": place == i + 1}
            for place, i in enumerate(answer, 1)
            if i < len(items)
        ]
        return {"rows": rows}

    def visible_text(self, spec: Spec) -> str:
        return "\n".join(spec["items"])

    @staticmethod
    def _order(spec: Spec, seed: int) -> list[int]:
        order = shuffled(len(spec["items"]), seed)
        return order if order != sorted(order) else order[1:] + order[:1]


def _numbered(texts: Sequence[str]) -> str:
    return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))


def _pair(fields: Fields) -> Spec:
    pair = {"left": fields.text("left", 600), "right": fields.text("right", 600)}
    fields.close()
    return pair


class Matching(Kind):
    """Left sides to be matched with right sides, which may serve several of them, or none (distractors)."""

    name = "matching"
    instruction = "Choose the matching entry for each row."

    def read(self, fields: Fields) -> Spec:
        pairs = fields.many("pairs", _pair, 3, 9)
        _distinct(fields, "pairs", [pair["left"] for pair in pairs], "has the left side of an earlier pair")
        distractors = fields.texts("distractors", 600, 0, 6, default=[])
        rights = {pair["right"] for pair in pairs}
        _distinct(fields, "distractors", distractors, "stands twice")
        for i, text in enumerate(distractors, 1):
            if text and text in rights:
                fields.problem(f"distractors[{i}]", "is the right side of a pair, so it is no distractor")
        return {"pairs": pairs, "distractors": distractors}

    def write(self, spec: Spec) -> Spec:
        return {name: value for name, value in spec.items() if value}

    def resolve(self, spec: Spec, text: TextOf, value: ValueOf) -> Spec:
        pairs = [
            {side: text(f"pairs[{i}].{side}", pair[side]) for side in ("left", "right")}
            for i, pair in enumerate(spec["pairs"], 1)
        ]
        return {
            "pairs": pairs,
            "distractors": [text(f"distractors[{i}]", d) for i, d in enumerate(spec["distractors"], 1)],
        }

    def present(self, spec: Spec, seed: int) -> Spec:
        rights, order = self._rights(spec), self._order(spec, seed)
        return {
            "lefts": [{"number": n, "text": pair["left"]} for n, pair in enumerate(spec["pairs"], 1)],
            "rights": [{"number": n, "text": rights[i]} for n, i in enumerate(order, 1)],
        }

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        """Fields match-1, match-2, ... hold the number of the right side chosen for that row."""
        count = sum(name.startswith("match-") for name in form)
        chosen = [as_integer(form_text(form, f"match-{n}")) for n in range(1, count + 1)]
        empty = [str(n) for n, number in enumerate(chosen, 1) if not number]
        if empty:
            raise FormatProblem(f"Choose an entry for every row; still open: {', '.join(empty)}.")
        return chosen

    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        order = self._order(spec, seed)
        numbers = positions(raw, len(order), "for each row the number of the matching entry")
        if len(numbers) != len(spec["pairs"]):
            raise FormatProblem(
                f"One entry for each of the {len(spec['pairs'])} rows is expected, not {len(numbers)}."
            )
        return [order[n - 1] for n in numbers]

    def grade(self, spec: Spec, answer: Any) -> Result:
        rows = self.review(spec, 0, answer)["rows"]
        good = sum(row["good"] for row in rows)
        wrong = [
            Explanation(row["left"], False, f"Not {row['given']}; it belongs to {row['right']}")
            for row in rows
            if not row["good"]
        ]
        return Result(good == len(spec["pairs"]), good / len(spec["pairs"]), wrong)

    def right(self, spec: Spec, seed: int) -> Any:
        rights, order = self._rights(spec), self._order(spec, seed)
        return [order.index(rights.index(pair["right"])) + 1 for pair in spec["pairs"]]

    def describe(self, spec: Spec) -> str:
        return "\n".join(f"- {pair['left']} → {pair['right']}" for pair in spec["pairs"])

    def shown(self, spec: Spec, answer: Any) -> str:
        return "\n".join(f"- {row['left']} → {row['given']}" for row in self.review(spec, 0, answer)["rows"])

    def review(self, spec: Spec, seed: int, answer: Any) -> Spec:
        rights = self._rights(spec)
        rows = [
            {
                **pair,
                "given": rights[i] if i < len(rights) else "",
                "good": i < len(rights) and rights[i] == pair["right"],
            }
            for pair, i in zip(spec["pairs"], answer, strict=False)
        ]
        return {"rows": rows}

    def visible_text(self, spec: Spec) -> str:
        sides = [side for pair in spec["pairs"] for side in (pair["left"], pair["right"])]
        return "\n".join(sides + spec["distractors"])

    @staticmethod
    def _rights(spec: Spec) -> list[str]:
        return list(dict.fromkeys([pair["right"] for pair in spec["pairs"]] + spec["distractors"]))

    def _order(self, spec: Spec, seed: int) -> list[int]:
        return shuffled(len(self._rights(spec)), seed)
