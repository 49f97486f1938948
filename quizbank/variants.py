"""Variant questions: templates whose numbers are drawn from a seed.

In a file `draw` and `let` are mappings whose order matters. JSON in PostgreSQL does not keep the order of
keys, so the stored form is a list of entries with a `name` each; `read` takes both.
"""

import keyword
import random
import re
from collections.abc import Iterator
from typing import Any

from quizbank.expressions import FUNCTIONS, MAX_LENGTH, Budget, ExpressionError, Value, evaluate
from quizbank.fields import Fields, type_name
from quizbank.problems import InstanceError

Variant = dict[str, Any]
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
MAX_REDRAWS = 1000
MAX_VALUE = 10**9


def read(fields: Fields) -> Variant:
    """Validate the `variant` field into the stored form."""
    names: set[str] = set()
    variant: Variant = {
        "draw": [_draw(entry, name) for name, entry in _named(fields, "draw", names, 1, 12)],
        "let": [_let(fields, name, entry) for name, entry in _named(fields, "let", names, 0, 30)],
        "where": fields.text("where", MAX_LENGTH, default=""),
    }
    if fields.has("example"):
        variant["example"] = _example(fields.nested("example"), variant["draw"])
    else:
        fields.take("example", "", default=None)
    fields.close()
    return variant


def write(variant: Variant) -> Variant:
    """The variant as it stands in a file; the reverse of `read`."""
    shown: Variant = {
        "draw": {
            entry["name"]: {key: v for key, v in entry.items() if key != "name"} for entry in variant["draw"]
        }
    }
    if variant["let"]:
        shown["let"] = {entry["name"]: entry["value"] for entry in variant["let"]}
    if variant["where"]:
        shown["where"] = variant["where"]
    if "example" in variant:
        shown["example"] = variant["example"]
    return shown


def scopes(variant: Variant | None, seed: int, budget: Budget) -> Iterator[dict[str, Value]]:
    """The names of one instance after another, the first being the seed's, the next ones its redraws."""
    if variant is None:
        yield {}
        return
    problem = InstanceError("variant.where", f"no draw of {MAX_REDRAWS} fulfils it")
    for names in draws(variant, seed):
        try:
            if complete(variant, names, budget):
                yield names
        except InstanceError as error:
            problem = error
            if budget.left < 0:
                break
    raise problem


def draws(variant: Variant, seed: int) -> Iterator[dict[str, Value]]:
    """What a seed draws: first its own numbers, then one redraw after another."""
    rng = random.Random(f"{seed}:variant")  # noqa: S311 (numbers of a question, no secret)
    for _ in range(MAX_REDRAWS):
        yield {entry["name"]: _drawn(entry, rng) for entry in variant["draw"]}


def example(variant: Variant | None, budget: Budget) -> dict[str, Value] | None:
    """The names of the example, or None where there is none."""
    if variant is None or "example" not in variant:
        return None
    names: dict[str, Value] = dict(variant["example"])
    if not complete(variant, names, budget):
        raise InstanceError("variant.example", "does not fulfil “where”")
    return names


def complete(variant: Variant, names: dict[str, Value], budget: Budget) -> bool:
    """Add the computed names; whether the instance fulfils `where`."""
    field = ""
    try:
        for entry in variant["let"]:
            field = f"variant.let.{entry['name']}"
            value = entry["value"]
            names[entry["name"]] = (
                evaluate(value.removeprefix("="), names, budget) if isinstance(value, str) else value
            )
        field = "variant.where"
        return not variant["where"] or bool(evaluate(variant["where"], names, budget))
    except ExpressionError as error:
        raise InstanceError(field, str(error)) from None


def _drawn(entry: dict[str, Any], rng: random.Random) -> Value:
    if "choice" in entry:
        return rng.choice(entry["choice"])
    return rng.randrange(entry["from"], entry["to"] + 1, entry.get("step", 1))


def _named(fields: Fields, name: str, taken: set[str], least: int, most: int) -> list[tuple[str, Any]]:
    """The entries of a mapping, or of a list of mappings with names; each name is checked and used once."""
    value = fields.take(name, "a mapping of names", **({"default": {}} if least == 0 else {}))
    entries: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        entries = [(key, _inner(fields, name, key, entry)) for key, entry in value.items()]
    elif isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
        entries = [(entry.get("name"), _unnamed(fields, name, entry)) for entry in value]
    elif value is not None:
        fields.problem(name, f"a mapping of names is expected, not {type_name(value)}")
    if value is not None and not least <= len(entries) <= most:
        fields.problem(name, f"{least} to {most} names are expected, this has {len(entries)}")
    for key, _ in entries:
        _check_name(fields, f"{name}.{str(key)[:40]}", key, taken)
    return [(str(key), entry) for key, entry in entries[:most]]


def _inner(fields: Fields, name: str, key: str, entry: Any) -> Any:
    return Fields(entry, fields.problems, fields.at(f"{name}.{key}")) if name == "draw" else entry


def _unnamed(fields: Fields, name: str, entry: dict[str, Any]) -> Any:
    if name == "draw":
        inner = {key: value for key, value in entry.items() if key != "name"}
        return Fields(inner, fields.problems, fields.at(f"{name}.{entry.get('name')}"))
    return entry.get("value")


def _check_name(fields: Fields, field: str, name: Any, taken: set[str]) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name) or keyword.iskeyword(name):
        fields.problem(field, "a name of letters, digits and underscores is expected, such as n or k_h")
    elif name in FUNCTIONS:
        fields.problem(field, "is the name of a function: choose another")
    elif name in taken:
        fields.problem(field, "is defined twice")
    taken.add(str(name))


def _draw(entry: Fields, name: str) -> dict[str, Any]:
    drawn: dict[str, Any] = {"name": name}
    if entry.has("choice"):
        drawn["choice"] = entry.entries("choice", 2, 50)
        for i, value in enumerate(drawn["choice"], 1):
            if not isinstance(value, int | float | str) or (isinstance(value, str) and len(value) > 100):
                entry.problem(f"choice[{i}]", f"a number or a short text is expected, not {type_name(value)}")
    else:
        drawn["from"] = entry.number("from", -MAX_VALUE, MAX_VALUE)
        drawn["to"] = entry.number("to", -MAX_VALUE, MAX_VALUE)
        if entry.has("step"):
            drawn["step"] = entry.number("step", 1, MAX_VALUE)
        entry.seen.add("step")
        if drawn["from"] > drawn["to"]:
            entry.problem(
                "to", f"a number of at least {drawn['from']} (“from”) is expected, not {drawn['to']}"
            )
            drawn["to"] = drawn["from"]
    entry.close()
    return drawn


def _let(fields: Fields, name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        fields.problem(f"let.{name}", f"an expression in quotes is expected, not {type_name(value)}")
        value = 0
    return {"name": name, "value": value}


def _example(fields: Fields, draw: list[dict[str, Any]]) -> dict[str, Any]:
    values = {}
    for entry in draw:
        name = entry["name"]
        value = fields.take(name, "a value of this drawn name")
        if value is not None and not _may_be_drawn(entry, value):
            fields.problem(name, "a value that “draw” can give is expected")
        values[name] = value
    fields.close()
    return values


def _may_be_drawn(entry: dict[str, Any], value: Any) -> bool:
    if "choice" in entry:
        return value in entry["choice"]
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return entry["from"] <= value <= entry["to"] and (value - entry["from"]) % entry.get("step", 1) == 0
