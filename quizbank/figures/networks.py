"""Whole networks: sizes of the feature maps from layer to layer, and where the parameters are."""

from exercises.reference.arithmetic import (
    conv_macs,
    conv_output_size,
    conv_parameters,
    dense_macs,
    dense_parameters,
    pool_output_size,
)
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import bars, thousands
from quizbank.figures.registry import figure

Row = tuple[str, int, int]  # name, side, channels


def _unet(sheet: Drawing, size: int, padding: int) -> str:
    """Both halves with the side of every map; the skips are cropped where padding is missing."""

    def twice(n: int) -> list[int]:
        first = conv_output_size(n, 3, 1, padding)
        return [n, first, conv_output_size(first, 3, 1, padding)]

    down = [twice(size)]
    for _ in range(4):
        down.append(twice(pool_output_size(down[-1][-1], 2, 2)))
    up: list[list[int]] = []
    n = down[4][-1]
    for _ in range(4):
        up.append(twice(2 * n))
        n = up[-1][-1]
    for level, sizes in enumerate(down):
        top, inset = 22 + level * 52, level * 11
        centre = level == 4
        left = 85 if centre else 2 + inset
        sheet.box(left, top, 150 if centre else 92, 26, " ".join(map(str, sizes)), "in")
        if level < 4:
            sheet.box(226 - inset, top, 92, 26, " ".join(map(str, up[3 - level])), "out")
            wide = 226 - inset - 94 - inset
            sheet.arrow([(94 + inset, top + 13), (94 + inset + wide, top + 13)], "skip")
            before, after = sizes[-1], up[3 - level][0]
            sheet.text(160, top + 2, f"{before}→{after}" if before != after else "", "text-1")
            end = 52 + inset if level < 3 else 110
            sheet.arrow([(end, top + 26), (end, top + 52)], "flow")
            sheet.arrow([(320 - end, top + 52), (320 - end, top + 26)], "flow")
    final = up[3][-1]
    sheet.text(48, 11, f"image {size}", "soft")
    sheet.text(262, 11, f"output {final}", "soft")
    channels = [64 * 2**level for level in range(5)]
    foot = "↓ 2×2 max pool    ↑ 2×2 transposed conv"
    sheet.text(160, 272, foot, "soft")
    note = "skips are cropped, then concatenated" if padding == 0 else "skips are concatenated as they are"
    sheet.text(160, 289, f"→ {note}", "text-1")
    sheet.text(160, 306, f"channels by level: {', '.join(map(str, channels))}", "soft")
    crops = ", ".join(f"{d[-1]} to {u[0]}" for d, u in zip(down, reversed(up), strict=False))
    return (
        f"U-Net with padding {padding}. Going down the sides are "
        f"{'; '.join('-'.join(map(str, s)) for s in down)}. Going up they are "
        f"{'; '.join('-'.join(map(str, s)) for s in up)}. The skips lead from {crops}. An image of {size} "
        f"gives an output of {final}."
    )


@figure("unet-valid", "U-Net as published: valid convolutions, 572 to 388")
def unet_valid(sheet: Drawing) -> str:
    return _unet(sheet, 572, 0)


@figure("unet-same", "U-Net with padding 1: the output is as large as the image")
def unet_same(sheet: Drawing) -> str:
    return _unet(sheet, 256, 1)


@figure("feature-pyramid", "A feature pyramid hands meaning down to finer maps")
def pyramid(sheet: Drawing) -> str:
    channels = [256, 512, 1024, 2048]
    sides = [512 // stride for stride in (4, 8, 16, 32)]
    for index, (side, depth) in enumerate(zip(sides, channels, strict=True)):
        top = 24 + (3 - index) * 52
        width = 56 + index * -6 + 38
        sheet.box(2 + index * 6, top, width + 14, 28, f"{side}², {depth}", "in")
        right = 2 + index * 6 + width + 14
        sheet.arrow([(right, top + 14), (196 + index * 6, top + 14)])
        sheet.text((right + 196 + index * 6) / 2, top + 4, "1×1", "soft")
        sheet.box(196 + index * 6, top, 120 - index * 6, 28, f"P{index + 2}: {side}², 256", "out")
        if index:
            sheet.arrow([(56, top + 52), (56, top + 28)])
            sheet.arrow([(258, top + 28), (258, top + 52)], "skip")
            sheet.left(264, top + 40, "×2, add", "text-1")
    sheet.text(56, 11, "backbone", "soft")
    sheet.text(258, 11, "pyramid", "soft")
    sheet.text(160, 228, "image 512 × 512; a 3×3 conv smooths every P", "soft")
    told = "; ".join(f"{c} channels at {s}" for s, c in zip(sides, channels, strict=True))
    return (
        f"A backbone on a 512 image gives {told}. A 1 by 1 convolution brings each to 256 channels. From the "
        "coarsest down, each level is doubled in size and added to the next finer one: P5 to P2."
    )


def _pyramid(sheet: Drawing, rows: list[Row], first: int, notes: str) -> str:
    """A bar for every stage: as wide as the map's side, as thick as its channels suggest."""
    for index, (name, side, channels) in enumerate(rows):
        middle = 14 + index * 30
        width = max(3.0, 128 * (side / first) ** 0.6)
        thick = 5 + 17 * min(channels / 512, 1) ** 0.6
        sheet.left(2, middle, name)
        sheet.rect(
            164 - width / 2,
            middle - thick / 2,
            width,
            thick,
            "in" if index == 0 else "heat",
            shade=1 if index == 0 else 0.5,
        )
        sheet.text(318, middle, f"{side}×{side}×{channels}", "soft", anchor="end")
    sheet.text(160, 14 + len(rows) * 30, notes, "soft")
    return (
        "Sizes from the image on: "
        + ", ".join(f"{name} {side} by {side} by {c}" for name, side, c in rows)
        + "."
    )


@figure("vgg16-sizes", "VGG-16: halve the side, double the channels")
def vgg(sheet: Drawing) -> str:
    rows: list[Row] = [("image", 224, 3)]
    for block, channels in enumerate((64, 128, 256, 512, 512), 1):
        side = conv_output_size(rows[-1][1], 3, 1, 1)
        rows.append((f"block {block}", pool_output_size(side, 2, 2), channels))
    flat = rows[-1][1] ** 2 * rows[-1][2]
    text = _pyramid(sheet, rows, 224, f"after each block's pooling; then dense: {thousands(flat)} → 4096")
    return f"{text} The last map is flattened to {flat} numbers."


@figure("alexnet-sizes", "AlexNet: from 227 to 6 in five convolutions")
def alexnet(sheet: Drawing) -> str:
    pool = ("pool 3/2", 3, 2, 0, 0)
    steps = (
        ("conv 11/4", 11, 4, 0, 96), pool, ("conv 5", 5, 1, 2, 256), pool,
        ("conv 3", 3, 1, 1, 384), ("conv 3", 3, 1, 1, 384), ("conv 3", 3, 1, 1, 256), pool,
    )  # fmt: skip
    rows: list[Row] = [("image", 227, 3)]
    for name, k, s, p, channels in steps:
        rows.append((name, conv_output_size(rows[-1][1], k, s, p), channels or rows[-1][2]))
    flat = rows[-1][1] ** 2 * rows[-1][2]
    text = _pyramid(sheet, rows, 227, f"then dense: {flat} → 4096 → 4096 → 1000")
    return f"{text} The last map is flattened to {flat} numbers."


@figure("resnet50-sizes", "ResNet-50: one halving a stage, average at the end")
def resnet(sheet: Drawing) -> str:
    rows: list[Row] = [("image", 224, 3)]
    rows.append(("7×7, stride 2", conv_output_size(224, 7, 2, 3), 64))
    rows.append(("max 3×3, s 2", pool_output_size(rows[-1][1], 3, 2, 1), 64))
    side = rows[-1][1]
    for stage, (blocks, channels) in enumerate(((3, 256), (4, 512), (6, 1024), (3, 2048)), 2):
        side = side if stage == 2 else conv_output_size(side, 3, 2, 1)
        rows.append((f"{blocks} blocks", side, channels))
    return _pyramid(sheet, rows, 224, "then global average: 2048 numbers → dense 1000")


@figure("small-cnn-parameters", "Where a small CNN keeps its parameters")
def small(sheet: Drawing) -> str:
    rows = [
        ("conv 3→32", conv_parameters(3, 32, 3, 3)),
        ("conv 32→64", conv_parameters(32, 64, 3, 3)),
        ("conv 64→128", conv_parameters(64, 128, 3, 3)),
        ("dense → 256", dense_parameters(128 * 4 * 4, 256)),
        ("dense → 10", dense_parameters(256, 10)),
    ]
    total = sum(count for _, count in rows)
    sheet.text(160, 10, "32 × 32 image, pooled three times to 4 × 4 × 128", "soft")
    y = bars(sheet, 22, [(name, n, thousands(n)) for name, n in rows], label=86, end=66, step=26,
             kind=lambda i: "fill-4" if i > 2 else "fill-1")  # fmt: skip
    share = rows[3][1] / total
    sheet.text(
        160, y + 14, f"{thousands(total)} in all, {share:.0%} of them in the first dense layer", bold=True
    )
    return (
        f"Parameters: {', '.join(f'{name} {n}' for name, n in rows)}; {total} in all, {share:.0%} in one "
        "dense layer."
    )


@figure("vgg16-weights-and-work", "VGG-16: the weights are dense, the work is convolution")
def vgg_shares(sheet: Drawing) -> str:
    side, before = 224, 3
    conv_weights = conv_work = 0
    for channels, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            conv_weights += conv_parameters(before, channels, 3, 3)
            conv_work += conv_macs(before, channels, 3, 3, side, side)
            before = channels
        side = pool_output_size(side, 2, 2)
    dense = [(side * side * before, 4096), (4096, 4096), (4096, 1000)]
    dense_weights = sum(dense_parameters(*pair) for pair in dense)
    dense_work = sum(dense_macs(*pair) for pair in dense)
    sheet.left(2, 10, "parameters, millions", bold=True)
    rows = [
        ("13 conv layers", conv_weights, f"{conv_weights / 1e6:.1f}"),
        ("3 dense layers", dense_weights, f"{dense_weights / 1e6:.1f}"),
    ]
    y = bars(sheet, 22, rows, label=92, end=52, kind=lambda i: f"fill-{1 if i == 0 else 4}")
    sheet.left(2, y + 16, "multiply-adds an image, millions", bold=True)
    work = [
        ("13 conv layers", conv_work, f"{conv_work / 1e6:,.0f}".replace(",", " ")),
        ("3 dense layers", dense_work, f"{dense_work / 1e6:.0f}"),
    ]
    bars(sheet, y + 28, work, label=92, end=52, kind=lambda i: f"fill-{1 if i == 0 else 4}")
    return (
        f"Of {(conv_weights + dense_weights) / 1e6:.1f} million parameters of VGG-16 "
        f"{dense_weights / 1e6:.1f} million are in three dense layers. Of its multiply-adds "
        f"{conv_work / 1e9:.1f} thousand million are in the convolutions, {dense_work / 1e9:.2f} in the "
        "dense layers."
    )
