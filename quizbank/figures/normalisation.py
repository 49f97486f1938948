"""Normalisation and dropout: which cells share a mean, and what training and evaluation do."""

import numpy as np

from exercises.reference.batchnorm import BatchNorm2d, batch_norm
from exercises.reference.dropout import dropout
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import Chart, by_mask, grid, legend, shown
from quizbank.figures.registry import figure


@figure("norm-axes", "Which maps share one mean: batch, layer, instance, group")
def axes(sheet: Drawing) -> str:
    images, channels = 4, 6
    groups = {
        "batch norm": lambda n, c: c == 1,
        "layer norm": lambda n, c: n == 1,
        "instance norm": lambda n, c: (n, c) == (1, 1),
        "group norm, 2": lambda n, c: n == 1 and c < 3,
    }
    told = []
    for index, (name, together) in enumerate(groups.items()):
        left, top = 40 + (index % 2) * 160, 42 + (index // 2) * 152
        sheet.text(left + 57, top - 32, name, bold=True)
        sheet.text(left + 57, top - 11, "channel →", "soft")
        marked = np.array([[together(n, c) for c in range(channels)] for n in range(images)])
        grid(sheet, left, top, np.full(marked.shape, ""), 19, by_mask(marked, "win", "cell"))
        sheet.text(left - 6, top + 38, "image", "soft", anchor="end")
        count = int(marked.sum())
        sheet.text(left + 57, top + 92, f"{count} × H × W values", "soft")
        told.append(f"{name} {count}")
    return (
        f"Four tables of {images} images by {channels} channels; each cell stands for a feature map of H by "
        f"W values. Marked are the maps that share one mean and variance: {', '.join(told)} maps."
    )


@figure("bn-train-eval", "The same image in two batches: train and eval mode")
def train_eval(sheet: Drawing) -> str:
    batches = [np.array([2.0, 4.0, 6.0, 8.0]), np.array([2.0, 2.0, 3.0, 5.0])]
    running = (np.array([4.0]), np.array([4.0]))
    one = np.ones(1)
    told = []
    for index, batch in enumerate(batches):
        top = 24 + index * 128
        x = batch.reshape(4, 1, 1, 1)
        train = batch_norm(x, one, 0 * one, *running, training=True)[0].ravel()
        fixed = batch_norm(x, one, 0 * one, *running, training=False)[0].ravel()
        sheet.left(
            2,
            top - 12,
            f"batch {index + 1}: mean {shown(batch.mean(), 2)}, std {shown(batch.std(), 2)}",
            bold=True,
        )
        for row, (name, values, kind) in enumerate(
            (("input", batch, "in"), ("train", train, "win"), ("eval", fixed, "out"))
        ):
            sheet.left(2, top + 16 + row * 32, name, "soft")
            for column, value in enumerate(values):
                sheet.rect(
                    54 + column * 66, top + 3 + row * 32, 64, 26, "now" if column == 0 and row else kind
                )
                sheet.text(86 + column * 66, top + 16 + row * 32, shown(value, 2))
        told.append(
            f"in batch {index + 1} {shown(train[0], 2)} in train mode and {shown(fixed[0], 2)} in eval mode"
        )
    sheet.text(160, 280, "eval uses the running mean 4 and standard deviation 2", "soft")
    return (
        f"The first image has the value 2 in both batches. It becomes {', '.join(told)}: only eval mode "
        "ignores the others."
    )


@figure("bn-running-mean", "How fast the running mean follows")
def running_mean(sheet: Drawing) -> str:
    chart = Chart(sheet, 26, 150, (0, 40), (0, 5.5))
    chart.axes(
        [(0, "0"), (10, "10"), (20, "20"), (30, "30"), (40, "40")],
        [(0, "0"), (5, "5")],
        "batches seen",
        "running mean",
    )
    told = []
    for series, momentum in enumerate((0.1, 0.01), 1):
        layer = BatchNorm2d(1, momentum=momentum)
        values = [0.0]
        for _ in range(40):
            layer.forward(np.array([4.0, 6.0]).reshape(2, 1, 1, 1), training=True)
            values.append(float(layer.running_mean[0]))
        chart.curve(range(41), values, series)
        told.append(
            f"with momentum {momentum} {shown(values[10], 2)} after 10 batches and {shown(values[40], 2)} "
            "after 40"
        )
    legend(sheet, 214, [(1, "momentum 0.1"), (2, "momentum 0.01")])
    return f"Every batch has mean 5, the running mean starts at 0. It is {'; '.join(told)}."


@figure("dropout-train-eval", "Inverted dropout with p = 0.5 on a row of ones")
def mask(sheet: Drawing) -> str:
    x = np.ones((3, 8))
    y, kept = dropout(x, 0.5, True, np.random.default_rng(1))
    for name, top, values, kinds in (
        ("train: drop half, double the rest", 22, y, kept),
        ("eval: nothing happens", 124, x, np.ones_like(kept)),
    ):
        sheet.left(22, top - 11, name, bold=True)
        for i, j in np.ndindex(values.shape):
            sheet.rect(22 + j * 34, top + i * 24, 34, 24, "out" if kinds[i, j] else "off")
            sheet.text(39 + j * 34, top + 12 + i * 24, shown(values[i, j]), "" if kinds[i, j] else "soft")
    sheet.text(160, 212, f"mean while training here {shown(y.mean(), 2)}, on average 1", "soft")
    return (
        f"24 ones pass dropout with p 0.5. While training {int(kept.sum())} of them become 2 and "
        f"{int((~kept).sum())} become 0; in evaluation all stay 1."
    )
