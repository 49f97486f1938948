"""Small measured effects: early stopping, initial weights, penalties, half precision, attacks."""

import numpy as np

from exercises.reference.convolution import conv2d
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import Chart, bars, by_mask, grid, legend, shown
from quizbank.figures.registry import figure


def _descent() -> tuple[np.ndarray, np.ndarray]:
    """Training and validation error after each step of gradient descent on a flexible model; seed 3."""
    rng = np.random.default_rng(3)
    x, fresh = rng.uniform(-1, 1, 20), rng.uniform(-1, 1, 200)
    basis = [np.polynomial.legendre.legvander(points, 14) for points in (x, fresh)]
    y, truth = (np.sin(np.pi * points) + 0.35 * rng.standard_normal(points.size) for points in (x, fresh))
    weights = np.zeros(15)
    train, held = [], []
    for _ in range(3000):
        train.append(float(np.mean((basis[0] @ weights - y) ** 2)))
        held.append(float(np.mean((basis[1] @ weights - truth) ** 2)))
        weights -= 0.1 * basis[0].T @ (basis[0] @ weights - y) * 2 / 20
    return np.array(train), np.array(held)


@figure("early-stopping", "Stop where the validation error is lowest")
def early_stopping(sheet: Drawing) -> str:
    train, held = _descent()
    steps = np.unique(np.round(np.logspace(0, np.log10(len(train) - 1), 70)).astype(int))
    best = int(held.argmin())
    chart = Chart(sheet, 26, 170, (0, np.log10(3000)), (0, 0.6), left=38, width=266)
    chart.axes(
        [(0, "1"), (1, "10"), (2, "100"), (3, "1000")], [(n, shown(n, 1)) for n in (0, 0.2, 0.4, 0.6)],
        "step, logarithmic", "mean squared error",
    )  # fmt: skip
    chart.curve(np.log10(steps), np.minimum(train[steps], 0.6), 1)
    chart.curve(np.log10(steps), np.minimum(held[steps], 0.6), 2)
    chart.dot(float(np.log10(best)), float(held[best]), 2, 4.5)
    legend(sheet, 238, [(1, "training"), (2, "validation")])
    sheet.text(160, 268, "gradient descent, degree 14, 20 points, seed 3", "soft")
    return (
        "Gradient descent on a polynomial of degree 14 with 20 noisy points, seed 3. The training error "
        f"falls all the time, to {train[-1]:.2f}. The validation error is lowest at step {best} with "
        f"{held[best]:.2f} and has risen to {held[-1]:.2f} at the end."
    )


@figure("initial-weights", "Size of the activations through 20 ReLU layers")
def initial(sheet: Drawing) -> str:
    chart = Chart(sheet, 26, 170, (0, 20), (-7, 7), left=38, width=266)
    powers = {-6: "10⁻⁶", -3: "10⁻³", 0: "1", 3: "10³", 6: "10⁶"}
    chart.axes([(n, str(n)) for n in (0, 5, 10, 15, 20)], list(powers.items()), "layer", "root mean square")
    told = []
    for series, factor in ((2, 0.5), (1, 1.0), (4, 2.0)):
        rng = np.random.default_rng(0)
        x = rng.standard_normal((64, 256))
        sizes = [1.0]
        for _ in range(20):
            x = np.maximum(x @ (rng.standard_normal((256, 256)) * factor * np.sqrt(2 / 256)), 0)
            sizes.append(float(np.sqrt(np.mean(x**2))))
        chart.curve(range(21), np.log10(sizes), series)
        told.append(f"{factor:g} times He: {sizes[-1]:.2g}")
    legend(sheet, 238, [(1, "He"), (2, "half of it"), (4, "twice as large")])
    sheet.text(160, 286, "256 units a layer, one run, seed 0", "soft")
    return (
        "Root mean square of the activations after 20 layers of 256 units with ReLU, seed 0. "
        f"{'; '.join(told)}. Only He's deviation keeps the size."
    )


@figure("l1-and-l2-shrinkage", "What a penalty of 0.5 does to a weight")
def penalties(sheet: Drawing) -> str:
    w, strength = np.linspace(-2, 2, 81), 0.5
    chart = Chart(sheet, 26, 176, (-2, 2), (-2, 2), left=38, width=266)
    ticks = [(n, shown(n)) for n in (-2, -1, 0, 1, 2)]
    chart.axes(ticks, ticks, "best weight without penalty", "best weight with it")
    knots = np.array([-2, -strength, strength, 2])
    chart.curve(knots, np.sign(knots) * np.maximum(np.abs(knots) - strength, 0), 1)
    chart.curve(w, w / (1 + strength), 2)
    chart.curve([-2, 2], [-2, 2], 5)
    legend(sheet, 244, [(1, "L1: 0.5·|w|"), (2, "L2: 0.25·w²"), (5, "no penalty")])
    return (
        "Minimiser of half the squared distance plus a penalty. L1 with 0.5 moves every weight by 0.5 "
        "towards 0 and makes all between -0.5 and 0.5 exactly 0. L2 with 0.25 times the square divides "
        "every weight by 1.5, so none becomes 0."
    )


@figure("half-precision-range", "Which magnitudes half precision can hold")
def half(sheet: Drawing) -> str:
    info = np.finfo(np.float16)
    marks = [np.log10(float(v)) for v in (info.smallest_subnormal, info.tiny, info.max)]

    def place(power: float) -> float:
        return 14 + (power + 10) / 16 * 292

    for power in range(-10, 7, 4):
        sheet.line([(place(power), 22), (place(power), 122)], "rule")
    for power, words in ((-10, "10⁻¹⁰"), (-6, "10⁻⁶"), (-2, "10⁻²"), (2, "10²"), (6, "10⁶")):
        sheet.text(min(max(place(power), 18), 302), 132, words, "soft")
    sheet.left(14, 12, "float16", bold=True)
    sheet.rect(place(marks[0]), 22, place(marks[1]) - place(marks[0]), 18, "win")
    sheet.rect(place(marks[1]), 22, place(marks[2]) - place(marks[1]), 18, "in")
    sheet.text((place(marks[1]) + place(marks[2])) / 2, 31, f"full precision to {info.max:.0f}")
    sheet.text(place(marks[0]) + 26, 50, "fewer bits", "soft")
    sheet.left(14, 72, "bfloat16, float32", bold=True)
    sheet.rect(place(-10), 82, place(6) - place(-10), 18, "in")
    sheet.text(160, 91, "the whole width, and far beyond")
    gradient, scale = 2e-8, 2**16
    lost, kept = np.float16(gradient), np.float16(gradient * scale)
    sheet.text(160, 160, f"a gradient of 2·10⁻⁸ becomes {shown(lost)} in float16", "soft")
    sheet.text(160, 177, f"times 2¹⁶ it is {float(kept):.5f} and survives", "soft")
    return (
        f"Float16 holds {info.tiny:.1e} to {info.max:.0f} in full precision and down to "
        f"{info.smallest_subnormal:.0e} with fewer bits. A gradient of 2e-8 becomes {shown(lost)}; scaled by "
        f"65536 it is {float(kept):.5f}. Bfloat16 has the range of float32."
    )


@figure("attack-and-noise", "The same small change, aimed and random")
def attack(sheet: Drawing) -> str:
    epsilon, rows, told = 0.01, [], []
    for n in (100, 1_000, 10_000):
        rng = np.random.default_rng(n)
        w = rng.standard_normal(n)
        w /= np.linalg.norm(w)
        aimed = epsilon * float(np.abs(w).sum())
        noise = float(np.abs((rng.choice([-1, 1], (300, n)) * epsilon) @ w).mean())
        rows += [(f"{n} inputs", noise, f"noise {noise:.3f}"), ("", aimed, f"sign {aimed:.2f}")]
        told.append(f"{n} inputs: {noise:.3f} and {aimed:.2f}")
    sheet.text(160, 10, "change of a linear score, every input moved by 0.01", "soft")
    bars(sheet, 22, rows, label=88, end=76, kind=lambda i: "fill-2" if i % 2 else "fill-5")
    return (
        "A linear score with weights of norm 1 when every input is moved by 0.01, at random (mean of 300) "
        f"and in the sign of its weight. {'; '.join(told)}. Noise stays the same, the aimed change grows "
        "with the root of the number of inputs."
    )


@figure("conv-weight-gradient", "The gradient of a kernel: input against output gradient")
def weight_gradient(sheet: Drawing) -> str:
    x = np.random.default_rng(14).integers(0, 4, (4, 4))
    g = np.array([[1, 0, -1], [2, 1, 0], [0, -1, 1]])
    dw = conv2d(x[None, None], g[None, None])[0, 0]
    window = np.indices((4, 4)).max(axis=0) < 3
    grid(sheet, 8, 22, x, 26, by_mask(window, "win", "in"))
    grid(sheet, 142, 35, g, 26)
    grid(sheet, 250, 48, dw, 30, by_mask(np.array([[1, 0], [0, 0]]), "now", "out"))
    sheet.text(127, 74, "∗")
    sheet.text(236, 74, "=")
    sheet.text(60, 11, "input", "soft")
    sheet.text(181, 24, "∂L/∂y", "soft")
    sheet.text(280, 37, "∂L/∂w", "soft")
    terms = [f"{shown(g[i, j])}·{x[i, j]}" for i, j in np.ndindex(3, 3) if g[i, j]]
    sheet.text(160, 146, " + ".join(terms).replace("+ −", "− "), "soft")
    sheet.text(160, 163, f"= {shown(dw[0, 0])}", bold=True)
    values = ", ".join(shown(v) for v in dw.flat)
    return (
        "A 4 by 4 input, the 3 by 3 gradient of a layer's output, and their cross-correlation: the 2 by 2 "
        f"gradient of its kernel, {values}."
    )


@figure("dropout-and-dropout2d", "Dropout drops values, Dropout2d drops channels")
def dropout2d(sheet: Drawing) -> str:
    rng = np.random.default_rng(5)
    single = rng.random((4, 3, 3)) >= 0.5
    whole = np.broadcast_to(np.array([True, False, True, False])[:, None, None], (4, 3, 3))
    for row, (name, mask) in enumerate((("Dropout", single), ("Dropout2d", whole))):
        top = 24 + row * 112
        sheet.left(8, top - 13, name, bold=True)
        for channel in range(4):
            grid(
                sheet,
                8 + channel * 78,
                top,
                np.where(mask[channel], 2, 0),
                24,
                by_mask(mask[channel], "out", "off"),
            )
    sheet.text(160, 224, "four channels of ones, p = 0.5, what stays is doubled", "soft")
    return (
        f"Four channels of 3 by 3 ones with p 0.5. Dropout keeps {int(single.sum())} of 36 single values, "
        "seed 5, spread over all channels. Dropout2d keeps two channels as a whole and sets the two others "
        "to 0."
    )
