"""One small valid question of every kind, as the fields of a file, and a bank made of them."""

from typing import Any

from quizbank import format
from quizbank.content import Content, read
from quizbank.models import Bank, Question, Topic

OPTIONS = [
    {"text": "It shares weights", "correct": True, "why": "One kernel serves all positions."},
    {"text": "It has no weights", "correct": False, "why": "It has a kernel."},
    {"text": "It sees everything", "correct": False, "why": "Each unit sees a patch."},
]
KIND_FIELDS: dict[str, dict[str, Any]] = {
    "single-choice": {"options": OPTIONS},
    "multiple-choice": {
        "options": [
            {"text": "stride", "correct": True, "why": "Larger steps."},
            {"text": "pooling", "correct": True, "why": "It summarises."},
            {"text": "bias", "correct": False, "why": "A shift changes no size."},
            {"text": "activation", "correct": False, "why": "Works by element."},
        ]
    },
    "true-false": {"answer": {"value": True}, "why": "Max pooling has no parameters at all."},
    "numeric": {"answer": {"value": 73856, "unit": "parameters"}},
    "shape": {"answer": {"shape": [1, 32, 16, 16]}},
    "short-text": {
        "answer": {
            "accept": ["weight sharing", "parameter sharing"],
            "accept_pattern": ["shar(ed|ing) weights?"],
        }
    },
    "ordering": {"items": ["convolution", "activation", "pooling", "classifier"]},
    "matching": {
        "pairs": [
            {"left": "detection", "right": "boxes"},
            {"left": "segmentation", "right": "a class per pixel"},
            {"left": "classification", "right": "a label"},
        ],
        "distractors": ["a caption"],
    },
    "open": {
        "rubric": [{"point": "locality", "weight": 2}, {"point": "sharing"}, {"point": "hierarchy"}],
        "follow_ups": {"senior": ["What about attention?"]},
    },
}
VARIANT: dict[str, Any] = {
    "kind": "shape",
    "prompt": "A {= n } x {= n } image, kernel {= k }, stride {= s }. Size?",
    "worked_answer": "So {= out } x {= out }.",
    "answer": {"shape": ["=out", "=out"]},
    "variant": {
        "draw": {
            "n": {"from": 16, "to": 64, "step": 8},
            "k": {"choice": [3, 5, 7]},
            "s": {"from": 1, "to": 2},
        },
        "let": {"out": "conv_output_size(n, k, stride=s)"},
        "where": "out >= 10",
        "example": {"n": 32, "k": 3, "s": 2},
    },
}


def fields(kind: str = "shape", **changes: Any) -> dict[str, Any]:
    """The unchecked data of a valid question, with changes; a change to None takes the field away."""
    data: dict[str, Any] = {
        "slug": f"a-{kind}-question",
        "topic": "basics",
        "title": f"A {kind} question",
        "kind": kind,
        "level": "junior",
        "prompt": "What is it?",
        "hints": ["Think.", "Think harder."],
        "worked_answer": "It is so because it is so.",
        "pitfalls": "- **Haste**: read first.",
        **KIND_FIELDS[kind],
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def content(kind: str = "shape", **changes: Any) -> Content:
    result, problems = read(fields(kind, **changes))
    assert problems == []
    return result


def problems(kind: str = "shape", **changes: Any) -> dict[str, str]:
    """What is wrong with the changed question, by field."""
    return {problem.field: problem.expected for problem in read(fields(kind, **changes))[1]}


def variant(**changes: Any) -> Content:
    return content(**{**VARIANT, "slug": "a-variant", **changes})


def files(*contents: Content, bank: str = "mini") -> dict[str, bytes]:
    """A bank's files."""
    contents = contents or tuple(content(kind) for kind in KIND_FIELDS)
    result = {f"{bank}/bank.yaml": b"title: A small bank\ndescription: For tests\n"}
    for topic in {one.topic for one in contents}:
        result[f"{bank}/{topic}/topic.yaml"] = (
            f"title: {topic.title()}\norder: 10\nintro: All about it.\n".encode()
        )
    return result | {f"{bank}/{c.topic}/{c.slug}.md": format.dump(c).encode() for c in contents}


def stored(one: Content) -> Question:
    """A published row of this content, in the bank `mini`."""
    bank, _ = Bank.objects.get_or_create(slug="mini", defaults={"title": "A small bank"})
    topic, _ = Topic.objects.get_or_create(slug=one.topic, defaults={"title": one.topic.title()})
    names = set(Content.__dataclass_fields__) - {"topic"}
    return Question.objects.create(bank=bank, topic=topic, **{name: getattr(one, name) for name in names})


def form_of(kind: str, raw: Any) -> dict[str, Any]:
    """What a browser sends for a raw answer."""
    if kind in ("single-choice", "multiple-choice"):
        return {"choice": raw}
    if kind == "true-false":
        return {"choice": "1" if raw else "2"}
    if kind == "ordering":
        return {f"place-{number}": place for place, number in enumerate(raw, 1)}
    if kind == "matching":
        return {f"match-{row}": number for row, number in enumerate(raw, 1)}
    if kind == "open":
        return {"answer": raw["text"], "points": raw["points"]}
    return {"answer": raw}
