"""Small banks as uploads."""

import io
import stat
import zipfile

QUESTION = """---
title: Does pooling have weights?
kind: true-false
level: junior
answer: {value: false}
why: It only summarises.
---
Pooling layers have weights.

## Hint

What would they learn?

## Answer

No.

## Pitfalls

- **Confusing it with a strided convolution**: that has weights.
"""

CHOICE = """---
title: What max pooling keeps
kind: single-choice
level: mid
tags: [pooling]
options:
  - {text: The largest value, correct: true, why: By definition.}
  - {text: The mean, correct: false, why: That is average pooling.}
---
What does it keep?

## Hint

Read the name.

## Answer

The largest value.

## Pitfalls

- **The mean**: another layer.
"""

BANK = {
    "small/bank.yaml": "title: Small bank\ndescription: Two questions.\n",
    "small/pooling/topic.yaml": "title: Pooling\norder: 3\n",
    "small/pooling/pooling-weights.md": QUESTION,
    "small/pooling/max-keeps.md": CHOICE,
}


def zipped(files: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_link(target: str) -> bytes:
    """A zip that holds a symbolic link beside a good bank."""
    out = io.BytesIO(zipped(BANK))
    with zipfile.ZipFile(out, "a") as archive:
        entry = zipfile.ZipInfo("small/pooling/link.md")
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, target)
    return out.getvalue()
