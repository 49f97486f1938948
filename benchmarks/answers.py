"""What learners send: right answers and typical mistakes, mostly to the short NumPy exercises."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exercises import catalogue

MORE_RIGHT_ANSWERS = Path(__file__).resolve().parent.parent / "tests" / "exercises" / "right_answers"
SHARES = {
    "conv2d-batch": 30,
    "conv2d-single-filter": 25,
    "max-pool2d": 20,
    "output-shape": 15,
    "bn-eval-mode-bug": 10,  # PyTorch
}
RIGHT = 0.6


@dataclass(frozen=True)
class Answer:
    exercise: str
    source: str


def right(slug: str) -> list[str]:
    """The model answers and others that are as good."""
    others = sorted((MORE_RIGHT_ANSWERS / slug).glob("*.py"))
    return [item.source for item in catalogue.load(slug).solutions] + [path.read_text() for path in others]


def wrong(slug: str) -> list[str]:
    return [item.source for item in catalogue.load(slug).mistakes]


def mixture(profiles: set[str], seed: int = 0) -> Iterator[Answer]:
    """An endless, always equal series of answers to exercises of the given profiles."""
    draw = random.Random(seed)
    shares = {slug: share for slug, share in SHARES.items() if catalogue.load(slug).profile in profiles}
    sources = {slug: (right(slug), wrong(slug)) for slug in shares}
    while True:
        slug = draw.choices(list(shares), list(shares.values()))[0]
        good, bad = sources[slug]
        yield Answer(slug, draw.choice(good if draw.random() < RIGHT else bad))
