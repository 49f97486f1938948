"""What happens across channels: groups, depthwise and pointwise layers, pixel shuffle, shared weights."""

import numpy as np

from exercises.reference.arithmetic import conv_parameters, depthwise_separable_parameters
from exercises.reference.convolution import conv2d
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import bars, by_mask, grid, shown, thousands
from quizbank.figures.registry import figure


def _layer(
    sheet: Drawing, top: float, above: int, below: int, connected: np.ndarray, names: tuple[str, str]
) -> None:
    """Channels above and below as boxes, joined where a weight kernel stands."""

    def middle(index: int, count: int) -> float:
        return 190 + (index - (count - 1) / 2) * 48

    for i, o in zip(*np.nonzero(connected), strict=True):
        sheet.line([(middle(i, above), top + 22), (middle(o, below), top + 62)], "thin")
    for count, y, kind, name in ((above, top, "in", names[0]), (below, top + 62, "out", names[1])):
        if not name:  # the layer above has drawn these
            continue
        sheet.left(2, y + 11, name, "soft")
        for index in range(count):
            sheet.rect(middle(index, count) - 15, y, 30, 22, kind, round=3)


@figure("depthwise-separable", "Depthwise and pointwise in place of a full convolution")
def separable(sheet: Drawing) -> str:
    one, every = np.eye(3, dtype=int), np.ones((3, 4), int)
    sheet.left(2, 10, "Full 3×3: every output reads every input", bold=True)
    _layer(sheet, 24, 3, 4, every, ("3 channels", "4 channels"))
    sheet.left(2, 132, "Depthwise 3×3, then pointwise 1×1", bold=True)
    _layer(sheet, 146, 3, 3, one, ("3 channels", "3, filtered"))
    _layer(sheet, 208, 3, 4, every, ("", "4 channels"))
    full = conv_parameters(64, 128, 3, 3, bias=False)
    parts = depthwise_separable_parameters(64, 128, 3, 3, bias=False)
    sheet.left(2, 318, "Weights from 64 to 128 channels", bold=True)
    bars(sheet, 330, [("full", full, thousands(full)), ("separable", parts, thousands(parts))])
    return (
        "In a full 3 by 3 convolution each of four outputs is joined to all three inputs. The separable "
        "form first filters every channel alone and then mixes the channels with 1 by 1 kernels. From 64 to "
        f"128 channels that takes {parts} weights instead of {full}, a factor of {full / parts:.1f}."
    )


@figure("grouped-channels", "Groups cut the links between channels")
def grouped(sheet: Drawing) -> str:
    counts = []
    for index, groups in enumerate((1, 2, 8)):
        mask = np.kron(np.eye(groups, dtype=int), np.ones((8 // groups, 8 // groups), int))
        left = 4 + index * 109
        for row, column in np.ndindex(mask.shape):
            kind = "win" if mask[row, column] else "off"
            sheet.rect(left + column * 11.5, 40 + row * 11.5, 11.5, 11.5, kind)
        counts.append(conv_parameters(8, 8, 3, 3, groups=groups, bias=False))
        sheet.text(left + 46, 10, f"groups = {groups}", bold=True)
        sheet.text(left + 46, 27, "input channels →", "soft")
        sheet.text(left + 46, 145, f"{int(mask.sum())} kernels", "soft")
        sheet.text(left + 46, 162, f"{counts[-1]} weights", "soft")
    return (
        "Which of 8 output channels (rows) reads which of 8 input channels (columns): all with one group, "
        f"two blocks with two groups, only the diagonal with eight. With 3 by 3 kernels that is {counts[0]}, "
        f"{counts[1]} and {counts[2]} weights."
    )


@figure("one-by-one-conv", "A 1×1 convolution mixes the channels of each pixel")
def pointwise(sheet: Drawing) -> str:
    x = np.random.default_rng(3).integers(0, 5, (3, 3, 3))
    w = np.array([[1, 2, -1], [0, 1, 1]])
    y = conv2d(x[None], w[:, :, None, None])[0]

    middle = np.zeros((3, 3), bool)
    middle[1, 1] = True
    for channel in range(3):
        grid(sheet, 40 + channel * 88, 22, x[channel], 22, by_mask(middle, "win", "in"))
        sheet.text(73 + channel * 88, 11, f"input {channel + 1}", "soft")
    sheet.arrow([(161, 92), (161, 112)])
    grid(sheet, 2, 140, w, 24)
    sheet.text(38, 129, "weights 2 × 3", "soft")
    for channel in range(2):
        grid(sheet, 130 + channel * 100, 132, y[channel], 22, by_mask(middle, "now", "out"))
        sheet.text(163 + channel * 100, 121, f"output {channel + 1}", "soft")
    pixel = x[:, 1, 1]
    for channel in range(2):
        terms = " + ".join(f"{shown(a)}·{b}" for a, b in zip(w[channel], pixel, strict=True)).replace(
            "+ −", "− "
        )
        sheet.text(
            160, 216 + 17 * channel, f"output {channel + 1}: {terms} = {shown(y[channel, 1, 1])}", "soft"
        )
    return (
        "Three 3 by 3 input channels become two. At the middle pixel the inputs "
        f"{', '.join(map(str, pixel))} give {y[0, 1, 1]} and {y[1, 1, 1]}: one dot product for each output "
        "channel, and no neighbour is read."
    )


@figure("padding-kinds", "Four ways to continue a row beyond its ends")
def kinds(sheet: Drawing) -> str:
    row = np.array([3, 1, 4, 2, 5])
    told = []
    for index, (name, mode) in enumerate(
        (("zeros", "constant"), ("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap"))
    ):
        values = np.pad(row, 2, mode=mode)  # type: ignore[call-overload]
        sheet.left(2, 14 + index * 36, name, bold=True)
        inside = np.pad(np.ones((1, 5), bool), ((0, 0), (2, 2)))
        grid(
            sheet,
            84,
            2 + index * 36,
            values[None],
            25,
            by_mask(inside, "in", "pad"),
        )
        told.append(f"{name} {' '.join(map(str, values))}")
    return f"The row {' '.join(map(str, row))} with two cells added at both ends: {'; '.join(told)}."


@figure("pixel-shuffle", "Pixel shuffle: four channels become one of twice the side")
def shuffle(sheet: Drawing) -> str:
    x = np.array([[f"{letter}{n}" for n in range(1, 5)] for letter in "abcd"]).reshape(4, 2, 2)
    y = x.reshape(2, 2, 2, 2).transpose(2, 0, 3, 1).reshape(4, 4)
    tints = {"a": "in", "b": "out", "c": "win", "d": "bad"}
    for channel in range(4):
        left, top = 10 + (channel % 2) * 74, 22 + (channel // 2) * 84
        grid(sheet, left, top, x[channel], 28, tints["abcd"[channel]])
        sheet.text(left + 28, top - 11, f"channel {channel}", "soft")
    sheet.arrow([(152, 90), (182, 90)])
    grid(sheet, 196, 34, y, 28, lambda i, j: tints[str(y[i, j])[0]])
    sheet.text(252, 23, "4 × 4, one channel", "soft")
    return (
        "Four channels a, b, c, d of 2 by 2 become one channel of 4 by 4. Every 2 by 2 block of it holds "
        f"one pixel of each channel; its first row reads {' '.join(y[0])}, its second {' '.join(y[1])}."
    )


@figure("weight-matrices", "Dense, local and shared weights as matrices")
def matrices(sheet: Drawing) -> str:
    n = 6
    offset = np.arange(n)[None] - np.arange(n)[:, None]
    local = np.abs(offset) <= 1
    panels = (
        ("dense", np.ones((n, n), bool), n * n),
        ("local", local, int(local.sum())),
        ("convolution", local, 3),
    )
    taps = {-1: "win", 0: "in", 1: "out"}
    for index, (name, mask, free) in enumerate(panels):
        left = 4 + index * 109
        for i, j in np.ndindex(n, n):
            shared = name == "convolution" and mask[i, j]
            kind = taps[int(offset[i, j])] if shared else ("in" if mask[i, j] else "off")
            sheet.rect(left + j * 16, 22 + i * 16, 16, 16, kind)
            if shared:
                sheet.text(left + j * 16 + 8, 30 + i * 16, "abc"[int(offset[i, j]) + 1])
        sheet.text(left + 48, 10, name, bold=True)
        sheet.text(left + 48, 131, f"{free} weights", "soft")
    return (
        f"Three 6 by 6 matrices from 6 inputs to 6 outputs. Dense: all {n * n} entries are free. Local with "
        f"three neighbours: {int(local.sum())} entries on three diagonals. Convolution: the same diagonals, "
        "but each holds one value, a, b or c, so 3 weights."
    )
