"""What an instructor types into the form of a question, for each kind."""

from typing import Any

from quizbank.models import Bank, Question, Topic

Data = dict[str, Any]


def rows(field: str, *entries: Data) -> Data:
    """The inputs of a table: rows("pairs", {"left": "a", "right": "b"}) -> {"pairs-0-left": "a", ...}."""
    return {f"{field}-{i}-{name}": value for i, entry in enumerate(entries) for name, value in entry.items()}


OPTIONS = rows(
    "options",
    {"text": "A larger field of view", "correct": "on", "why": "Each output sees more pixels."},
    {"text": "Fewer weights", "why": "There are more of them."},
    {"text": "Exact invariance", "why": "No kernel size gives that."},
)
TWO_RIGHT = {**OPTIONS, "options-1-correct": "on"}

# What each kind adds to the fields that all kinds share, and the spec that comes of it.
OWN: dict[str, tuple[Data, Data]] = {
    "single-choice": (
        OPTIONS,
        {
            "options": [
                {"text": "A larger field of view", "correct": True, "why": "Each output sees more pixels."},
                {"text": "Fewer weights", "correct": False, "why": "There are more of them."},
                {"text": "Exact invariance", "correct": False, "why": "No kernel size gives that."},
            ]
        },
    ),
    "multiple-choice": (
        TWO_RIGHT,
        {
            "options": [
                {"text": "A larger field of view", "correct": True, "why": "Each output sees more pixels."},
                {"text": "Fewer weights", "correct": True, "why": "There are more of them."},
                {"text": "Exact invariance", "correct": False, "why": "No kernel size gives that."},
            ]
        },
    ),
    "true-false": (
        {"value": "false", "why": "Pooling has no weights."},
        {"answer": {"value": False}, "why": "Pooling has no weights."},
    ),
    "numeric": (
        {"value": "=3*3*64*128", "tolerance": "1%", "unit": "weights"},
        {"answer": {"value": "=3*3*64*128", "tolerance": "1%", "unit": "weights"}},
    ),
    "shape": (
        {"shape": "1, 32, =conv_output_size(32, 3), 16"},
        {"answer": {"shape": [1, 32, "=conv_output_size(32, 3)", 16]}},
    ),
    "short-text": (
        {"accept": "weight sharing\nparameter sharing", "accept_pattern": "shar(?:ed|ing) weights"},
        {
            "answer": {
                "accept": ["weight sharing", "parameter sharing"],
                "accept_pattern": ["shar(?:ed|ing) weights"],
            }
        },
    ),
    "ordering": (
        {"items": "convolution\n\n  ReLU \npooling"},
        {"items": ["convolution", "ReLU", "pooling"]},
    ),
    "matching": (
        {
            **rows(
                "pairs",
                {"left": "max", "right": "keeps the peak"},
                {"left": "mean", "right": "averages"},
                {"left": "global", "right": "one number a map"},
            ),
            "distractors": "learns weights",
        },
        {
            "pairs": [
                {"left": "max", "right": "keeps the peak"},
                {"left": "mean", "right": "averages"},
                {"left": "global", "right": "one number a map"},
            ],
            "distractors": ["learns weights"],
        },
    ),
    "open": (
        {
            **rows(
                "rubric", {"point": "names locality", "weight": "2"}, {"point": "names sharing", "weight": ""}
            ),
            "follow_ups_mid": "And for audio?\nAnd for text?",
        },
        {
            "rubric": [{"point": "names locality", "weight": 2}, {"point": "names sharing", "weight": 1}],
            "follow_ups": {"junior": [], "mid": ["And for audio?", "And for text?"], "senior": []},
        },
    ),
}


def question_data(kind: str, bank: Bank, topic: Topic, **changes: Any) -> Data:
    """A complete and valid form of a kind."""
    shared = {
        "title": f"A {kind} question",
        "slug": f"a-{kind}-question",
        "bank": bank.pk,
        "topic": topic.pk,
        "level": "junior",
        "status": "draft",
        "seconds": "45",
        "prompt": "What does a $7\\times 7$ kernel change?",
        "hint_1": "Count the pixels.",
        "hint_2": "",
        "hint_3": "",
        "worked_answer": "It sees {= 7*7 } pixels.",
        "pitfalls": "- **Fewer weights**: more.",
        "tags": "kernels, receptive-field",
        "references": "Dumoulin and Visin, A guide to convolution arithmetic, 2016",
        "related": "",
        "exercises": "",
        "covers": "",
        "given": "",
    }
    return {**shared, **OWN[kind][0], **changes}


def make_question(kind: str, bank: Bank, topic: Topic, **changes: Any) -> Question:
    """A stored question of a kind."""
    values = {
        "bank": bank,
        "topic": topic,
        "slug": f"stored-{kind}",
        "title": f"Stored {kind}",
        "kind": kind,
        "level": "mid",
        "status": "published",
        "prompt": "Why?",
        "hints": ["Think."],
        "worked_answer": "Because.",
        "spec": OWN[kind][1],
        **changes,
    }
    return Question.objects.create(**values)
