"""Training: schedules, over-fitting, bias and variance, gradients that vanish."""

import numpy as np

from quizbank.figures import measure
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import Chart, legend, shown
from quizbank.figures.registry import figure


@figure("lr-schedules", "Four learning-rate schedules over 100 steps")
def schedules(sheet: Drawing) -> str:
    chart = Chart(sheet, 26, 170, (0, 100), (0, 0.105), left=38, width=266)
    chart.axes(
        [(n, str(n)) for n in (0, 25, 50, 75, 100)],
        [(n, shown(n, 3)) for n in (0, 0.025, 0.05, 0.075, 0.1)],
        "step",
        "learning rate",
    )
    names = ("step", "cosine", "warm-up, cosine", "one cycle")
    rates = measure.read()["schedules"]
    for series, values in enumerate(rates.values(), 1):
        draw = chart.steps if series == 1 else chart.curve
        draw(range(len(values)), values, series)
    legend(sheet, 236, list(enumerate(names, 1)))
    ends = ", ".join(f"{name} {values[-1]:.4f}" for name, values in zip(names, rates.values(), strict=True))
    return (
        "Learning rates as PyTorch's schedulers give them, with 0.1 as the highest. Step divides by ten "
        "every 30 steps, cosine falls in half a wave, warm-up rises for 10 steps first, one cycle rises for "
        f"30 steps and falls below its start. At the last step: {ends}."
    )


def _fits(samples: int, runs: int, degrees: range, noise: float, seed: int) -> tuple[np.ndarray, ...]:
    """Polynomials fitted to noisy samples of a sine: predictions and training errors of every run."""
    rng = np.random.default_rng(seed)
    x, grid = np.linspace(-1, 1, samples), np.linspace(-1, 1, 60)
    predictions = np.zeros((len(degrees), runs, len(grid)))
    errors = np.zeros((len(degrees), runs))
    for run in range(runs):
        y = np.sin(np.pi * x) + noise * rng.standard_normal(samples)
        for index, degree in enumerate(degrees):
            fit = np.polynomial.Legendre.fit(x, y, degree, domain=[-1, 1])
            predictions[index, run] = fit(grid)
            errors[index, run] = np.mean((fit(x) - y) ** 2)
    return predictions, errors, np.sin(np.pi * grid)


@figure("overfitting", "Training error falls on, test error turns")
def overfitting(sheet: Drawing) -> str:
    degrees = range(1, 14)
    predictions, errors, truth = _fits(16, 200, degrees, 0.3, seed=0)
    train = errors.mean(axis=1)
    test = ((predictions - truth) ** 2).mean(axis=(1, 2)) + 0.3**2
    best = degrees[int(test.argmin())]
    chart = Chart(sheet, 26, 170, (1, 13), (0, 0.35), left=38, width=266)
    chart.axes(
        [(n, str(n)) for n in (1, 3, 5, 7, 9, 11, 13)],
        [(n, shown(n, 1)) for n in (0, 0.1, 0.2, 0.3)],
        "degree of the polynomial",
        "mean squared error",
    )
    chart.curve(degrees, train, 1)
    chart.curve(degrees, np.minimum(test, 0.35), 2)
    chart.dot(best, float(test.min()), 2)
    legend(sheet, 236, [(1, "training"), (2, "test")])
    sheet.text(160, 266, "16 noisy points of a sine, mean of 200 runs, seed 0", "soft")
    return (
        "Polynomials of degree 1 to 13 fitted to 16 noisy points of a sine, 200 runs with seed 0. The "
        f"training error falls from {train[0]:.2f} to {train[-1]:.3f}. The test error is lowest at degree "
        f"{best} with {test.min():.2f} and then rises."
    )


@figure("bias-variance", "Bias and variance of the same fits")
def bias_variance(sheet: Drawing) -> str:
    degrees = range(1, 12)
    predictions, _, truth = _fits(16, 200, degrees, 0.3, seed=0)
    bias = ((predictions.mean(axis=1) - truth) ** 2).mean(axis=1)
    variance = predictions.var(axis=1).mean(axis=1)
    chart = Chart(sheet, 26, 170, (1, 11), (0, 0.25), left=38, width=266)
    chart.axes(
        [(n, str(n)) for n in range(1, 12, 2)],
        [(n, shown(n, 2)) for n in (0, 0.05, 0.1, 0.15, 0.2, 0.25)],
        "degree of the polynomial",
        "error",
    )
    for series, values in enumerate((bias, variance, bias + variance), 1):
        chart.curve(degrees, np.minimum(values, 0.25), series)
    legend(sheet, 236, [(1, "bias²"), (2, "variance"), (3, "sum")])
    sheet.text(160, 284, "16 noisy points of a sine, 200 runs, seed 0", "soft")
    return (
        f"Squared bias falls from {bias[0]:.2f} at degree 1 to {bias[4]:.4f} at degree 5; variance grows "
        f"from {variance[0]:.3f} to {variance[-1]:.2f} at degree 11. Their sum is smallest in between. 200 "
        "runs, seed 0."
    )


def _layer_gradients(activation: str, depth: int, width: int, seed: int) -> np.ndarray:
    """Norms of the loss's gradient at each layer's input, from the first layer to the last."""
    rng = np.random.default_rng(seed)
    relu = activation == "relu"
    scale = np.sqrt(2 / width) if relu else np.sqrt(1 / width)
    weights = [rng.standard_normal((width, width)) * scale for _ in range(depth)]
    x, slopes = rng.standard_normal((64, width)), []
    for w in weights:
        z = x @ w
        x = np.maximum(z, 0) if relu else 1 / (1 + np.exp(-z))
        slopes.append((z > 0).astype(float) if relu else x * (1 - x))
    gradient = rng.standard_normal(x.shape)
    norms = []
    for w, slope in zip(reversed(weights), reversed(slopes), strict=True):
        gradient = (gradient * slope) @ w.T
        norms.append(float(np.linalg.norm(gradient)))
    return np.array(norms[::-1])


@figure("vanishing-gradient", "Size of the gradient at each of 20 layers")
def vanishing(sheet: Drawing) -> str:
    chart = Chart(sheet, 26, 170, (1, 20), (-14, 1), left=38, width=266)
    powers = {0: "1", -4: "10⁻⁴", -8: "10⁻⁸", -12: "10⁻¹²"}
    chart.axes(
        [(n, str(n)) for n in (1, 5, 10, 15, 20)],
        list(powers.items()),
        "layer, counted from the input",
        "gradient, relative to the last layer",
    )
    told = []
    for series, name in ((1, "relu"), (2, "sigmoid")):
        norms = _layer_gradients(name, 20, 100, seed=0)
        relative = np.log10(norms / norms[-1])
        chart.curve(range(1, 21), relative, series)
        told.append(f"{10 ** relative[0]:.2g}")
    legend(sheet, 236, [(1, "ReLU, He init"), (2, "sigmoid, Xavier init")])
    sheet.text(160, 266, "dense layers of 100 units, one run, seed 0", "soft")
    return (
        "Twenty dense layers of 100 units, seed 0. With ReLU and He initialisation the first layer's "
        f"gradient is {told[0]} of the last one's; with sigmoids and Xavier initialisation it is {told[1]}: "
        "it shrinks by about a factor of four a layer."
    )


@figure("residual-gradient-paths", "Schematic: a chain of slopes with and without shortcuts")
def shortcut(sheet: Drawing) -> str:
    slopes = 0.5
    plain, skip = slopes ** np.arange(21.0), (1 + 0.05) ** np.arange(21.0)
    chart = Chart(sheet, 26, 150, (0, 20), (-7, 1), left=38, width=266)
    chart.axes(
        [(n, str(n)) for n in (0, 5, 10, 15, 20)],
        [(0, "1"), (-2, "10⁻²"), (-4, "10⁻⁴"), (-6, "10⁻⁶")],
        "layers passed",
        "gradient, one unit wide",
    )
    chart.curve(range(21), np.log10(plain), 2)
    chart.curve(range(21), np.log10(skip), 1)
    legend(sheet, 216, [(1, "1 + 0.05 a layer"), (2, "0.5 a layer")])
    return (
        f"A schematic chain of scalar layers. With slope 0.5 a layer the gradient is {plain[-1]:.1e} after "
        f"20 layers; with a shortcut and slope 1 + 0.05 it is {skip[-1]:.2f}."
    )


@figure("gradient-accumulation", "Four small batches, one step of the optimiser")
def accumulation(sheet: Drawing) -> str:
    losses = np.array([0.8, 1.2, 0.4, 1.6])
    sheet.text(160, 10, "loss / 4, then backward: gradients add up", "soft")
    total = 0.0
    for index, loss in enumerate(losses):
        left = 2 + index * 80
        total += loss / 4
        sheet.box(left, 24, 74, 28, f"batch {index + 1}", "in")
        sheet.arrow([(left + 37, 52), (left + 37, 72)])
        sheet.box(left, 72, 74, 44, f"{shown(loss, 1)} / 4\n= {shown(loss / 4, 1)}", "box")
        sheet.arrow([(left + 37, 116), (left + 37, 140)])
        sheet.box(left, 140, 74, 28, f"sum {shown(total, 1)}", "win")
    sheet.arrow([(279, 168), (279, 186), (160, 186), (160, 200)], "skip")
    sheet.box(60, 200, 200, 28, "optimiser.step(), zero_grad()", "out")
    return (
        f"Losses {', '.join(shown(v, 1) for v in losses)} of four batches are divided by 4 before each "
        f"backward pass. Their sum {shown(total, 1)} is the mean loss of all, and only then the optimiser "
        "steps and the gradients are cleared."
    )
