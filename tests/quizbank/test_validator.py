"""The rules beyond the format."""

import pytest

from quizbank import bank_files, instances, validator
from tests.quizbank.samples import OPTIONS, content, files, variant


def broken(*contents, exercises=None):
    bank = bank_files.read_bank(files(*contents))
    return [f"{error.field}: {error.expected}" for error in validator.check(bank, exercises)]


def test_the_samples_are_clean():
    assert broken() == []
    assert broken(variant()) == []


@pytest.mark.parametrize(
    "answer",
    [
        "It has 5088 weights.",
        "It has 5,088 weights.",
        "About 0.25 of it.",
        "$3 \\cdot 64 = 5$",
        "A 17x3 kernel",
        "1e-5 is small, 12 is not",
        "- 99 %",
    ],
)
def test_a_bare_number_in_the_answer_is_found(answer):
    assert "is neither in the prompt nor in “given”" in broken(content("shape", worked_answer=answer))[0]


@pytest.mark.parametrize(
    ("answer", "changes"),
    [
        ("It has {= 3*3*64 } weights.", {}),
        ("It has 5 weights in 3 rows.", {}),
        ("From 224 on.", {"prompt": "With 224 pixels?"}),
        ("From 1,024 on.", {"prompt": "With 1024 pixels?"}),
        ("In 2012 and at 0.10.", {"given": [2012, 0.1]}),
        ("ResNet-50, VGG16, float32 and Conv2d.", {}),
        ("### Since 2012\n\nText", {}),
        ("```python\nx = 12345\n```", {}),
    ],
)
def test_numbers_that_are_asked_given_or_computed_are_fine(answer, changes):
    assert broken(content("shape", worked_answer=answer, **changes)) == []


def test_numbers_of_the_options_are_asked():
    options = [{**OPTIONS[0], "text": "It has 64"}, *OPTIONS[1:]]
    assert broken(content("single-choice", options=options, worked_answer="So 64.")) == []


def test_the_error_names_the_line():
    given = files(content("shape", worked_answer="One.\n\nThen 12345.", related=["nowhere"]))
    lines = given["mini/basics/a-shape-question.md"].decode().split("\n")
    link, number = validator.check(bank_files.read_bank(given), files=given)
    assert lines[number.line - 1] == "Then 12345."
    assert lines[link.line - 1] == "- nowhere"


def test_links_lead_somewhere():
    one = content("shape", related=["nowhere", "a-shape-question"], exercises=["conv2d", "nothing"])
    found = broken(one, exercises={"conv2d"})
    assert len([error for error in found if error.startswith("related")]) == 2
    assert found[-1] == "exercises[2]: there is no exercise “nothing”"


def test_pitfalls_are_expected_except_of_open_questions():
    assert broken(content("shape", pitfalls=None)) == ["pitfalls: a section “## Pitfalls” is expected"]
    assert broken(content("open", pitfalls=None)) == []


def test_near_duplicates_are_found():
    text = "How many parameters does a convolution with sixty kernels of three by three over an image have?"
    one, other = content("shape", prompt=f"{text} Tell."), content("numeric", prompt=f"{text} Say.")
    assert "asks nearly the same as basics/" in broken(one, other)[0]
    assert (
        broken(one, content("numeric", prompt="How many layers does a network of that size and kind have?"))
        == []
    )


def test_options_do_not_refer_to_places():
    options = [*OPTIONS, {"text": "None of the above", "why": "One is right."}]
    assert "options are shuffled" in broken(content("single-choice", options=options))[0]


def test_a_variant_whose_text_fails_for_a_rare_seed_is_found():
    draw = {"draw": {"n": {"from": 1, "to": 40}}}
    plain = content("shape", variant=draw)
    drawn = [instances.build(plain, seed).names["n"] for seed in validator.SEEDS]
    rare = next(n for n in drawn if n not in drawn[: len(instances.TRIAL_SEEDS)])
    found = broken(content("shape", variant=draw, worked_answer=f"It is {{= 1 / (n - {rare}) }}."))
    (error,) = found
    assert error.startswith(f"worked_answer: “1 / (n - {rare})” divides by zero (seed ")
    assert error.endswith(f": n = {rare})")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("![](figure:conv-stride-2)", None),
        ('Text.\n\n![A *caption*](figure:conv-stride-2 "other words")\n\nText.', None),
        ("`![](figure:nothing)`\n\n```text\n![](figure:nothing)\n```", None),
        ("![](figure:conv-strid-2)", "there is no figure “conv-strid-2”, “conv-stride-2” is meant?"),
        ("![](figure:)", "there is no figure “”"),
        ("Text\n![](figure:conv-stride-2)", "on a line of its own between blank lines"),
        ("See ![](figure:conv-stride-2).", "on a line of its own between blank lines"),
    ],
)
@pytest.mark.parametrize("field", ["prompt", "worked_answer", "pitfalls"])
def test_figures_exist_and_stand_alone(field, text, problem):
    found = broken(content("shape", **{field: text}))
    assert [problem in line for line in found] == ([True] if problem else [])


def test_an_unknown_figure_is_told_with_file_and_line():
    bank_files_ = files(content("shape", worked_answer="Text.\n\n![](figure:nothing-like-it)"))
    errors = validator.check(bank_files.read_bank(bank_files_), None, bank_files_)
    (name,) = (name for name in bank_files_ if name.endswith(".md"))
    line = bank_files_[name].decode().split("\n").index("![](figure:nothing-like-it)") + 1
    assert [(error.file, error.line, error.field) for error in errors] == [(name, line, "Answer")]
