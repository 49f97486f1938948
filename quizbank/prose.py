"""The words of a bank: every text that readers see, and what is wrong with its spelling, pictures and links.

The field's terms have one spelling each, so that a search finds them and a learner meets one name for one
thing. Code, formulas, addresses and the titles of papers are left as they are.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from quizbank.content import Content, outside_fences
from quizbank.expressions import INSERT
from quizbank.problems import Problem

CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S)
MATHS = re.compile(r"\$\$.*?\$\$|\$(?!\s)(?:\\.|[^$\\\n])+?\$", re.S)
IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]*)[^)]*\)")
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]*)[^)]*\)")
TITLE = re.compile(r"“[^”]*”|\*[A-Z][^*\n]{12,}\*")  # a quotation, or the title of a paper
ADDRESS = re.compile(r"https?://\S+|<[^>\s]+>")
HTML_IMAGE = re.compile(r"<img\b", re.I)

# What is written, in any case -> the spelling of this project.
SPELLINGS: Mapping[str, str] = {
    r"back[- ]propagat(\w+)": r"backpropagat\1",
    r"fine ?tun(ed?|es|ing)|fine tun(ed?|es|ing)": "fine-tune, fine-tuned, fine-tuning",
    r"pre-train(\w*)": r"pretrain\1",
    r"mini ?batch(es)?": "mini-batch",
    r"dataset(s?)": r"data set\1",
    r"soft-max": "softmax",
    r"drop-out": "dropout",
    r"over-fit(\w*)": r"overfit\1",
    r"hyper-parameter(s?)": r"hyperparameter\1",
    r"(up|down)-(sampl\w+)": r"\1\2",
    r"multiply accumulates?|multiply-adds?": "multiply-accumulate(s)",
    r"cross entropy": "cross-entropy",
    r"non ?linear(\w*)": r"non-linear\1",
    r"encoder decoder": "encoder-decoder",
    r"batch ?normalization|batchnorm": "batch normalisation, or batch norm",
    r"convnets?": "CNN",
    r"(\w*(?:normal|regular|initial|optim|quant|general|local|visual)i)z(\w+)": r"\1s\2",
    r"(minimi|maximi|penali|discreti|summari)z(\w+)": r"\1s\2",
    r"(colo|behavio|neighbo|favo|flavo)r(\w*)": r"\1ur\2",
    r"center(s|ed|ing)?": "centre",
    r"analyz(\w+)": r"analys\1",
    r"labeled|labeling": "labelled, labelling",
    r"modeled|modeling": "modelled, modelling",
    r"gray(scale)?": r"grey\1",
}
# Names, whose capitals matter.
NAMES = (
    *("PyTorch", "NumPy", "TensorFlow", "Keras", "ReLU", "GELU", "SiLU", "ELU", "ImageNet", "ResNet"),
    *("AlexNet", "GoogLeNet", "LeNet", "MobileNet", "EfficientNet", "DenseNet", "U-Net", "Grad-CAM"),
    *("CUDA", "cuDNN", "ONNX", "TensorRT", "TorchScript", "CIFAR-10", "MNIST", "FLOPs", "MACs", "GPU"),
    *("CPU", "IoU", "RoI", "FPN", "ASPP", "SGD", "AdamW", "GAN", "DQN", "CNN", "RNN", "LSTM", "YOLO", "VGG"),
)
MISSPELT = {
    **{name.lower().replace("-", ""): name for name in NAMES},
    **{name.lower(): name for name in NAMES},
}
LOWER_CASE_WORDS = {"gan", "elu", "macs", "roi"}  # parts of other words and names, when in lower case
BEFORE, AFTER = r"(?<![\w.\-/])", r"(?![\w\-]*/|\w)"
VARIANT = re.compile(f"{BEFORE}(?:{'|'.join(f'(?:{wrong})' for wrong in SPELLINGS)}){AFTER}", re.I)
EACH = [(re.compile(wrong, re.I), right) for wrong, right in SPELLINGS.items()]
WORD = re.compile(r"(?<![\w./#-])[A-Za-z][\w-]*")

SPEC_TEXTS = ("text", "why", "point", "left", "right")


def texts(content: Any) -> Iterator[tuple[str, str, bool]]:
    """(field, Markdown, whether it is one line) of everything a reader sees of a question or an instance."""
    yield "prompt", content.prompt, False
    yield from ((f"hints[{i}]", hint, False) for i, hint in enumerate(content.hints, 1))
    yield "worked_answer", content.worked_answer, False
    yield "pitfalls", content.pitfalls, False
    yield from spec_texts(content.spec)


def spec_texts(spec: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """The texts of a kind's own fields: options, items, pairs, points, follow-ups."""
    for field in ("options", "pairs", "rubric"):
        for i, entry in enumerate(spec.get(field, []), 1):
            yield from (
                (f"{field}[{i}].{name}", str(entry[name]), name != "why")
                for name in SPEC_TEXTS
                if entry.get(name)
            )
    for field in ("items", "distractors"):
        yield from ((f"{field}[{i}]", str(text), True) for i, text in enumerate(spec.get(field, []), 1))
    for level, asked in spec.get("follow_ups", {}).items():
        yield from ((f"follow_ups.{level}[{i}]", text, True) for i, text in enumerate(asked, 1))
    if spec.get("why"):
        yield "why", spec["why"], False


def words_only(text: str) -> str:
    """A text of the same length and lines in which only prose is left."""
    kept = {number for number, _ in outside_fences(text)[0]}
    lines = [line if number in kept else "" for number, line in enumerate(text.split("\n"))]
    prose = "\n".join(lines)
    for pattern in (INSERT, CODE_SPAN, MATHS, ADDRESS, TITLE):
        prose = pattern.sub(_blank, prose)
    return IMAGE.sub(_only_text, LINK.sub(_only_text, prose))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _only_text(match: re.Match[str]) -> str:
    return match[1] + re.sub(r"[^\n]", " ", match[0][len(match[1]) :])


def problems(field: str, text: str, is_known: Callable[[str], str]) -> Iterator[Problem]:
    """What is wrong with the words, pictures and links of one text."""
    for offset, line in enumerate(words_only(text).split("\n")):
        for wrong, right in misspelt(line):
            yield Problem(field, f"“{wrong}” is spelt {right} in this project", offset)
    for offset, line in outside_fences(text)[0]:
        bare = CODE_SPAN.sub(_blank, line)
        if HTML_IMAGE.search(bare):
            yield Problem(field, "HTML is shown as text: write ![what it shows](address)", offset)
        for image in IMAGE.finditer(bare):
            if not image["alt"].strip() and not image["target"].startswith("figure:"):
                yield Problem(field, "a picture needs alternative text: ![what it shows](address)", offset)
        for link in LINK.finditer(bare):
            if expected := is_known(link["target"]):
                yield Problem(field, f"the link to “{link['target'][:60]}” is dead: {expected}", offset)


def misspelt(line: str) -> Iterator[tuple[str, str]]:
    """(what is written, what is expected) for each term of the field that is spelt otherwise."""
    for match in VARIANT.finditer(line):
        pattern, right = next((p, r) for p, r in EACH if p.fullmatch(match[0]))
        expected = pattern.sub(right, match[0]) if "\\" in right else right
        if expected != match[0]:
            yield match[0], f"“{expected}”"
    for match in WORD.finditer(line):
        word = match[0].rstrip("-")
        plural = word[:-1] if word.endswith("s") else word
        for form in (word, plural):
            right = MISSPELT.get(form.lower(), form)
            if right != form and not (form.islower() and form in LOWER_CASE_WORDS):
                yield word, f"“{right}”"
                break
            if form.lower() in MISSPELT:
                break


def link_checker(
    questions: Collection[str], topics: Collection[str], exercises: Collection[str] | None
) -> Any:
    """Says what is expected of a link's target, nothing where the link leads somewhere."""
    known = {"questions": questions, "topics": topics, "exercises": exercises}

    def expected(target: str) -> str:
        if re.fullmatch(r"https://[\w.-]+\.[a-z]{2,}(?:[/?#]\S*)?", target):
            return ""
        if target.startswith(("http:", "https:")):
            return "a whole address that begins with https:// is expected"
        place = re.fullmatch(r"/(questions|topics|exercises)/([a-z0-9-]+)/(?:#.*)?", target)
        if place is None:
            return "https://..., /questions/<slug>/, /topics/<slug>/ or /exercises/<slug>/ is expected"
        slugs = known[place[1]]
        return "" if slugs is None or place[2] in slugs else f"there is no such page under /{place[1]}/"

    return expected


def of_question(content: Content) -> Iterator[tuple[str, str]]:
    """(field, text) of a question's prose, its title included."""
    yield "title", content.title
    yield from ((field, text) for field, text, _ in texts(content))
