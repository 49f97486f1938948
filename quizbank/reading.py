"""Reads numbers and shapes as people type them.

The rules, which the messages state: a point is the decimal sign; commas, blanks and apostrophes between
groups of three digits separate thousands (73,856 = 73 856 = 73856); a comma anywhere else is taken for a
decimal comma and asked about rather than guessed. Where a text has a second plausible reading (73.856 as a
continental 73856; 73,856 as 73 point 856) it is given back as `other`, so that an answer is never counted
wrong for its notation.
"""

import math
import re
from dataclasses import dataclass

from quizbank.problems import FormatProblem

Number = int | float

SPACES = str.maketrans(dict.fromkeys("\xa0\u2007\u2009\u200a\u202f\t", " "))
SIGNS = str.maketrans(
    {"−": "-", "–": "-", "＋": "+", "’": "'", "·": "×", "⋅": "×", "∗": "×", "*": "×", "✕": "×", "X": "x"}
)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

PLAIN = re.compile(r"\d+\.?\d*|\.\d+")
EXPONENT = re.compile(r"(?P<base>[\d.,' ]*\d\.?)\s*e\s*(?P<power>[+-]?\d{1,3})", re.I)
TEN_TO = re.compile(r"(?:(?P<base>[\d.,' ]*\d)\s*[×x]\s*)?10\s*(?:\^|××)\s*\{?(?P<power>[+-]?\d{1,3})\}?")
GROUPS = {
    ",": re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"),
    " ": re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?:\.\d+)?"),
    "'": re.compile(r"[1-9]\d{0,2}(?:'\d{3})+(?:\.\d+)?"),
    "_": re.compile(r"\d+(?:_\d+)+(?:\.\d+)?"),
}
POINT_GROUPS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
CONTINENTAL = re.compile(r"[1-9]\d{0,2}(?:[. ]\d{3})+,\d+")
DECIMAL_COMMA = re.compile(r"\d+,\d+")
FRACTION = re.compile(r"(?P<top>[^/]+)/(?P<bottom>[^/]+)")
WITH_UNIT = re.compile(r"(?P<number>.*?[\d.}])\s*(?P<unit>(?!e[+-]?\d)[^\W\d_][^\d]*|[%‰°][^\d]*)?", re.I)

EXAMPLES = "for example 1500, 0.25, 1e3 or 1/3"


@dataclass(frozen=True)
class Reading:
    """A number, the unit typed after it, and the second way to read it where there is one."""

    value: Number
    unit: str = ""
    other: Number | None = None


def read_number(text: str) -> Reading:
    """The number in a text; raises FormatProblem where it cannot be read without guessing."""
    clean = _clean(text)
    if whole := _scientific(clean):
        return whole
    match = WITH_UNIT.fullmatch(clean)
    if not match:
        raise FormatProblem(f"“{_short(text)}” is not a number: write {EXAMPLES}.")
    number, unit = match["number"].strip(), (match["unit"] or "").strip()
    if scientific := _scientific(number):
        return Reading(scientific.value, unit)
    sign = -1 if number.startswith("-") else 1
    value, other = _unsigned(number.lstrip("+-").strip(), text)
    return Reading(sign * value, unit, None if other is None else sign * other)


def read_shape(text: str) -> list[int]:
    """The sizes in a text such as "28 x 28", "(1, 32, 16, 16)" or "torch.Size([1, 32])"."""
    clean = re.sub(
        r"^(?:torch\.size|tf\.tensorshape|tensorshape|shape|size)\s*[=:]?\s*", "", _clean(text).lower()
    )
    clean = clean.strip("()[]{}<> ").replace("(", " ").replace(")", " ")
    if re.search(r"(?<![\w.])\d+\.\d", clean):
        raise FormatProblem(
            f"“{_short(text)}” holds a decimal number; sizes are whole numbers, for example 28 x 28."
        )
    parts = [part for part in re.split(r"\s*(?:,|;|×|x|\bby\b|/)\s*|\s+", clean.strip(",; ")) if part]
    for part in parts:
        _check_size(part, text)
    if not parts:
        raise FormatProblem("Write the sizes, for example 28 x 28 or (1, 32, 16, 16).")
    if len(parts) > 8:
        raise FormatProblem(f"A shape has at most 8 sizes, yours has {len(parts)}.")
    return [int(part) for part in parts]


def _check_size(part: str, text: str) -> None:
    if part.isascii() and part.isdigit() and len(part) <= 12:
        if len(part) > 1 and part.startswith("0"):
            raise FormatProblem(
                f"“{_short(text)}”: the size {part} begins with 0. "
                "A comma separates sizes here; write large sizes without separators, for example 1024."
            )
        return
    if part.isalpha() or part in ("?", "-1"):
        raise FormatProblem(
            f"Write every size as a number: “{_short(part)}” is none. Expected is for example 28 x 28."
        )
    raise FormatProblem(f"“{_short(part)}” is not a size: write for example 28 x 28 or (1, 32, 16, 16).")


def _clean(text: str) -> str:
    text = text.translate(SPACES).translate(SIGNS)
    text = re.sub(r"10\s*([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "10^" + m[1].translate(SUPERSCRIPTS), text)
    return " ".join(text.replace("$", "").split())


def _scientific(text: str) -> Reading | None:
    """1e3, 2.5E-4, 2.5 x 10^3, 10^6, also with a sign before."""
    sign, body = (-1, text[1:].strip()) if text.startswith("-") else (1, text.lstrip("+").strip())
    match = EXPONENT.fullmatch(body) or TEN_TO.fullmatch(body)
    if not match:
        return None
    base = _unsigned(match["base"].strip(), text)[0] if match["base"] else 1
    power = int(match["power"])
    if abs(power) > 99:
        raise FormatProblem(f"“{_short(text)}” is out of range: the exponent is at most 99.")
    return Reading(sign * _neat(base * 10**power if power >= 0 else base / 10**-power))


def _unsigned(text: str, whole: str) -> tuple[Number, Number | None]:
    """The value and, where the notation has one, the other value that it could mean."""
    if len(text) > 40:
        raise FormatProblem(f"“{_short(whole)}” is too long: a number has at most 40 characters.")
    if fraction := FRACTION.fullmatch(text):
        return _fraction(fraction["top"].strip(), fraction["bottom"].strip(), whole), None
    if PLAIN.fullmatch(text):
        other = int(text.replace(".", "")) if POINT_GROUPS.fullmatch(text) else None
        return _neat(float(text)) if "." in text else int(text), other
    for separator, pattern in GROUPS.items():
        if pattern.fullmatch(text):
            digits = text.replace(separator, "")
            decimal = float(text.replace(",", ".")) if DECIMAL_COMMA.fullmatch(text) else None
            return (_neat(float(digits)) if "." in digits else int(digits)), decimal
    raise FormatProblem(_advice(text, whole))


def _fraction(top: str, bottom: str, whole: str) -> Number:
    if not (PLAIN.fullmatch(top) and PLAIN.fullmatch(bottom)):
        raise FormatProblem(f"“{_short(whole)}” is not a number: a fraction is written like 1/3.")
    if float(bottom) == 0:
        raise FormatProblem(f"“{_short(whole)}” divides by zero: a fraction is written like 1/3.")
    return _neat(float(top) / float(bottom))


def _advice(text: str, whole: str) -> str:
    if POINT_GROUPS.fullmatch(text):
        return f"“{_short(whole)}” is ambiguous: write it without separators, {text.replace('.', '')}."
    if CONTINENTAL.fullmatch(text):
        plain = re.sub("[. ]", "", text).replace(",", ".")
        return f"A point is the decimal sign here: write “{_short(whole)}” as {plain}."
    if DECIMAL_COMMA.fullmatch(text):
        return (
            f"“{_short(whole)}” has a comma: a point is the decimal sign here. "
            f"Write {text.replace(',', '.')}, or the digits without a comma if you mean a whole number."
        )
    if re.search(r"[×x^+/-]", text):
        return f"“{_short(whole)}” is a calculation: work it out and write the number, {EXAMPLES}."
    return f"“{_short(whole)}” is not a number: write {EXAMPLES}."


def _neat(value: float) -> Number:
    if not math.isfinite(value):
        raise FormatProblem("The number is out of range.")
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
