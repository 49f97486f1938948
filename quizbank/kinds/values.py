"""Numbers and shapes."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from quizbank.expressions import show
from quizbank.fields import Fields, type_name
from quizbank.kinds.base import Kind, Result, Spec, TextOf, ValueOf, form_text, short_answer
from quizbank.problems import FormatProblem, InstanceError
from quizbank.reading import Number, Reading, read_number, read_shape

ROUNDING = 1e-9  # of floating-point arithmetic, never a judgement


def is_expression(value: object) -> bool:
    return isinstance(value, str) and value.startswith("=")


def as_tolerance(value: object) -> tuple[float, bool] | None:
    """(amount, relative) of 0.01 or "1%"; None where it is neither."""
    if isinstance(value, str) and value.endswith("%"):
        try:
            share = float(value[:-1]) / 100
        except ValueError:
            return None
        return (share, True) if 0 <= share <= 0.5 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return (value, False) if 0 <= value < math.inf else None


class Numeric(Kind):
    name = "numeric"
    instruction = "Type a number, such as 1500, 0.25, 1e3 or 1/3. A point is the decimal sign."
    may_vary = True

    def read(self, fields: Fields) -> Spec:
        answer = fields.nested("answer")
        value = answer.take("value", 'a number or an expression such as "=3*3*64"')
        if (
            value is not None
            and not is_expression(value)
            and (isinstance(value, bool) or not isinstance(value, int | float))
        ):
            answer.problem(
                "value", f'a number or an expression such as "=3*3*64" is expected, not {type_name(value)}'
            )
        tolerance = answer.take("tolerance", "", default=0)
        if as_tolerance(tolerance) is None:
            answer.problem(
                "tolerance", "a number from 0 (such as 0.01) or a share up to 50% (such as 1%) is expected"
            )
        spec = {"value": value, "tolerance": tolerance, "unit": answer.text("unit", 40, default="")}
        answer.close()
        return {"answer": spec}

    def write(self, spec: Spec) -> Spec:
        answer = spec["answer"]
        kept = {name: answer[name] for name in ("tolerance", "unit") if answer[name]}
        return {"answer": {"value": answer["value"], **kept}}

    def resolve(self, spec: Spec, text: TextOf, value: ValueOf) -> Spec:
        answer = spec["answer"]
        number = value("answer.value", answer["value"])
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise InstanceError("answer.value", f"a number is expected, not {show(number)[:60]}")
        exact = isinstance(number, int) or round(number, 4) == number
        if not exact and as_tolerance(answer["tolerance"])[0] == 0:  # type: ignore[index]
            raise InstanceError(
                "answer.tolerance",
                f"is missing: nobody types {number!r} exactly; give a tolerance such as 0.01 or 1%",
            )
        return {"answer": {**answer, "value": number}}

    def present(self, spec: Spec, seed: int) -> Spec:
        return {"unit": spec["answer"]["unit"], "tolerance": self._tolerance(spec)}

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        return form_text(form, "answer")

    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return self._finite(raw)
        unit = spec["answer"]["unit"]
        reading = read_number(short_answer(raw, f"1500 {unit}".strip()))
        factor = self._unit_factor(reading.unit, unit)
        value = reading.value * factor
        if (
            not self._close(spec, value)
            and reading.other is not None
            and self._close(spec, reading.other * factor)
        ):
            raise FormatProblem(self._ambiguous(raw, reading))
        return self._finite(value)

    def grade(self, spec: Spec, answer: Any) -> Result:
        return Result.all_or_nothing(self._close(spec, answer))

    def right(self, spec: Spec, seed: int) -> Any:
        return repr(spec["answer"]["value"])

    def describe(self, spec: Spec) -> str:
        tolerance = self._tolerance(spec)
        return f"{self.shown(spec, spec['answer']['value'])}" + (f" (± {tolerance})" if tolerance else "")

    def shown(self, spec: Spec, answer: Any) -> str:
        number = f"{answer:,}" if isinstance(answer, int) else f"{answer:,.10g}"
        unit = spec["answer"]["unit"]
        return f"{number}{'' if unit == '%' else ' '}{unit}".strip()

    @staticmethod
    def _tolerance(spec: Spec) -> str:
        tolerance = spec["answer"]["tolerance"]
        return str(tolerance) if as_tolerance(tolerance) not in (None, (0, False), (0, True)) else ""

    @staticmethod
    def _close(spec: Spec, value: Number) -> bool:
        right = spec["answer"]["value"]
        amount, relative = as_tolerance(spec["answer"]["tolerance"]) or (0.0, False)
        allowed = amount * abs(right) if relative else amount
        return abs(value - right) <= allowed + ROUNDING * max(abs(right), 1e-6)

    @staticmethod
    def _finite(value: Number) -> Number:
        if not (math.isfinite(value) and abs(value) < 1e100):
            raise FormatProblem("The number is out of range.")
        return value

    @staticmethod
    def _unit_factor(typed: str, unit: str) -> float:
        """1 where the typed unit is none or the expected one; a percent sign counts as a hundredth."""
        typed, expected = typed.strip(" .").casefold(), unit.casefold()
        if not typed or typed.rstrip("s") == expected.rstrip("s"):
            return 1
        if typed == "%" and not expected:
            return 0.01
        if not expected:
            raise FormatProblem(
                f"“{typed[:40]}” is not expected here: write the number alone, in full, for example 1500."
            )
        raise FormatProblem(
            f"The answer is expected in {unit}, not “{typed[:40]}”: write the number alone or with {unit}."
        )

    @staticmethod
    def _ambiguous(raw: str, reading: Reading) -> str:
        return (
            f"“{raw.strip()[:40]}” was read as {show(reading.value)}: a point is the decimal sign and "
            "a comma separates thousands. Write whole numbers without separators and decimals with a point."
        )


class Shape(Kind):
    name = "shape"
    instruction = "Type all sizes in order, such as 28 x 28, (28, 28) or [1, 32, 16, 16]."
    may_vary = True

    def read(self, fields: Fields) -> Spec:
        answer = fields.nested("answer")
        shape = answer.entries("shape", 1, 8)
        for i, size in enumerate(shape, 1):
            if not is_expression(size) and (
                isinstance(size, bool) or not isinstance(size, int) or not 0 <= size < 10**9
            ):
                answer.problem(f"shape[{i}]", 'a size from 0 or an expression such as "=out" is expected')
        answer.close()
        return {"answer": {"shape": shape}}

    def resolve(self, spec: Spec, text: TextOf, value: ValueOf) -> Spec:
        sizes = [value(f"answer.shape[{i}]", size) for i, size in enumerate(spec["answer"]["shape"], 1)]
        for i, size in enumerate(sizes, 1):
            if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size < 10**9:
                raise InstanceError(
                    f"answer.shape[{i}]", f"a whole number from 0 is expected, not {show(size)[:60]}"
                )
        return {"answer": {"shape": sizes}}

    def present(self, spec: Spec, seed: int) -> Spec:
        return {}

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        return form_text(form, "answer")

    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        if isinstance(raw, int) and not isinstance(raw, bool):
            raw = [raw]
        if isinstance(raw, list):
            raw = ",".join(str(size) for size in raw[:100])
        sizes = read_shape(short_answer(raw, "28 x 28"))
        right = spec["answer"]["shape"]
        if len(sizes) < len(right) and sizes == right[-len(sizes) :] and len(sizes) > 1:
            raise FormatProblem(
                "Give all sizes that the question asks for, the leading ones (batch, channels) included."
            )
        return sizes

    def grade(self, spec: Spec, answer: Any) -> Result:
        return Result.all_or_nothing(answer == spec["answer"]["shape"])

    def right(self, spec: Spec, seed: int) -> Any:
        return " x ".join(str(size) for size in spec["answer"]["shape"])

    def describe(self, spec: Spec) -> str:
        return self.shown(spec, spec["answer"]["shape"])

    def shown(self, spec: Spec, answer: Any) -> str:
        return " × ".join(str(size) for size in answer)
