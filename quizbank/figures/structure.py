"""How parts fit together: a typical network, dense blocks, decoders, GANs, distillation, data sets."""

import numpy as np

from exercises.reference.arithmetic import (
    conv_output_size,
    effective_kernel,
    pool_output_size,
    transposed_output_size,
)
from quizbank.figures.blocks import column
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import by_mask, grid
from quizbank.figures.registry import figure


@figure("typical-cnn", "From pixels to class scores, with shapes")
def typical(sheet: Drawing) -> str:
    side, rows = 32, [("image", "3 × 32 × 32")]
    for channels in (32, 64):
        side = conv_output_size(side, 3, 1, 1)
        rows.append((f"conv 3×3, {channels}, ReLU", f"{channels} × {side} × {side}"))
        side = pool_output_size(side, 2, 2)
        rows.append(("max pool 2×2", f"{channels} × {side} × {side}"))
    rows += [("flatten", str(64 * side * side)), ("dense", "10 scores")]
    for index, (name, shape) in enumerate(rows):
        top = 4 + index * 42
        kind = "in" if index == 0 else "out" if index == len(rows) - 1 else "box"
        sheet.box(20, top, 150, 26, name, kind)
        sheet.left(190, top + 13, shape, "soft")
        if index:
            sheet.arrow([(95, top - 16), (95, top)])
    sheet.line([(296, 46), (306, 46), (306, 198), (296, 198)], "flow")
    sheet.line([(296, 216), (306, 216), (306, 282), (296, 282)], "flow")
    sheet.text(300, 122, "features", "text-1", anchor="end")
    sheet.text(300, 249, "classifier", "text-1", anchor="end")
    return (
        "Layer by layer with the shape that comes out: "
        f"{'; '.join(f'{name}: {shape}' for name, shape in rows)}."
    )


@figure("dense-block", "A dense block: every layer reads all maps before it")
def dense(sheet: Drawing) -> str:
    start, growth, unit = 64, 32, 0.9
    told = []
    for layer in range(5):
        top = 20 + layer * 44
        widths = [start, *[growth] * layer]
        left = 88.0
        for index, channels in enumerate(widths):
            sheet.box(left, top, channels * unit, 24, str(channels), ("in", "out")[min(index, 1)])
            left += channels * unit
        sheet.left(2, top + 12, f"into layer {layer + 1}" if layer < 4 else "out of it")
        sheet.left(left + 8, top + 12, f"= {sum(widths)}", "soft")
        if layer < 4:
            sheet.arrow([(left + growth * unit / 2, top + 26), (left + growth * unit / 2, top + 44)])
            sheet.left(left + growth * unit / 2 + 6, top + 34, f"+{growth}", "soft")
        told.append(str(sum(widths)))
    return (
        f"Channels that the layers of a dense block read, {start} at first and {growth} more after each "
        f"layer: {', '.join(told[:-1])}; {told[-1]} come out. Nothing is added up, everything is "
        "concatenated."
    )


@figure("max-unpooling", "Unpooling puts values back to where the maxima were")
def unpooling(sheet: Drawing) -> str:
    x = np.random.default_rng(21).permutation(16).reshape(4, 4)
    blocks = x.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(2, 2, 4)
    places = blocks.argmax(axis=2)
    values = np.array([[5, 6], [7, 8]])
    back, won = np.zeros((4, 4), int), np.zeros((4, 4), bool)
    for i, j in np.ndindex(2, 2):
        u, v = divmod(int(places[i, j]), 2)
        back[2 * i + u, 2 * j + v] = values[i, j]
        won[2 * i + u, 2 * j + v] = True
    grid(sheet, 4, 22, x, 26, by_mask(won, "now", "in"))
    grid(sheet, 134, 48, values, 26, "win")
    grid(sheet, 210, 22, back, 26, by_mask(won, "now", "off"))
    sheet.text(56, 11, "encoder map", "soft")
    sheet.text(160, 36, "decoder", "soft")
    sheet.text(262, 11, "unpooled", "soft")
    sheet.arrow([(190, 74), (206, 74)])
    sheet.text(160, 142, "the places are remembered, the other cells are 0", "soft")
    rows = "; ".join(" ".join(map(str, row)) for row in back)
    return (
        "A 4 by 4 encoder map with the maxima of its four windows marked, and the decoder's values 5 to 8 "
        f"put there: {rows}."
    )


@figure("resizing-kinds", "Three ways to a square: stretch, letterbox, crop")
def resizing(sheet: Drawing) -> str:
    wide, high, target = 128.0, 64.0, 84.0
    sheet.rect(96, 22, wide, high, "in")
    sheet.rect(136, 34, 40, 40, "win")
    sheet.text(160, 11, "image 2 : 1 with a square in it", "soft")
    fit = target / wide
    fill = target / high
    tops = 128
    for index, name in enumerate(("stretch", "letterbox", "crop")):
        left = 10 + index * 108
        sheet.text(left + 42, tops - 12, name, bold=True)
        if name == "stretch":
            sheet.rect(left, tops, target, target, "in")
            sheet.rect(left + 40 * fit, tops + 12 * fill, 40 * fit, 40 * fill, "win")
        elif name == "letterbox":
            bar = (target - high * fit) / 2
            sheet.rect(left, tops, target, target, "pad")
            sheet.rect(left, tops + bar, target, high * fit, "in")
            sheet.rect(left + 40 * fit, tops + bar + 12 * fit, 40 * fit, 40 * fit, "win")
        else:
            sheet.rect(left, tops, target, target, "in")
            sheet.rect(left + (40 - 32) * fill, tops + 12 * fill, 40 * fill, 40 * fill, "win")
    sheet.text(52, 228, "shapes distorted", "soft")
    sheet.text(160, 228, "bars, smaller", "soft")
    sheet.text(268, 228, "sides lost", "soft")
    return (
        "An image twice as wide as high holds a square. Stretching makes the square "
        f"{40 * fill / (40 * fit):.0f} times as high as wide. The letterbox keeps it and fills "
        f"{1 - high / wide:.0%} of the area with bars. The crop keeps it and loses {1 - high / wide:.0%} of "
        "the image."
    )


@figure("data-split", "What each part of the data may decide")
def split(sheet: Drawing) -> str:
    parts = (("train", 0.7, "in"), ("val", 0.15, "win"), ("test", 0.15, "out"))
    left = 4.0
    for name, share, kind in parts:
        width = 312 * share
        sheet.box(left, 4, width, 30, name, kind)
        left += width
    rows = (
        ("in", "train", ("weights; mean and deviation of the", "normalisation; class weights")),
        ("win", "validation", ("learning rate, size, augmentation,", "when to stop, which threshold")),
        ("out", "test", ("nothing: used once, at the end,", "for the number that is reported")),
    )
    for index, (kind, name, lines) in enumerate(rows):
        top = 52 + index * 50
        sheet.rect(4, top, 14, 14, kind)
        sheet.left(26, top + 7, name, bold=True)
        sheet.lines(102, top + 7, lines)
    return (
        "A data set cut into 70 per cent for training, 15 for validation and 15 for testing. Training data "
        "decide weights and the normalisation's statistics, validation data all choices such as learning "
        "rate and stopping, test data nothing."
    )


@figure("aspp-branches", "Three taps at rates 1, 6, 12 and 18")
def branches(sheet: Drawing) -> str:
    told = []
    wide = effective_kernel(3, 18)
    for index, rate in enumerate((1, 6, 12, 18)):
        top = 22 + index * 44
        extent = effective_kernel(3, rate)
        sheet.left(2, top - 9, f"rate {rate}: reaches {extent}", "soft")
        for cell in range(wide):
            offset = cell - wide // 2
            hit = offset in (-rate, 0, rate)
            sheet.rect(4 + cell * 8.4, top, 8.4, 14, "off")
            if hit:
                sheet.rect(4 + cell * 8.4, top, 8.4, 14, "fill-1")
        told.append(f"rate {rate} reaches {extent}")
    sheet.text(160, 186, "three weights each, along one axis", "soft")
    return (
        f"Rows of {wide} positions with the three taps of a kernel marked: {', '.join(told)}. Each branch "
        "has as many weights as the others."
    )


@figure("dcgan-networks", "Generator and discriminator of a DCGAN, with sizes")
def dcgan(sheet: Drawing) -> str:
    sides, channels = [4], [1024, 512, 256, 128, 3]
    for _ in range(4):
        sides.append(transposed_output_size(sides[-1], 4, stride=2, padding=1))
    maps = [f"{side}×{side}×{depth}" for side, depth in zip(sides, channels, strict=True)]
    down = [
        f"{side}×{side}×{depth}"
        for side, depth in zip(reversed(sides), (3, 128, 256, 512, 1024), strict=True)
    ]
    sheet.text(78, 10, "generator", bold=True)
    sheet.text(242, 10, "discriminator", bold=True)
    end = column(sheet, 16, 24, 124, ["noise, 100 numbers", *maps], "in")
    column(sheet, 180, 24, 124, [*down, "real or made?"], "out")
    sheet.arrow([(140, end - 14), (160, end - 14), (160, 38), (180, 38)], "skip")
    sheet.text(78, end + 16, "transposed 4×4, stride 2", "soft")
    sheet.text(242, end + 16, "4×4 convs, stride 2", "soft")
    sheet.text(78, end + 33, "ReLU, batch norm", "soft")
    sheet.text(242, end + 33, "leaky ReLU, batch norm", "soft")
    sheet.text(160, end + 50, "without batch norm at the images; tanh at the end", "soft")
    return (
        f"The generator turns 100 numbers into {', '.join(maps)} by transposed convolutions of stride 2. The "
        f"discriminator reads images through {', '.join(down)} by strided convolutions and says real or "
        "made. Neither has a pooling layer."
    )


@figure("distillation", "Distillation: soft targets beside the labels")
def distillation(sheet: Drawing) -> str:
    sheet.box(110, 4, 100, 28, "image", "in")
    for left, name in ((10, "teacher, frozen"), (180, "student")):
        sheet.arrow([(160, 32), (160, 44), (left + 65, 44), (left + 65, 60)])
        sheet.box(left, 60, 130, 28, name, "box")
        sheet.arrow([(left + 65, 88), (left + 65, 106)])
    sheet.box(10, 106, 130, 28, "softmax at T", "box")
    sheet.box(154, 106, 86, 28, "softmax at T", "box")
    sheet.box(250, 106, 68, 28, "T = 1", "box")
    sheet.arrow([(245, 88), (284, 88), (284, 106)])
    sheet.arrow([(75, 134), (75, 156), (110, 156), (110, 170)])
    sheet.arrow([(197, 134), (197, 156), (150, 156), (150, 170)])
    sheet.box(60, 170, 140, 28, "T² · KL divergence", "win")
    sheet.arrow([(284, 134), (284, 170)])
    sheet.box(222, 170, 96, 44, "cross-entropy\nwith the label", "win")
    sheet.arrow([(130, 198), (130, 232)])
    sheet.arrow([(270, 214), (270, 246), (210, 246)])
    sheet.box(50, 232, 160, 28, "weighted sum: loss", "out")
    return (
        "An image passes a frozen teacher and a student. Both are softened by a temperature T and compared "
        "by the Kullback-Leibler divergence times T squared; the student at T = 1 is compared with the "
        "label by cross-entropy. The loss is their weighted sum."
    )
