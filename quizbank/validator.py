"""What a good bank fulfils beyond being well-formed; `manage.py checkbank` and the tests ask it.

Loading accepts any well-formed bank, since an instructor must be able to save work in progress. These rules
find what would embarrass us in front of a learner: numbers that nobody computed, dead links, unknown
figures, words spelt in two ways, hints that say the answer, the same question twice.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from frontend import figures
from quizbank import drawn, format, giveaways, prose, structure
from quizbank.bank_files import ParsedBank
from quizbank.content import Content, outside_fences
from quizbank.expressions import INSERT
from quizbank.kinds import KINDS
from quizbank.problems import BankError, Problem

SEEDS = range(500)
DEEP = range(10_000)
ALIKE = 0.75  # share of common three-word runs from which two prompts are near-duplicates
MIN_RUNS = 6  # shorter prompts such as “What is shown?” say nothing
NUMBER = re.compile(r"(?<![\w.])(?<!\w-)\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w]*\d)")
POSITIONAL = re.compile(
    r"\b(?:all|none|both|neither|any) of the (?:above|below|other)|\b(?:above|below|first|last) option", re.I
)
FIGURE = re.compile(r"\]\(figure:([^)\s]*)")
ALONE = re.compile(r"\s*!\[[^\]]*\]\(figure:[^)]*\)\s*")
CODE_SPAN = re.compile(r"`[^`]*`")
CONTROL_WORD = re.compile(r"\\[A-Za-z]+")


def check(
    bank: ParsedBank,
    exercises: Collection[str] | None = None,
    files: Mapping[str, bytes] | None = None,
    seeds: Sequence[int] = SEEDS,
) -> list[BankError]:
    """Everything that breaks a rule.

    `exercises` are the known slugs (None: not checked); with the bank's `files` errors name their lines;
    `seeds` are those whose instances of variant questions are tried out.
    """
    slugs = {content.slug for content in bank.questions}
    found = [
        (content, problem) for content in bank.questions for problem in _problems(content, slugs, exercises)
    ]
    found += _drawn(bank, seeds)
    found += _near_duplicates(bank)
    found += _words(bank, slugs, exercises)
    errors = [*structure.of_topics(bank, files), *structure.of_sets(bank)]
    errors += [BankError(f"{bank.slug}/bank.yaml", 0, "", text) for text in giveaways.habits(bank.questions)]
    for content, problem in found:
        name = f"{bank.slug}/{content.topic}/{content.slug}.md"
        if files is None:
            errors.append(BankError(name, 0, problem.field, problem.expected))
        else:
            errors.append(format.located(name, problem, format.lines_of(name, files[name])))
    return sorted(errors, key=lambda error: (error.file, error.line))


def _problems(
    content: Content, slugs: Collection[str], exercises: Collection[str] | None
) -> Iterator[Problem]:
    yield from _bare_numbers(content)
    yield from _unknown_figures(content)
    if content.kind != "open" and not content.pitfalls:
        yield Problem("pitfalls", "a section “## Pitfalls” is expected")
    for i, slug in enumerate(content.related, 1):
        if slug not in slugs or slug == content.slug:
            yield Problem(f"related[{i}]", f"another question of this bank is expected, “{slug}” is none")
    for i, slug in enumerate(content.exercises, 1):
        if exercises is not None and slug not in exercises:
            yield Problem(f"exercises[{i}]", f"there is no exercise “{slug}”")
    for i, option in enumerate(content.spec.get("options", []), 1):
        if POSITIONAL.search(option["text"]):
            yield Problem(f"options[{i}].text", "options are shuffled, so none may refer to another's place")
    yield from giveaways.hint_problems(content)
    yield from _round_trip(content)


def _drawn(bank: ParsedBank, seeds: Sequence[int]) -> Iterator[tuple[Content, Problem]]:
    """Bad instances of variant questions; thousands of seeds are shared out among the processors."""
    variants = [content for content in bank.questions if "variant" in content.spec]
    if len(seeds) <= len(SEEDS):
        found: Iterable[list[Problem]] = (drawn.problems(content, seeds) for content in variants)
    else:
        with ProcessPoolExecutor() as pool:
            found = list(pool.map(partial(drawn.problems, seeds=seeds), variants))
    for content, problems in zip(variants, found, strict=True):
        yield from ((content, problem) for problem in problems)


def _words(
    bank: ParsedBank, slugs: Collection[str], exercises: Collection[str] | None
) -> Iterator[tuple[Content, Problem]]:
    """Spelling, pictures and links of all questions."""
    is_known = prose.link_checker(slugs, {topic.slug for topic in bank.topics}, exercises)
    for content in bank.questions:
        for field, text in prose.of_question(content):
            yield from ((content, problem) for problem in prose.problems(field, text, is_known))


def _round_trip(content: Content) -> Iterator[Problem]:
    name = f"bank/{content.topic}/{content.slug}.md"
    again, errors = format.attempt(name, format.dump(content).encode())
    if errors or again != content:
        reasons = "; ".join(map(str, errors))
        yield Problem("", f"does not come back the same when it is written and read again. {reasons}".strip())


def unknown_figures(content: Content) -> list[str]:
    """What is wrong with the figures that the texts name."""
    return [problem.expected for problem in _unknown_figures(content)]


def bare_numbers(content: Content) -> list[str]:
    """Numbers of two digits or more in the worked answer that are neither asked, given nor computed."""
    return [problem.expected for problem in _bare_numbers(content)]


def _bare_numbers(content: Content) -> list[Problem]:
    known = _numbers(_asked(content)) | {_plain(str(number)) for number in content.given}
    known |= {token for number in content.given for token in _numbers(str(number))}
    found: dict[str, int] = {}
    for offset, line in outside_fences(content.worked_answer)[0]:
        if not line.lstrip().startswith("#"):
            for token in _tokens(line):
                if _plain(token) not in known:
                    found.setdefault(token, offset)
    message = "the number {} is neither in the prompt nor in “given”: compute it with {{= }} or list it there"
    return [Problem("worked_answer", message.format(token), offset) for token, offset in found.items()]


def figures_of(text: str) -> list[tuple[int, str]]:
    """The figures that a text names outside of code, with their lines counted from 0."""
    lines = outside_fences(text)[0]
    return [(offset, name) for offset, line in lines for name in FIGURE.findall(CODE_SPAN.sub("", line))]


def texts_of(content: Content) -> dict[str, str]:
    """The texts of a question that may show figures, by field."""
    hints = {f"hints[{i}]": hint for i, hint in enumerate(content.hints, 1)}
    texts = {"prompt": content.prompt, "worked_answer": content.worked_answer, "pitfalls": content.pitfalls}
    return texts | hints


def _unknown_figures(content: Content) -> Iterator[Problem]:
    for field, text in texts_of(content).items():
        for offset, name in figures_of(text):
            if name not in figures.names():
                near = get_close_matches(name, figures.names(), 1)
                meant = f", “{near[0]}” is meant?" if near else ""
                yield Problem(field, f"there is no figure “{name}”{meant}", offset)
            elif not _stands_alone(text.split("\n"), offset):
                message = f"the figure “{name}” is expected on a line of its own between blank lines"
                yield Problem(field, message, offset)


def _stands_alone(lines: list[str], offset: int) -> bool:
    around = lines[max(offset - 1, 0) : offset] + lines[offset + 1 : offset + 2]
    return bool(ALONE.fullmatch(lines[offset])) and not any(line.strip() for line in around)


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


def _near_duplicates(bank: ParsedBank) -> list[tuple[Content, Problem]]:
    runs = [(content, _runs(_asked(content))) for content in bank.questions]
    found = []
    for index, (content, mine) in enumerate(runs):
        for other, theirs in runs[:index]:
            if len(mine) >= MIN_RUNS and len(mine & theirs) >= ALIKE * len(mine | theirs):
                text = f"asks nearly the same as {other.topic}/{other.slug}: keep one, or make them differ"
                found.append((content, Problem("prompt", text)))
    return found


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))} if words else set()


def known_exercises(catalogue: Path) -> set[str]:
    """The exercises' slugs: the folders of the catalogue."""
    return {path.parent.name for path in catalogue.glob("*/exercise.toml")}
