"""Spelling of the field's terms, alternative texts, links, giveaways, order of topics, coverage, formulas."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from frontend import maths
from quizbank import bank_files, coverage, formulas, giveaways, prose, validator
from quizbank.problems import BankErrors
from tests.conftest import require_or_skip
from tests.quizbank.samples import OPTIONS, content, files, variant
from tests.quizbank.test_loading import write


def broken(*contents, changed=None, exercises=None):
    given = files(*contents) | (changed or {})
    bank = bank_files.read_bank(given)
    return [str(error) for error in validator.check(bank, exercises, given)]


# Spelling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Back-propagation is slow", "“backpropagation”"),
        ("back propagated", "“backpropagated”"),
        ("a fine tuned net", "“fine-tune, fine-tuned, fine-tuning”"),
        ("finetuning it", "“fine-tune, fine-tuned, fine-tuning”"),
        ("a pre-trained net", "“pretrained”"),
        ("the dataset", "“data set”"),
        ("batch normalization", "“batch normalisation, or batch norm”"),
        ("Regularization helps", "“Regularisation”"),
        ("the optimizers", "“optimisers”"),
        ("a color image", "“colour”"),
        ("its neighbors", "“neighbours”"),
        ("the center", "“centre”"),
        ("in pytorch", "“PyTorch”"),
        ("With Numpy", "“NumPy”"),
        ("a Relu", "“ReLU”"),
        ("two resnets", "“ResNet”"),
        ("an unet", "“U-Net”"),
        ("nonlinear", "“non-linear”"),
        ("cross entropy", "“cross-entropy”"),
        ("multiply-adds", "“multiply-accumulate(s)”"),
        ("up-sampling", "“upsampling”"),
    ],
)
def test_other_spellings_of_a_term_are_found(text, expected):
    assert [right for _, right in prose.misspelt(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Backpropagation, fine-tuning, pretrained, mini-batch, data sets, overfitting, hyperparameters.",
        "Batch normalisation, batch norm, PyTorch, NumPy, ReLUs, ResNet-50, U-Nets, softmax, GPUs, FLOPs.",
        "Colours of neighbouring pixels in the centre; behaviour; a favourite, a centimetre, sizes.",
        "It is `torch.optim.SGD` with `batchnorm` in `pytorch`.",
        "$\\mathrm{relu}(x)$ and {= conv_output_size(32, 3) } and torch.nn.functional.relu",
        "The paper *Batch Normalization: Accelerating Deep Network Training* and “Visualizing networks”.",
        "See [the page](https://pytorch.org/docs/optimizer).",
        "```python\nimport numpy as np  # the center\n```",
    ],
)
def test_right_spellings_code_formulas_titles_and_addresses_are_fine(text):
    assert list(prose.problems("prompt", text, lambda target: "")) == []


def test_the_error_names_the_line_of_the_word():
    answer = "First.\n\nThen the optimizer.\n"
    (error,) = broken(content("shape", worked_answer=answer))
    text = files(content("shape", worked_answer=answer))["mini/basics/a-shape-question.md"].decode()
    line = text.split("\n").index("Then the optimizer.") + 1
    assert error == (
        f"mini/basics/a-shape-question.md:{line}: Answer: “optimizer” is spelt “optimiser” in this project"
    )


def test_every_text_of_a_question_is_read():
    options = [{**OPTIONS[0], "why": "An optimizer."}, {**OPTIONS[1], "text": "A color"}, OPTIONS[2]]
    one = content("single-choice", options=options, title="Numpy", hints=["The center."], pitfalls="- a Relu")
    assert len(broken(one)) == 5
    rubric = [{"point": "the color"}, {"point": "sharing"}, {"point": "hierarchy"}]
    follow_ups = {"senior": ["And the optimizer?"]}
    assert len(broken(content("open", rubric=rubric, follow_ups=follow_ups))) == 2
    pairs = [{"left": f"l{i}", "right": "a color" if i == 1 else f"r{i}"} for i in range(3)]
    assert len(broken(content("matching", pairs=pairs, distractors=["the center"]))) == 2


# Pictures and links


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("![](/static/x.png)", "a picture needs alternative text"),
        ("<img src=/x.png>", "HTML is shown as text"),
        ("[here](/questions/nowhere/)", "there is no such page under /questions/"),
        ("[here](/topics/nowhere/)", "there is no such page under /topics/"),
        ("[here](/exercises/nowhere/)", "there is no such page under /exercises/"),
        ("[here](nowhere)", "is expected"),
        ("[here](http://pytorch.org/)", "begins with https://"),
        ("[here](javascript:alert(1))", "is expected"),
        ("[here]()", "is expected"),
    ],
)
def test_dead_links_and_pictures_without_words_are_found(text, said):
    (error,) = broken(content("shape", worked_answer=text), exercises={"conv2d"})
    assert said in error


@pytest.mark.parametrize(
    "text",
    [
        "![a grid](/static/x.png)",
        "[here](/questions/a-shape-question/)",
        "[here](/topics/basics/) and [there](/exercises/conv2d/#top)",
        "[here](https://pytorch.org/docs/stable/index.html)",
        "`[here](nowhere)` and `<img>`",
        "```text\n![](x)\n```",
    ],
)
def test_good_links_and_pictures_are_fine(text):
    assert broken(content("shape", worked_answer=text), exercises={"conv2d"}) == []


# Giveaways


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("numeric", "Is it 73,856?"),
        ("numeric", "That makes $= 73856$."),
        ("shape", "It is (1, 32, 16, 16)."),
        ("shape", "It is $1 \\times 32 \\times 16 \\times 16$."),
        ("short-text", "It is called Weight Sharing."),
        ("single-choice", "Well: it shares weights."),
    ],
)
def test_a_hint_that_says_the_answer_is_found(kind, hint):
    (error,) = broken(content(kind, hints=["Think.", hint]))
    assert "hints[2]: gives the answer away" in error


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("numeric", "More than 73,000, and 738560 is too many."),
        ("shape", "The sides are halved: 32 becomes 16."),
        ("short-text", "The weights are used again, which is a kind of sharing."),
        ("single-choice", "Count its weights."),
    ],
)
def test_a_hint_that_leads_there_is_fine(kind, hint):
    assert broken(content(kind, hints=[hint])) == []


def test_a_variant_gives_itself_away_only_if_it_always_does():
    assert broken(variant(hints=["Perhaps 15 x 15?"])) == []
    assert "gives the answer away" in broken(variant(hints=["It is {= out } x {= out }."]))[0]


def choices(longest: int, count: int = 20):
    """So many single-choice questions, in some of which the right option is the longest."""
    topics = ["kernels", "strides", "pads", "pools", "maps"]
    for i in range(count):
        right = "the right one, which is said at length" if i < longest else "right"
        options = [
            {"text": right, "correct": True},
            *({"text": f"wrong {k}{'!' * i}", "correct": False, "why": "No."} for k in range(3)),
        ]
        prompt = f"Number {i} asks about {topics[i % 5]}: {'which ' * (i + 1)}?"
        yield content(
            "single-choice", slug=f"choice-{i}", title=f"Choice {i}", prompt=prompt, options=options
        )


def test_right_options_that_are_longest_by_habit_are_found():
    assert not any("is the longest" in error for error in broken(*choices(8)))
    (error,) = [error for error in broken(*choices(9)) if "is the longest" in error]
    assert error.startswith("mini/bank.yaml: in 9 of 20 single-choice questions (45%)")


def test_one_of_two_equally_long_options_is_not_the_longest():
    options = [{"text": "abc", "correct": True}, {"text": "xyz", "why": "No."}, {"text": "x", "why": "No."}]
    assert giveaways.lengths([content("single-choice", options=options)], "single-choice").longest == 0


# Topics


def topic(order: int, prerequisites: str = "", intro: str = "About it.") -> bytes:
    return f"title: A topic\norder: {order}\nintro: {intro}\nprerequisites: [{prerequisites}]\n".encode()


def test_a_topic_comes_after_what_it_builds_on():
    contents = content("shape", topic="one"), content("open", topic="two")
    good = {"mini/one/topic.yaml": topic(10), "mini/two/topic.yaml": topic(20, "one")}
    assert broken(*contents, changed=good) == []
    cycle = {"mini/one/topic.yaml": topic(10, "two"), "mini/two/topic.yaml": topic(20, "one")}
    (error,) = broken(*contents, changed=cycle)
    assert error.startswith("mini/one/topic.yaml:4: prerequisites: “two” has the order 20")


def test_a_topic_needs_an_introduction_and_questions():
    bare = {"mini/basics/topic.yaml": topic(10, intro='""'), "mini/empty/topic.yaml": topic(20)}
    assert [error.split(": ", 1)[1] for error in broken(content("shape"), changed=bare)] == [
        "intro: an introduction is expected",
        "has no question: write one, or remove the topic",
    ]


# Sets


def test_a_set_that_finds_too_little_is_found():
    sets = {
        "mini/sets/a.yaml": b"title: A\nquestions: [nowhere]\n",
        "mini/sets/b.yaml": b"title: B\ncovers: [sizes, ghost]\n",
        "mini/sets/c.yaml": b"title: C\npick: {kinds: [shape], count: 2}\n",
        "mini/sets/d.yaml": b"title: D of the optimizer\npick: {kinds: [shape], count: 1}\n",
    }
    assert broken(content("shape", covers=["sizes"]), changed=sets) == [
        "mini/sets/a.yaml:2: questions[1]: this bank has no question “nowhere”: write its slug, "
        "or take it out",
        "mini/sets/b.yaml:2: covers[2]: no question covers “ghost”",
        "mini/sets/c.yaml:2: pick: finds 1 questions, but 2 are to be drawn",
        "mini/sets/d.yaml:1: title: “optimizer” is spelt “optimiser” in this project",
    ]


# Coverage


def checked(folder, given, listing: str | None = None, **options) -> str:
    write(folder, given)
    if listing:
        (folder / "mini" / "coverage.yaml").write_text(listing)
    out = io.StringIO()
    call_command("checkbank", str(folder), stdout=out, **options)
    return out.getvalue()


ENTRIES = "entries:\n  - {id: sizes}\n  - {id: pooling, topic: x}\n"


def test_an_unclaimed_entry_is_listed_and_an_error_once_the_list_is_complete(tmp_path):
    given = files(content("shape", covers=["sizes"]))
    assert "not covered: pooling" in checked(tmp_path, given, f"complete: false\n{ENTRIES}")
    with pytest.raises(CommandError, match=r"coverage\.yaml:4: no question covers “pooling”"):
        checked(tmp_path, given, f"complete: true\n{ENTRIES}")
    covered = files(content("shape", covers=["sizes", "pooling"]))
    assert "coverage: 2 of 2" in checked(tmp_path, covered, f"complete: true\n{ENTRIES}")


def test_a_claim_of_an_entry_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(CommandError, match=r"coverage\.yaml has no “ghost”"):
        checked(tmp_path, files(content("shape", covers=["ghost"])), ENTRIES)


@pytest.mark.parametrize(
    "text", ["entries: []", "entries: [x]", "entries:\n  - {id: A B}", "[", "complete: 1"]
)
def test_a_broken_list_is_an_error(tmp_path, text):
    (tmp_path / "coverage.yaml").write_text(text)
    with pytest.raises(BankErrors):
        coverage.read(tmp_path / "coverage.yaml")


def test_the_shipped_list_has_every_entry_once():
    listed = coverage.read(Path(__file__).parents[2] / "quizbank/banks/cnn/coverage.yaml")
    assert len(listed.entries) == 208


# Formulas


@pytest.fixture
def katex():
    require_or_skip(maths.is_available(), "Node")


def formula_errors(*contents) -> list[str]:
    return formulas.check(bank_files.read_bank(files(*contents)))[1]


def test_formulas_that_katex_cannot_read_are_found(katex):
    (error,) = formula_errors(content("shape", worked_answer="So $\\frac{1}{$ and $x^2$."))
    assert error.startswith("mini/basics/a-shape-question.md: worked_answer: “\\frac{1}{”: KaTeX parse error")
    bad = "$$\n\\undefined{x}\n$$"
    assert "Undefined control sequence" in formula_errors(content("shape", prompt=bad))[0]
    options = [{**OPTIONS[0], "why": "$a^^b$"}, {**OPTIONS[1], "text": "$\\sqrt{$"}, OPTIONS[2]]
    assert len(formula_errors(content("single-choice", options=options))) == 2


def test_formulas_are_typeset_with_the_numbers_of_drawn_instances(katex):
    assert formula_errors(variant(hints=["$\\frac{ {= n } }{ {= k } }$"])) == []
    assert "KaTeX" in formula_errors(variant(hints=["$\\frac{ {= n } }{$"]))[0]


def test_a_command_outside_of_dollar_signs_is_found(katex):
    (error,) = formula_errors(
        content("shape", worked_answer="The \\frac{1}{2} of it, `\\n` not, $\\pi$ not.")
    )
    assert "“\\frac” is shown as it stands" in error


def test_katex_reads_good_formulas(katex):
    good = [
        "x^2",
        "\\left\\lfloor \\frac{n + 2p - k}{s} \\right\\rfloor + 1",
        "\\begin{pmatrix} 1 & 2 \\end{pmatrix}",
    ]
    assert maths.errors([(tex, display) for tex in good for display in (True, False)]) == [""] * 6


def test_without_node_checkbank_says_so_or_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(maths, "node", lambda: None)
    assert "formulas are not typeset: Node is missing" in checked(tmp_path, files(content("shape")))
    with pytest.raises(CommandError, match="formulas are not typeset: Node is missing"):
        checked(tmp_path, files(content("shape")), need_node=True)
