"""What gives an answer away: hints that say it, and right options that can be told by their length."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from quizbank import instances
from quizbank.content import Content
from quizbank.instances import Instance
from quizbank.kinds.text import normal
from quizbank.problems import InstanceError, Problem

LONGEST = 0.40  # share of single-choice questions whose right option may be the longest one
LONGEST_OF_SEVERAL = (
    0.20  # by how much a right option of several may be the longest more often than by chance
)
FEWEST = 20  # questions below which shares say nothing
SEEDS = range(6)
MIN_WORDS = 3  # an option of fewer words may well occur in a hint
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?![\w.]*\d)")


@dataclass(frozen=True)
class Length:
    """How often the longest option is a right one, and how often it would be by chance."""

    questions: int
    longest: int
    chance: float

    @property
    def share(self) -> float:
        return self.longest / self.questions if self.questions else 0.0


def hint_problems(content: Content) -> Iterator[Problem]:
    """Hints that hold the answer word for word; of a variant only where every drawn instance does."""
    if content.kind in ("open", "ordering", "true-false"):
        return
    try:
        trials = [instances.example(content)]
        if "variant" in content.spec:
            trials += [instances.build(content, seed) for seed in SEEDS]
    except InstanceError:
        return  # reported by another rule
    for i in range(len(content.hints)):
        if all(_says(instance, instance.hints[i]) for instance in trials):
            yield Problem(f"hints[{i + 1}]", "gives the answer away: lead there, but leave the last step")


def _says(instance: Instance, hint: str) -> bool:
    kind, spec = instance.question.kind, instance.spec
    if kind == "numeric":
        return _says_number(float(spec["answer"]["value"]), hint)
    if kind == "shape":
        return len(spec["answer"]["shape"]) > 1 and _says_sizes(spec["answer"]["shape"], hint)
    if kind == "short-text":
        hinted = f" {normal(hint)} "
        return any(f" {normal(form)} " in hinted for form in spec["answer"]["accept"])
    if kind in ("single-choice", "multiple-choice"):
        right = [normal(option["text"]) for option in spec["options"] if option["correct"]]
        return any(len(text.split()) >= MIN_WORDS and f" {text} " in f" {normal(hint)} " for text in right)
    return any(
        len(normal(pair["right"]).split()) >= MIN_WORDS and normal(pair["right"]) in normal(hint)
        for pair in spec.get("pairs", [])
    )


def _says_number(value: float, hint: str) -> bool:
    """Numbers of one digit stand in many hints by chance."""
    if abs(value) < 10 and value == int(value):
        return bool(re.search(rf"=\s*\$?{int(value)}\b(?!\s*[-+*/^\\.\d])", hint))
    said = (match[0].replace(",", "") for match in NUMBER.finditer(hint.replace("{,}", ",")))
    return any(abs(float(number) - value) <= 1e-9 * abs(value) for number in said)


def _says_sizes(shape: Sequence[object], hint: str) -> bool:
    return re.search(r"\b" + r"\s*(?:,|x|×|\\times)\s*".join(map(str, shape)) + r"\b", hint) is not None


def lengths(contents: Iterable[Content], kind: str) -> Length:
    """How the length of right options compares with chance over all questions of a kind."""
    questions = longest = 0
    chance = 0.0
    for content in contents:
        if content.kind == kind:
            options = instances.example(content).spec["options"]
            by_length = sorted(options, key=lambda option: len(option["text"]), reverse=True)
            is_single = len(by_length[0]["text"]) > len(by_length[1]["text"])
            questions += 1
            longest += is_single and by_length[0]["correct"]
            chance += sum(option["correct"] for option in options) / len(options)
    return Length(questions, longest, chance / questions if questions else 0.0)


def habits(contents: Sequence[Content]) -> Iterator[str]:
    """What a learner could guess by without knowing anything; said of a bank as a whole."""
    one, several = lengths(contents, "single-choice"), lengths(contents, "multiple-choice")
    if one.questions >= FEWEST and one.share > LONGEST:
        yield (
            f"in {one.longest} of {one.questions} single-choice questions ({one.share:.0%}) the right option "
            f"is the longest: at most {LONGEST:.0%} are expected"
        )
    if several.questions >= FEWEST and several.share > several.chance + LONGEST_OF_SEVERAL:
        most = several.chance + LONGEST_OF_SEVERAL
        yield (
            f"in {several.longest} of {several.questions} multiple-choice questions ({several.share:.0%}) "
            f"the longest option is right: at most {most:.0%} are expected"
        )
