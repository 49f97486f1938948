"""Numbers and shapes as people type them."""

import pytest

from quizbank.problems import FormatProblem
from quizbank.reading import read_number, read_shape
from tests.clocks import little_work


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1500", 1500),
        (" 1500 ", 1500),
        ("+7", 7),
        ("-3", -3),
        ("−3.5", -3.5),
        ("0.25", 0.25),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1.5e-4", 0.00015),
        ("2.5 x 10^3", 2500),
        ("2.5·10³", 2500),
        ("10^6", 1_000_000),
        ("3 × 10⁻⁴", 0.0003),
        ("73,856", 73856),
        ("73 856", 73856),
        ("73\u202f856", 73856),
        ("73'856", 73856),
        ("73_856", 73856),
        ("1,234,567", 1234567),
        ("1,234.56", 1234.56),
        ("1/4", 0.25),
        ("49 / 9", 49 / 9),
        ("$42$", 42),
    ],
)
def test_notations_of_a_number(text, value):
    assert read_number(text).value == value


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("50%", 50, "%"),
        ("50 %", 50, "%"),
        ("5088 parameters", 5088, "parameters"),
        ("12MB", 12, "MB"),
        ("1e3 MACs", 1000, "MACs"),
        ("1,000 multiply-adds", 1000, "multiply-adds"),
    ],
)
def test_a_unit_may_follow(text, value, unit):
    reading = read_number(text)
    assert (reading.value, reading.unit) == (value, unit)


def test_the_second_reading_is_kept():
    assert read_number("73.856").other == 73856
    assert read_number("73,856").other == 73.856
    assert read_number("0.856").other is None
    assert read_number("1,234,567").other is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0,5", "Write 0.5"),
        ("1,25", "Write 1.25"),
        ("0,125", "Write 0.125"),
        ("1.234,56", "as 1234.56"),
        ("1.234.567", "without separators, 1234567"),
        ("3*3*64", "calculation"),
        ("2^10", "calculation"),
        ("1/0", "divides by zero"),
        ("many", "1500, 0.25, 1e3 or 1/3"),
        ("", "is not a number"),
        ("~5", "is not a number"),
        ("1 2", "is not a number"),
        ("nan", "is not a number"),
        ("inf", "is not a number"),
        ("1e999", "at most 99"),
        ("9" * 60, "at most 40 characters"),
    ],
)
def test_what_cannot_be_read_says_what_is_expected(text, message):
    with pytest.raises(FormatProblem, match=message.replace("(", r"\(")):
        read_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "1, 32, 16, 16",
        "1,32,16,16",
        "(1, 32, 16, 16)",
        "[1, 32, 16, 16]",
        "1 x 32 x 16 x 16",
        "1x32x16x16",
        "1×32×16×16",
        "1 32 16 16",
        "1*32*16*16",
        "1 by 32 by 16 by 16",
        "torch.Size([1, 32, 16, 16])",
        "shape: (1, 32, 16, 16)",
        "(1, 32, 16, 16,)",
        "1X32X16X16",
    ],
)
def test_notations_of_a_shape(text):
    assert read_shape(text) == [1, 32, 16, 16]


@pytest.mark.parametrize(
    ("text", "shape"), [("28 x 28", [28, 28]), ("(10,)", [10]), ("10", [10]), ("[]x0", [0])]
)
def test_other_ranks(text, shape):
    assert read_shape(text) == shape


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Write the sizes"),
        ("()", "Write the sizes"),
        ("N x 28", "every size as a number"),
        ("(None, 28)", "every size as a number"),
        ("28.5 x 28", "whole numbers"),
        ("1,024 x 3", "begins with 0"),
        ("-1, 28", "every size as a number"),
        ("1,2,3,4,5,6,7,8,9", "at most 8 sizes"),
        ("h=28", "is not a size"),
    ],
)
def test_what_is_no_shape_says_what_is_expected(text, message):
    with pytest.raises(FormatProblem, match=message):
        read_shape(text)


@pytest.mark.parametrize(
    "text", ["1" * 5000, "1 " * 5000, "1e" * 5000, "x" * 5000, "1," * 5000, "(" * 5000, "1.2" * 3000]
)
def test_long_input_costs_little(text):
    for read in (read_number, read_shape):
        with little_work(), pytest.raises(FormatProblem):
            read(text)
