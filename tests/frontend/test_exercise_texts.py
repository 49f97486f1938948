"""What learners read of the exercises: formulas that KaTeX takes, and links that lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exercises import catalogue
from exercises.catalogue import Exercise
from frontend import markup, maths
from tests.conftest import require_or_skip

BANK = Path(__file__).resolve().parents[2] / "quizbank" / "banks" / "cnn"
EXERCISES = catalogue.load_all()
LONGEST_DIAGNOSIS = 700  # characters: it is read beside one's own code


def texts(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Where each text is from, and the text."""
    yield "statement", exercise.statement
    yield "editorial", exercise.editorial
    yield from ((f"hint {number}", hint) for number, hint in enumerate(exercise.hints, 1))
    yield from ((f"mistakes/{mistake.name}", mistake.diagnosis) for mistake in exercise.mistakes)


def test_every_formula_is_typeset():
    require_or_skip(maths.is_available(), "Node")
    places = {
        formula: f"{exercise.slug}, {place}"
        for exercise in EXERCISES
        for place, text in texts(exercise)
        for formula in maths.formulas(text)
    }
    said = maths.errors(list(places))
    wrong = [
        f"{where}: {error}: {tex}"
        for ((tex, _), where), error in zip(places.items(), said, strict=True)
        if error
    ]
    assert len(places) > 100
    assert not wrong


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.slug)
class TestTexts:
    def test_no_tex_stands_outside_a_formula(self, exercise):
        assert {place: found for place, text in texts(exercise) if (found := maths.stray(text))} == {}

    def test_its_topic_and_questions_are_in_the_bank(self, exercise):
        assert (BANK / exercise.topic / "topic.yaml").is_file()
        known = {path.stem for path in BANK.glob("*/*.md")}
        assert exercise.questions
        assert set(exercise.questions) <= known

    def test_a_diagnosis_is_short(self, exercise):
        for mistake in exercise.mistakes:
            assert len(mistake.diagnosis) <= LONGEST_DIAGNOSIS, mistake.name

    def test_links_within_the_site_lead_somewhere(self, exercise):
        slugs = {one.slug for one in EXERCISES}
        for _, text in texts(exercise):
            for target in re.findall(r'href="(/[^"]*)"', str(markup.render(text))):
                kind, _, slug = target.strip("/").partition("/")
                assert kind == "exercises", target
                assert slug in slugs, target

    def test_the_limits_are_stated(self, exercise):
        said = f"{exercise.limits.seconds:g} seconds and {exercise.limits.memory_mb} MB"
        assert said in " ".join(exercise.statement.split()), said
