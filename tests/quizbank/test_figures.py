"""The committed figures are what the code draws, accessible, small, and agree with torch."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from exercises.reference.arithmetic import conv_output_size
from frontend import figures
from quizbank import validator
from quizbank.figures import measure, registry
from quizbank.figures.detection import iou
from quizbank.figures.draw import Drawing
from tests.quizbank.bank_code import BANK, questions

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in registry.FOLDER.glob("*.svg"))
STYLES = (ROOT / "frontend" / "src" / "css" / "figures.css").read_text()


def text_of(name):
    return (registry.FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def numbers_in(name):
    return re.findall(r"-?\d+(?:\.\d+)?", figures.find(name).alternative.replace("−", "-"))


def rows_of(values):
    return "; ".join(" ".join(str(int(v)).replace("-", "−") for v in row) for row in values)


def test_files_are_what_the_code_draws():
    assert list(registry.stale()) == []


def test_a_changed_and_a_leftover_file_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    assert len(registry.write()) == len(NAMES)
    (tmp_path / "conv-basic.svg").write_text("other")
    (tmp_path / "left-over.svg").write_text("other")
    assert list(registry.stale()) == [
        "conv-basic.svg is not what the code draws",
        "left-over.svg: no code draws it",
    ]
    assert {path.name for path in registry.write()} == {"conv-basic.svg", "left-over.svg"}


def test_there_are_many():
    assert len(NAMES) >= 30


def test_two_figures_of_one_name_are_refused():
    registry.figures()
    with pytest.raises(ValueError, match="two figures are called conv-basic"):
        registry.figure("conv-basic", "Again")(lambda sheet: "")


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_small_accessible_and_carries_no_style(name):
    text = text_of(name)
    assert len(text.encode()) < 40_000
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|\sid=|href", text)
    found = figures.find(name)
    assert 10 <= len(found.title) <= 70
    assert 60 <= len(found.alternative) <= 700
    assert found.alternative.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_every_class_is_in_the_style_sheet(name):
    used = {one for listed in re.findall(r'class="([^"]*)"', text_of(name)) for one in listed.split()}
    assert {one for one in used if not re.search(rf"\.{one}\b(?!-)", STYLES)} == set()


@pytest.mark.parametrize("name", NAMES)
def test_shapes_stay_on_the_sheet(name):
    root = ElementTree.fromstring(text_of(name))
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    assert width == 320
    for shape in root:
        points = [list(map(float, p.split(","))) for p in shape.attrib.get("points", "").split()]
        if shape.tag.endswith("rect"):
            x, y, w, h = (float(shape.attrib[key]) for key in ("x", "y", "width", "height"))
            points = [[x, y], [x + w, y + h]]
        for x, y in points:
            assert -0.5 <= x <= width + 0.5, (shape.attrib, x)
            assert -0.5 <= y <= height + 0.5, (shape.attrib, y)


def used():
    topics = sorted(path.name for path in BANK.iterdir() if path.is_dir())
    return {
        name
        for content in questions(*topics)
        for text in validator.texts_of(content).values()
        for _, name in validator.figures_of(text)
    }


def test_every_figure_is_shown_by_a_question_and_every_shown_one_exists():
    assert used() == set(NAMES)


def test_negative_zero_and_long_fractions_do_not_reach_the_file():
    sheet = Drawing()
    sheet.rect(-0.01, 1 / 3, 2, 1, "cell")
    assert 'x="0" y="0.3"' in sheet.svg("T", "A")


def test_texts_are_escaped():
    sheet = Drawing()
    sheet.left(0, 0, "a < b & c")
    assert "a &lt; b &amp; c" in sheet.svg("<b>", '"&"')


# The numbers, worked out a second time.


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "side", "options"),
    [
        ("conv-basic", 5, {}),
        ("conv-stride-2", 7, {"stride": 2}),
        ("conv-padding-1", 4, {"padding": 1}),
        ("conv-dilation-2", 7, {"dilation": 2}),
    ],
)
def test_convolutions_agree_with_torch(name, side, options):
    torch = pytest.importorskip("torch")
    x = torch.tensor(np.random.default_rng(7).integers(0, 4, (1, 1, side, side)), dtype=torch.float64)
    w = torch.tensor([[[[1.0, 0, -1], [2, 0, -2], [1, 0, -1]]]], dtype=torch.float64)
    y = torch.nn.functional.conv2d(x, w, **options)[0, 0]
    assert f"{rows_of(y)}." in figures.find(name).alternative


@pytest.mark.torch
def test_the_transposed_convolution_agrees_with_torch():
    torch = pytest.importorskip("torch")
    x, w = torch.tensor([[[[1.0, 2], [3, 4]]]]), torch.tensor([[[[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]]])
    y = torch.nn.functional.conv_transpose2d(x, w, stride=2)[0, 0]
    assert rows_of(y) in figures.find("transposed-conv").alternative


@pytest.mark.torch
def test_the_schedules_are_those_of_torch():
    pytest.importorskip("torch")
    fresh = measure.work_out()["schedules"]
    kept = measure.read()["schedules"]
    assert fresh.keys() == kept.keys()
    for name, rates in fresh.items():
        assert rates == pytest.approx(kept[name], abs=2e-6), name


@pytest.mark.torch
def test_pixel_shuffle_agrees_with_torch():
    torch = pytest.importorskip("torch")
    x = torch.arange(16.0).reshape(1, 4, 2, 2)
    names = [f"{letter}{n}" for letter in "abcd" for n in range(1, 5)]
    y = torch.nn.functional.pixel_shuffle(x, 2)[0, 0]
    rows = [" ".join(names[int(v)] for v in row) for row in y[:2]]
    assert (
        f"its first row reads {rows[0]}, its second {rows[1]}." in figures.find("pixel-shuffle").alternative
    )


@pytest.mark.torch
def test_ceil_mode_agrees_with_torch():
    torch = pytest.importorskip("torch")
    x = torch.tensor(np.random.default_rng(11).integers(0, 10, (1, 1, 5, 5)), dtype=torch.float32)
    for ceil in (False, True):
        y = torch.nn.functional.max_pool2d(x, 2, ceil_mode=ceil)[0, 0]
        assert f"ceil_mode={ceil} gives {len(y)} by {len(y)}: {rows_of(y)}" in (
            figures.find("pool-ceil-mode").alternative
        )


def test_unet_sizes_are_the_published_ones():
    words = figures.find("unet-valid").alternative
    assert "572-570-568; 284-282-280; 140-138-136; 68-66-64; 32-30-28" in words
    assert "56-54-52; 104-102-100; 200-198-196; 392-390-388" in words
    assert "gives an output of 256." in figures.find("unet-same").alternative


def test_pyramids_end_where_the_networks_do():
    assert "6 by 6 by 256" in figures.find("alexnet-sizes").alternative
    assert "7 by 7 by 512" in figures.find("vgg16-sizes").alternative
    assert "7 by 7 by 2048" in figures.find("resnet50-sizes").alternative
    assert conv_output_size(224, 7, 2, 3) == 112


def test_parameters_of_the_blocks():
    assert "1179648" in figures.find("bottleneck-block").alternative
    assert "= 69632" in figures.find("bottleneck-block").alternative
    assert "3456 + 1296 + 3456 = 8208" in figures.find("inverted-residual").alternative


def test_iou_of_boxes_by_counting_cells():
    assert iou((0, 0, 6, 4), (3, 2, 9, 6)) == pytest.approx(6 / 42)
    assert iou((0, 0, 1, 1), (2, 2, 3, 3)) == 0
    assert "0.143" in numbers_in("iou-boxes")


def test_average_precision_by_another_way():
    rng = np.random.default_rng(6)
    labels = np.repeat([1, 0], [40, 160])
    scores = rng.standard_normal(200) * 1.2 + np.where(labels == 1, 1.1, -1.1)
    positive = scores[labels == 1]
    average = np.mean([(positive >= s).sum() / (scores >= s).sum() for s in positive])
    area = np.mean(positive[:, None] > scores[labels == 0][None])
    assert f"{average:.3f}" in numbers_in("precision-recall-curve")
    assert f"{area:.3f}" in numbers_in("roc-and-precision-recall")


@pytest.mark.torch
def test_the_weight_gradient_agrees_with_autograd():
    torch = pytest.importorskip("torch")
    x = torch.tensor(np.random.default_rng(14).integers(0, 4, (1, 1, 4, 4)), dtype=torch.float64)
    w = torch.zeros(1, 1, 2, 2, dtype=torch.float64, requires_grad=True)
    g = torch.tensor([[[[1.0, 0, -1], [2, 1, 0], [0, -1, 1]]]], dtype=torch.float64)
    torch.nn.functional.conv2d(x, w).backward(g)
    values = ", ".join(str(int(v)).replace("-", "−") for v in w.grad.flatten())
    assert f"the 2 by 2 gradient of its kernel, {values}." in figures.find("conv-weight-gradient").alternative


@pytest.mark.torch
def test_unpooling_agrees_with_torch():
    torch = pytest.importorskip("torch")
    x = torch.tensor(np.random.default_rng(21).permutation(16).reshape(1, 1, 4, 4), dtype=torch.float32)
    _, places = torch.nn.functional.max_pool2d(x, 2, return_indices=True)
    y = torch.nn.functional.max_unpool2d(torch.tensor([[[[5.0, 6], [7, 8]]]]), places, 2)[0, 0]
    assert f"put there: {rows_of(y)}." in figures.find("max-unpooling").alternative


@pytest.mark.torch
def test_half_precision_is_that_of_torch():
    torch = pytest.importorskip("torch")
    info = torch.finfo(torch.float16)
    words = figures.find("half-precision-range").alternative
    assert f"{info.tiny:.1e} to {info.max:.0f}" in words
    assert torch.tensor(2e-8).half().item() == 0
    assert f"scaled by 65536 it is {torch.tensor(2e-8 * 65536).half().item():.5f}" in words


def test_a_penaltys_minimiser_is_found_by_search():
    w = np.linspace(-2, 2, 4001)
    for target in (-1.5, 0.3, 2.0):
        l1 = w[(0.5 * (w - target) ** 2 + 0.5 * np.abs(w)).argmin()]
        l2 = w[(0.5 * (w - target) ** 2 + 0.25 * w**2).argmin()]
        assert l1 == pytest.approx(np.sign(target) * max(abs(target) - 0.5, 0), abs=1e-3)
        assert l2 == pytest.approx(target / 1.5, abs=1e-3)
