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


def _within(profiles: set[str], slug: str, sources: list[str]) -> list[str]:
    exercise = catalogue.load(slug)
    return [source for source in sources if exercise.profile_for(source) in profiles]


def mixture(profiles: set[str], seed: int = 0) -> Iterator[Answer]:
    """An endless, always equal series of answers that run in the given profiles."""
    draw = random.Random(seed)
    sources = {
        slug: (_within(profiles, slug, right(slug)), _within(profiles, slug, wrong(slug))) for slug in SHARES
    }
    shares = {slug: share for slug, share in SHARES.items() if all(sources[slug])}
    while True:
        slug = draw.choices(list(shares), list(shares.values()))[0]
        good, bad = sources[slug]
        yield Answer(slug, draw.choice(good if draw.random() < RIGHT else bad))
