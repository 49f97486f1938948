"""Building blocks of networks as boxes and arrows, with the weights that they cost."""

from collections.abc import Sequence

import numpy as np

from exercises.reference.arithmetic import conv_parameters, dense_parameters
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import bars, grid, shown, thousands
from quizbank.figures.registry import figure

HIGH, GAP = 28, 18  # of a box, and between boxes


def column(
    sheet: Drawing, x: float, y: float, width: float, steps: Sequence[str], kind: str = "box"
) -> float:
    """Boxes below each other, joined by arrows; gives the y of the last one's lower edge."""
    for index, words in enumerate(steps):
        high = HIGH + 14 * words.count("\n")
        if index:
            sheet.arrow([(x + width / 2, y - GAP), (x + width / 2, y)])
        sheet.box(x, y, width, high, words, kind)
        y += high + GAP
    return y - GAP


def _plus(sheet: Drawing, x: float, y: float) -> None:
    sheet.circle(x, y, 10, "win")
    sheet.text(x, y, "+", bold=True)


def weights(c_in: int, c_out: int, k: int) -> int:
    return conv_parameters(c_in, c_out, k, k, bias=False)


def _residual(
    sheet: Drawing, left: float, width: float, top: float, steps: Sequence[str], after: str
) -> float:
    """A branch with a shortcut around it; gives the y below."""
    middle = left + width / 2
    sheet.text(middle, top + 8, "x", bold=True)
    sheet.arrow([(middle, top + 17), (middle, top + 38)])
    end = column(sheet, left, top + 38, width, steps)
    sheet.arrow([(middle, end), (middle, end + 16)])
    _plus(sheet, middle, end + 27)
    side = left + width + 22
    sheet.arrow([(middle, top + 26), (side, top + 26), (side, end + 27), (middle + 10, end + 27)], "skip")
    sheet.arrow([(middle, end + 37), (middle, end + 56)])
    if not after:
        return end + 56
    sheet.box(left, end + 56, width, HIGH, after, "out")
    return end + 56 + HIGH


@figure("residual-block", "A residual block adds its input to what it computes")
def residual(sheet: Drawing) -> str:
    w = weights(64, 64, 3)
    steps = ["3×3 conv, 64", "batch norm, ReLU", "3×3 conv, 64", "batch norm"]
    end = _residual(sheet, 20, 130, 4, steps, "ReLU")
    sheet.left(184, 110, "shortcut: x itself,", "text-1")
    sheet.left(184, 126, "no weights", "text-1")
    sheet.left(184, 170, "y = ReLU(F(x) + x)", bold=True)
    sheet.left(184, 190, "∂y/∂x holds a 1 beside", "soft")
    sheet.left(184, 206, "F′(x) where ReLU is on", "soft")
    sheet.text(160, end + 18, f"conv weights: 2 · {w} = {thousands(2 * w)}", "soft")
    return (
        "The input runs through two 3 by 3 convolutions with batch norm and a ReLU between them, and also "
        f"around them. Both are added, then comes a ReLU. With 64 channels the branch has {2 * w} weights "
        "and the shortcut none."
    )


@figure("bottleneck-block", "Two ways to spend weights at 256 channels")
def bottleneck(sheet: Drawing) -> str:
    plain = 2 * weights(256, 256, 3)
    narrow = [weights(256, 64, 1), weights(64, 64, 3), weights(64, 256, 1)]
    sheet.text(75, 10, "plain", bold=True)
    _residual(sheet, 20, 108, 22, ["3×3, 256", "3×3, 256"], "ReLU")
    sheet.text(233, 10, "bottleneck", bold=True)
    end = _residual(sheet, 178, 108, 22, ["1×1, 256 → 64", "3×3, 64 → 64", "1×1, 64 → 256"], "ReLU")
    rows = [("plain", plain, thousands(plain)), ("bottleneck", sum(narrow), thousands(sum(narrow)))]
    bars(sheet, end + 12, rows, label=76, end=76)
    return (
        f"A plain residual block of two 3 by 3 convolutions with 256 channels has {plain} weights. The "
        "bottleneck goes down to 64 channels, filters there and comes back up: "
        f"{' + '.join(map(str, narrow))} = {sum(narrow)}."
    )


@figure("preactivation-block", "Where batch norm and ReLU stand in a residual block")
def preactivation(sheet: Drawing) -> str:
    sheet.text(75, 10, "original", bold=True)
    _residual(sheet, 20, 108, 22, ["conv", "BN, ReLU", "conv", "BN"], "ReLU")
    sheet.text(233, 10, "pre-activation", bold=True)
    _residual(sheet, 178, 108, 22, ["BN, ReLU", "conv", "BN, ReLU", "conv"], "")
    return (
        "The original block is convolution, batch norm, ReLU, convolution, batch norm, addition, ReLU: the "
        "shortcut passes a ReLU. In the pre-activation block batch norm and ReLU stand before each "
        "convolution and nothing follows the addition, so the shortcut is a clean identity."
    )


@figure("inception-module", "An inception module with GoogLeNet's sizes (3a)")
def inception(sheet: Drawing) -> str:
    branches = [["1×1, 64"], ["1×1, 96", "3×3, 128"], ["1×1, 16", "5×5, 32"], ["max 3×3", "1×1, 32"]]
    out = [64, 128, 32, 32]
    sheet.box(80, 2, 160, HIGH, "28 × 28 × 192", "in")
    for index, steps in enumerate(branches):
        left = 2 + index * 80
        middle = left + 38
        sheet.arrow([(160, 30), (160, 42), (middle, 42), (middle, 60)])
        end = column(sheet, left, 60, 76, steps)
        sheet.arrow([(middle, end), (middle, 158), (160, 158), (160, 172)], "flow")
    sheet.box(60, 172, 200, HIGH, f"concatenate: 28 × 28 × {sum(out)}", "out")
    thin = weights(192, 16, 1) + weights(16, 32, 5)
    sheet.text(160, 220, "weights of the 5×5 branch", "soft")
    rows = [
        ("with 1×1, 16", thin, thousands(thin)),
        ("5×5 alone", weights(192, 32, 5), thousands(weights(192, 32, 5))),
    ]
    bars(sheet, 232, rows)
    return (
        "Four branches read 192 channels of 28 by 28: 1 by 1; 1 by 1 then 3 by 3; 1 by 1 then 5 by 5; "
        f"maximum pooling then 1 by 1. Their {' + '.join(map(str, out))} channels are concatenated to "
        f"{sum(out)}. Reducing to 16 channels first makes the 5 by 5 branch {thin} weights instead of "
        f"{weights(192, 32, 5)}."
    )


@figure("se-block", "Squeeze and excitation: a weight for every channel")
def squeeze(sheet: Drawing) -> str:
    c, r = 64, 16
    cost = dense_parameters(c, c // r) + dense_parameters(c // r, c)
    sheet.box(2, 2, 130, HIGH, f"x: {c} × 28 × 28", "in")
    sheet.arrow([(132, 16), (168, 16)])
    names = ["global average", f"dense {c} → {c // r}, ReLU", f"dense {c // r} → {c}", "sigmoid"]
    end = column(sheet, 168, 2, 148, names)
    sheet.arrow([(242, end), (242, end + 16)])
    sheet.left(252, end + 8, f"{c} × 1 × 1", "soft")
    sheet.arrow([(67, 30), (67, end + 27), (182, end + 27)], "skip")
    sheet.left(76, 100, "x itself", "text-1")
    sheet.box(182, end + 16, 120, HIGH, "x · weights", "out")
    sheet.text(
        160, end + 62, f"{cost} parameters with biases: {c}·{c // r} + {c // r} + {c // r}·{c} + {c}", "soft"
    )
    return (
        f"{c} channels are averaged to {c} numbers, pass a dense layer to {c // r}, a ReLU, a dense layer "
        f"back to {c} and a sigmoid. Each channel of the input is multiplied by its number. The two layers "
        f"have {cost} parameters."
    )


@figure("se-numbers", "Squeeze and excitation on three small channels")
def squeeze_numbers(sheet: Drawing) -> str:
    rng = np.random.default_rng(4)
    x = rng.integers(0, 5, (3, 3, 3)).astype(float)
    means = x.mean(axis=(1, 2))
    w1, w2 = np.array([[1.0, -0.5, 0.5]]), np.array([[1.0], [-1.0], [0.5]])
    gates = 1 / (1 + np.exp(-(w2 @ np.maximum(w1 @ means, 0))))
    y = x * gates[:, None, None]
    for c in range(3):
        left = 4 + c * 108
        grid(sheet, left + 12, 22, x[c], 26, "in")
        sheet.text(left + 51, 10, f"channel {c + 1}", "soft")
        sheet.arrow([(left + 51, 102), (left + 51, 118)])
        sheet.text(left + 51, 128, f"mean {shown(means[c], 2)}")
        sheet.text(left + 51, 146, f"gate {shown(gates[c], 2)}", bold=True)
        sheet.arrow([(left + 51, 156), (left + 51, 172)])
        grid(sheet, left + 6, 176, y[c], 30, "out", decimals=1)
    return (
        f"Three channels with means {', '.join(shown(m, 2) for m in means)} get the gates "
        f"{', '.join(shown(g, 2) for g in gates)}; below, every channel times its gate."
    )


@figure("inverted-residual", "An inverted residual is wide in the middle")
def inverted(sheet: Drawing) -> str:
    wide = 24 * 6
    costs = [
        weights(24, wide, 1),
        conv_parameters(wide, wide, 3, 3, groups=wide, bias=False),
        weights(wide, 24, 1),
    ]
    names = [
        f"1×1 expand, ReLU6: {costs[0]}",
        f"3×3 depthwise, ReLU6: {costs[1]}",
        f"1×1 project, linear: {costs[2]}",
    ]
    sizes = [24, wide, wide, 24]
    for index, channels in enumerate(sizes):
        top = 4 + index * 64
        width = 40 + 200 * channels / wide
        sheet.box(160 - width / 2, top, width, 24, str(channels), "in" if channels == 24 else "win")
        if index < 3:
            sheet.arrow([(160, top + 24), (160, top + 64)])
            sheet.left(168, top + 44, names[index].split(":")[0], "soft")
            sheet.text(150, top + 44, f"{names[index].split(':')[1]} weights", "soft", anchor="end")
    _plus(sheet, 160, 254)
    sheet.line([(160, 220), (160, 244)], "flow")
    sheet.arrow([(126, 16), (12, 16), (12, 254), (150, 254)], "skip")
    sheet.text(250, 254, f"{thousands(sum(costs))} in all", bold=True)
    return (
        f"24 channels are expanded to {wide}, filtered one by one with 3 by 3 kernels, and projected back to "
        f"24 without an activation; the narrow input is added. Weights: {' + '.join(map(str, costs))} = "
        f"{sum(costs)}."
    )
