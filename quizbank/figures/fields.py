"""Receptive fields: which inputs reach one output through a stack of layers."""

import numpy as np

from exercises.reference.arithmetic import receptive_field, total_stride
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import bars, heat
from quizbank.figures.registry import figure

Layers = list[tuple[int, int, int]]
TOP, DEEP = 30, 56  # of a tree: its first row, and from row to row


def _reach(layers: Layers) -> list[list[int]]:
    """The positions that the last output depends on, from the output down to the input; they begin at 0."""
    rows = [[0]]
    for k, s, d in reversed(layers):
        rows.append(sorted({position * s + d * tap for position in rows[-1] for tap in range(k)}))
    return rows


def _tree(sheet: Drawing, layers: Layers) -> str:
    """One output at the top, the positions that feed it below, joined by the taps."""
    rows = _reach(layers)
    field = rows[-1][-1] + 1
    if field != receptive_field(layers):
        raise ValueError(f"the picture reaches {field} inputs, the formula says {receptive_field(layers)}")
    step = min(22.0, 296 / field)
    jumps = [total_stride(layers[: len(layers) - depth]) for depth in range(len(layers) + 1)]
    places = [
        {p: 160 + (p - row[-1] / 2) * jump * step for p in row} for row, jump in zip(rows, jumps, strict=True)
    ]
    for depth, (k, s, d) in enumerate(reversed(layers)):
        top = TOP + depth * DEEP
        for position, x in places[depth].items():
            for tap in range(k):
                sheet.line([(x, top), (places[depth + 1][position * s + d * tap], top + DEEP)], "thin")
        words = f"stride {s}" if s > 1 else f"dilation {d}" if d > 1 else f"kernel {k}"
        sheet.left(2, 10 + 17 * depth, f"layer {len(layers) - depth}: {words}", "soft")
    radius = min(7.0, step * 0.42)
    bottom = TOP + len(layers) * DEEP
    for position in range(field):
        sheet.circle(160 + (position - (field - 1) / 2) * step, bottom, radius, "off")
    for depth, row in enumerate(places):
        kind = "now" if depth == 0 else ("win" if depth == len(layers) else "in")
        for x in row.values():
            sheet.circle(x, TOP + depth * DEEP, radius, kind)
    sheet.left(176, TOP - 6, "one output", "soft")
    sheet.text(160, bottom + 22, f"{field} inputs: the receptive field", bold=True)
    parts = ", ".join(f"kernel {k}, stride {s}, dilation {d}" for k, s, d in layers)
    return f"One output of a stack of {len(layers)} layers ({parts}) depends on {field} neighbouring inputs."


@figure("receptive-field-stack", "Three stacked 3-wide kernels see seven inputs")
def stack(sheet: Drawing) -> str:
    return _tree(sheet, [(3, 1, 1)] * 3)


@figure("receptive-field-dilation", "Dilations 1, 2, 4 double the reach with each layer")
def dilation(sheet: Drawing) -> str:
    return _tree(sheet, [(3, 1, 1), (3, 1, 2), (3, 1, 4)])


@figure("receptive-field-stride", "Strides make the later kernels wider on the input")
def stride(sheet: Drawing) -> str:
    return _tree(sheet, [(3, 2, 1), (3, 2, 1), (3, 1, 1)])


@figure("receptive-field-growth", "Receptive field after each of six 3×3 layers")
def growth(sheet: Drawing) -> str:
    kinds = (
        ("plain", [(3, 1, 1)] * 6),
        ("stride 2 twice", [(3, 2, 1), (3, 1, 1), (3, 2, 1), (3, 1, 1), (3, 1, 1), (3, 1, 1)]),
        ("dilated 1 … 32", [(3, 1, 2**i) for i in range(6)]),
    )
    told, y = [], 10.0
    for index, (name, layers) in enumerate(kinds, 1):
        fields = [receptive_field(layers[: depth + 1]) for depth in range(6)]
        sheet.left(2, y, name, bold=True)
        rows = [(f"layer {depth + 1}", field, str(field)) for depth, field in enumerate(fields)]
        y = bars(sheet, y + 12, rows, label=56, end=36, step=18, full=127, kind=f"fill-{index}") + 12
        told.append(f"{name}: {', '.join(map(str, fields))}")
    return f"Receptive field along one axis after layers 1 to 6 of 3 by 3 kernels. {'; '.join(told)}."


@figure("effective-receptive-field", "The middle of the receptive field counts most")
def effective(sheet: Drawing) -> str:
    ways = np.ones(1)
    for _ in range(5):
        ways = np.convolve(ways, np.ones(3))
    plane = np.outer(ways, ways)
    inner = plane[3:-3, 3:-3].sum() / plane.sum()
    sheet.text(160, 10, "ways from each pixel to one output, five 3×3 layers", "soft")
    heat(sheet, 83, 24, plane, 14)
    sheet.rect(83 + 42, 24 + 42, 70, 70, "mark")
    sheet.text(160, 196, f"the middle 5 × 5 of 11 × 11: {inner:.0%} of all ways", bold=True)
    return (
        "Heat map over the 11 by 11 receptive field of five stacked 3 by 3 layers with equal weights. The "
        f"number of paths falls off like a bell from the centre; the middle 5 by 5 pixels hold {inner:.0%} "
        "of them."
    )


@figure("causal-dilation", "Causal, dilated: kernel 2 with dilations 1, 2, 4, 8")
def causal(sheet: Drawing) -> str:
    dilations = (1, 2, 4, 8)
    field = receptive_field([(2, 1, d) for d in dilations])
    step = 296 / (field - 1)
    used, rows = {0}, [{0}]
    for d in reversed(dilations):
        used = {position + lag for position in used for lag in (0, d)}
        rows.append(used)
    if len(used) != field:
        raise ValueError(f"the picture reaches {len(used)} inputs, the formula says {field}")
    for depth, d in enumerate(reversed(dilations)):
        top = TOP + depth * 46
        for lag in rows[depth]:
            for tap in (0, d):
                sheet.line([(308 - lag * step, top), (308 - (lag + tap) * step, top + 46)], "thin")
    for depth, row in enumerate(rows):
        strong = "now" if depth == 0 else "win" if depth == len(dilations) else "in"
        for lag in range(field):
            sheet.circle(308 - lag * step, TOP + depth * 46, 6, strong if lag in row else "off")
    sheet.text(318, 10, "output now", "soft", anchor="end")
    sheet.left(2, 10, "past", "soft")
    bottom = TOP + len(dilations) * 46 + 22
    sheet.text(160, bottom, f"{field} inputs: this one and {field - 1} before it", bold=True)
    return (
        "Four layers of kernel size 2 with dilations 1, 2, 4 and 8. The output at the right depends on "
        f"{field} inputs, the present one and {field - 1} past ones, each by exactly one path; nothing comes "
        "from the future."
    )
