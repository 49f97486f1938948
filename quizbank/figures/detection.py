"""Boxes: overlap, suppression, anchors."""

import numpy as np

from quizbank.figures.draw import Drawing
from quizbank.figures.parts import shown
from quizbank.figures.registry import figure

Box = tuple[float, float, float, float]  # left, top, right, bottom


def iou(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return shared / (area - shared)


def _frame(sheet: Drawing, box: Box, kind: str, scale: float = 1, left: float = 0, top: float = 0) -> None:
    sheet.rect(
        left + box[0] * scale,
        top + box[1] * scale,
        (box[2] - box[0]) * scale,
        (box[3] - box[1]) * scale,
        kind,
    )


@figure("iou-boxes", "IoU: what two boxes share, divided by what they cover")
def overlap(sheet: Drawing) -> str:
    a, b = (0, 0, 6, 4), (3, 2, 9, 6)
    size, left, top = 24, 52, 26
    for i, j in np.ndindex(6, 9):
        one, two = a[0] <= j < a[2] and a[1] <= i < a[3], b[0] <= j < b[2] and b[1] <= i < b[3]
        kind = "win" if one and two else "in" if one else "out" if two else ""
        if kind:
            sheet.rect(left + j * size, top + i * size, size, size, kind)
    _frame(sheet, a, "mark-1", size, left, top)
    _frame(sheet, b, "mark-2", size, left, top)
    shared = 3 * 2
    sheet.text(left + 72, 13, "A: 6 × 4", "text-1", bold=True)
    sheet.text(left + 144, top + 6 * size + 13, "B: 6 × 4", "text-3", bold=True)
    sheet.text(left + 4.5 * size, top + 3 * size, shared, bold=True)
    sheet.text(
        160,
        210,
        f"IoU = {shared} / (24 + 24 − {shared}) = {shared}/{48 - shared} = {iou(a, b):.3f}",
        bold=True,
    )
    return (
        f"Two boxes of 6 by 4 cells overlap in 3 by 2 = {shared} cells and cover {48 - shared} together: IoU "
        f"{iou(a, b):.3f}."
    )


@figure("nms-before-after", "Non-maximum suppression at IoU 0.5")
def suppression(sheet: Drawing) -> str:
    boxes: list[tuple[Box, float]] = [
        ((10, 26, 62, 92), 0.9),
        ((18, 34, 72, 98), 0.8),
        ((6, 34, 56, 100), 0.6),
        ((88, 40, 138, 112), 0.7),
        ((94, 50, 146, 122), 0.5),
    ]
    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -boxes[i][1]):
        if all(iou(boxes[index][0], boxes[other][0]) <= 0.5 for other in kept):
            kept.append(index)
    for panel, (name, chosen) in enumerate((("before", range(len(boxes))), ("after", kept))):
        left = 4 + panel * 162
        sheet.text(left + 75, 11, f"{name}: {len(chosen)} boxes", bold=True)
        sheet.rect(left, 24, 152, 146, "off", round=4)
        for index in chosen:
            box, score = boxes[index]
            good = index in kept
            _frame(sheet, box, "mark-1" if good else "mark-3", 1, left, 28)
        for index in chosen:
            box, score = boxes[index]
            if index in kept:
                sheet.left(left + box[0], 28 + box[1] - 8, shown(score, 1), "text-1", bold=True)
            elif panel == 0:
                place, anchor = (box[0], "start") if index == 2 else (box[2], "end")
                sheet.text(left + place, 28 + box[3] + 9, shown(score, 1), "text-2", anchor=anchor)
    first = iou(boxes[0][0], boxes[1][0]), iou(boxes[0][0], boxes[2][0]), iou(boxes[3][0], boxes[4][0])
    sheet.text(160, 186, "IoU with the stronger box: " + ", ".join(f"{v:.2f}" for v in first), "soft")
    return (
        "Five boxes with scores 0.9, 0.8, 0.6 around one object and 0.7, 0.5 around another. The weaker "
        f"ones overlap the strongest with IoU {', '.join(f'{v:.2f}' for v in first)}, all above 0.5, and are "
        f"removed; {len(kept)} boxes stay."
    )


@figure("anchors", "Nine anchors at one position: three scales, three ratios")
def anchors(sheet: Drawing) -> str:
    told = []
    for panel, scale in enumerate((32, 64, 96)):
        middle = (54 + panel * 106, 74)
        for index, ratio in enumerate((0.5, 1.0, 2.0)):
            width, height = scale / np.sqrt(ratio), scale * np.sqrt(ratio)
            shrink = 0.72
            box = (-width / 2, -height / 2, width / 2, height / 2)
            _frame(sheet, box, f"mark-{index + 1}", shrink, *middle)
            told.append(f"{width:.0f} by {height:.0f}")
        sheet.circle(*middle, 2.5, "fill-4")
        sheet.text(middle[0], 140, f"{scale}² pixels", "soft")
    for index, words in enumerate(("1 : 2", "1 : 1", "2 : 1")):
        sheet.rect(34 + index * 96, 156, 16, 12, f"mark-{index + 1}")
        sheet.left(58 + index * 96, 162, words)
    sheet.text(160, 186, "height : width; each ratio keeps the area", "soft")
    return (
        f"Rectangles around the same centre: {', '.join(told)} pixels, width by height. Each column has one "
        "area."
    )


@figure("detector-stages", "One-stage and two-stage detectors")
def stages(sheet: Drawing) -> str:
    for left, name, steps in (
        (
            2,
            "two stages",
            [
                "image",
                "backbone",
                "region proposals",
                "crop each region\n(RoI align)",
                "class and box\nof each region",
            ],
        ),
        (
            166,
            "one stage",
            ["image", "backbone, pyramid", "class and box\nat every position", "suppression\n(NMS)"],
        ),
    ):
        y = 22.0
        sheet.text(left + 76, 10, name, bold=True)
        for index, words in enumerate(steps):
            high = 26 + 16 * words.count("\n")
            if index:
                sheet.arrow([(left + 76, y - 16), (left + 76, y)])
            sheet.box(
                left + 4,
                y,
                144,
                high,
                words,
                "in" if not index else "out" if index == len(steps) - 1 else "box",
            )
            y += high + 16
    grid = sum((512 // s) ** 2 for s in (8, 16, 32))
    sheet.text(242, 222, "strides 8, 16, 32 on 512²:", "soft")
    sheet.text(242, 239, f"{grid} positions", "soft")
    return (
        "Two stages: image, backbone, region proposals, each region cropped with RoI align, then class and "
        "box of each region. One stage: image, backbone with pyramid, class and box at every position, "
        f"suppression. On a 512 image three strides make {grid} positions."
    )
