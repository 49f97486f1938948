"""What a good bank fulfils beyond being well-formed; `manage.py checkbank` and the tests ask it.

Loading accepts any well-formed bank, since an instructor must be able to save work in progress. These rules
find what would embarrass us in front of a learner: numbers that nobody computed, dead links, the same
question twice.
"""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from quizbank import format, instances
from quizbank.content import Content, outside_fences
from quizbank.expressions import INSERT
from quizbank.kinds import KINDS
from quizbank.loading import ParsedBank
from quizbank.problems import BankError, BankErrors

SEEDS = range(200)
ALIKE = 0.75  # share of common three-word runs from which two prompts are near-duplicates
NUMBER = re.compile(r"(?<![\w.])(?<!\w-)\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w]*\d)")
POSITIONAL = re.compile(
    r"\b(?:all|none|both|neither|any) of the (?:above|below|other)|\b(?:above|below|first|last) option", re.I
)
CONTROL_WORD = re.compile(r"\\[A-Za-z]+")


def check(bank: ParsedBank, exercises: Collection[str] | None = None) -> list[BankError]:
    """Everything that breaks a rule; `exercises` are the known slugs (None: not checked)."""
    slugs = {content.slug for content in bank.questions}
    errors: list[BankError] = []
    for content in bank.questions:
        errors += _check_question(_file(bank, content), content, slugs, exercises)
    errors += _near_duplicates(bank)
    return sorted(errors, key=lambda error: (error.file, error.line))


def _check_question(
    file: str, content: Content, slugs: Collection[str], exercises: Collection[str] | None
) -> Iterable[BankError]:
    yield from (BankError(file, 0, "Answer", text) for text in bare_numbers(content))
    if content.kind != "open" and not content.pitfalls:
        yield BankError(file, 0, "Pitfalls", "a section “## Pitfalls” is expected")
    for slug in content.related:
        if slug not in slugs or slug == content.slug:
            yield BankError(
                file, 0, "related", f"another question of this bank is expected, “{slug}” is none"
            )
    for slug in content.exercises:
        if exercises is not None and slug not in exercises:
            yield BankError(file, 0, "exercises", f"there is no exercise “{slug}”")
    for i, option in enumerate(content.spec.get("options", []), 1):
        if POSITIONAL.search(option["text"]):
            yield BankError(
                file, 0, f"options[{i}].text", "options are shuffled, so none may refer to another's place"
            )
    if "variant" in content.spec:
        for problem in instances.problems(content, SEEDS):
            yield BankError(file, 0, problem.field, problem.expected)
    yield from _round_trip(file, content)


def _round_trip(file: str, content: Content) -> Iterable[BankError]:
    try:
        if format.parse(file, format.dump(content).encode()) != content:
            yield BankError(file, 0, "", "does not come back the same when it is written and read again")
    except BankErrors as errors:
        yield from errors


def bare_numbers(content: Content) -> list[str]:
    """Numbers of two digits or more in the worked answer that are neither asked, given nor computed."""
    known = _numbers(_asked(content)) | {_plain(str(number)) for number in content.given}
    known |= {token for number in content.given for token in _numbers(str(number))}
    found = []
    for _, line in outside_fences(content.worked_answer)[0]:
        if not line.lstrip().startswith("#"):
            found += [token for token in _tokens(line) if _plain(token) not in known]
    return [
        f"the number {token} is neither in the prompt nor in “given”: compute it with {{= }} or list it there"
        for token in dict.fromkeys(found)
    ]


def _asked(content: Content) -> str:
    return f"{content.prompt}\n{KINDS[content.kind].visible_text(content.spec)}"


def _numbers(text: str) -> set[str]:
    return {_plain(token) for token in _tokens(text)}


def _tokens(text: str) -> list[str]:
    """Numbers of two digits or more, without parts of names (ResNet-50, float32)."""
    text = CONTROL_WORD.sub(" ", INSERT.sub(" ", text))
    text = re.sub(r"(?<=\d)\s*[x×]\s*(?=\d)", " × ", text).replace("{,}", ",").replace("\\,", "")
    tokens = [match[0].rstrip(",") for match in NUMBER.finditer(text)]
    return [token for token in tokens if sum(map(str.isdigit, token)) >= 2]


def _plain(token: str) -> str:
    """The same text for 1,024 and 1024, and for 0.10 and 0.1."""
    try:
        return f"{float(token.replace(',', '')):.12g}"
    except ValueError:
        return token


def _near_duplicates(bank: ParsedBank) -> list[BankError]:
    runs = [(content, _runs(_asked(content))) for content in bank.questions]
    errors = []
    for index, (content, mine) in enumerate(runs):
        for other, theirs in runs[:index]:
            if mine and len(mine & theirs) >= ALIKE * len(mine | theirs):
                text = f"asks nearly the same as {other.topic}/{other.slug}: keep one, or make them differ"
                errors.append(BankError(_file(bank, content), 0, "prompt", text))
    return errors


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))} if words else set()


def _file(bank: ParsedBank, content: Content) -> str:
    return f"{bank.slug}/{content.topic}/{content.slug}.md"


def known_exercises(catalogue: Path) -> set[str]:
    """The exercises' slugs: the folders of the catalogue."""
    return {path.parent.name for path in catalogue.glob("*/exercise.toml")}
