"""Formulas of a bank that KaTeX cannot read; all of them go through one process of Node."""

from collections.abc import Iterable, Iterator

from frontend import maths
from quizbank import instances, prose
from quizbank.bank_files import ParsedBank
from quizbank.content import Content
from quizbank.instances import Instance
from quizbank.problems import InstanceError

DRAWN = range(3)  # instances of a variant question beside its example
Place = tuple[str, str]  # file and field


def check(bank: ParsedBank) -> tuple[int, list[str]]:
    """How many different formulas there are, and what is wrong with some: "file: field: message"."""
    places: dict[maths.Formula, Place] = {}
    said: list[str] = []
    for place, text, inline in _texts(bank):
        for formula in maths.formulas(text, inline=inline):
            places.setdefault(formula, place)
        for command in maths.stray(text, inline=inline):
            said.append(f"{': '.join(place)}: “{command}” is shown as it stands: put $ around the formula")
    messages = maths.errors(list(places)) if places else []
    for (formula, place), message in zip(places.items(), messages, strict=True):
        if message:
            said.append(f"{': '.join(place)}: “{formula[0][:80]}”: {message}")
    return len(places), said


def _texts(bank: ParsedBank) -> Iterator[tuple[Place, str, bool]]:
    """Every text that a reader may see, once, with the numbers of some instances put in."""
    for topic in bank.topics:
        yield (f"{bank.slug}/{topic.slug}/topic.yaml", "intro"), topic.intro, False
    for one in bank.sets:
        yield (f"{bank.slug}/sets/{one.slug}.yaml", "description"), one.description, False
    for content in bank.questions:
        name = f"{bank.slug}/{content.topic}/{content.slug}.md"
        seen: set[str] = set()
        yield (name, "title"), content.title, True
        yield from (((name, f"references[{i}]"), text, True) for i, text in enumerate(content.references, 1))
        for instance in _instances(content):
            for field, text, inline in _with_maths(prose.texts(Shown(instance))):
                if text not in seen:
                    seen.add(text)
                    yield (name, field), text, inline


def _with_maths(texts: Iterable[tuple[str, str, bool]]) -> Iterator[tuple[str, str, bool]]:
    """Most texts hold neither a dollar sign nor a backslash, and rendering takes time."""
    return (entry for entry in texts if "$" in entry[1] or "\\" in entry[1])


class Shown:
    """An instance with the names that `prose.texts` reads: its texts, and its spec with the numbers in."""

    def __init__(self, instance: Instance) -> None:
        self.prompt, self.hints = instance.prompt, instance.hints
        self.worked_answer, self.pitfalls = instance.worked_answer, instance.pitfalls
        self.spec = instance.spec


def _instances(content: Content) -> Iterator[Instance]:
    """The example and some drawn ones; a template that gives none is another rule's matter."""
    try:
        yield instances.example(content)
        if "variant" in content.spec:
            yield from (instances.build(content, seed) for seed in DRAWN)
    except InstanceError:
        return
