"""What needs PyTorch, worked out once into measured.json, so that figures are drawn without it.

A test works the same numbers out again and compares.
"""

import json
from pathlib import Path

FILE = Path(__file__).parent / "measured.json"
STEPS = 100
RATE = 0.1


def schedules() -> dict[str, list[float]]:
    """The learning rate of each of 100 steps under four of PyTorch's schedules."""
    import torch
    from torch.optim import lr_scheduler as library

    def run(make: object) -> list[float]:
        optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
        schedule = make(optimiser)  # type: ignore[operator]
        rates = []
        for _ in range(STEPS):
            rates.append(round(optimiser.param_groups[0]["lr"], 6))
            optimiser.step()
            schedule.step()
        return rates

    def warm(optimiser: object) -> object:
        up = library.LinearLR(optimiser, 0.01, 1.0, 10)  # type: ignore[arg-type]
        down = library.CosineAnnealingLR(optimiser, STEPS - 10)  # type: ignore[arg-type]
        return library.SequentialLR(optimiser, [up, down], [10])  # type: ignore[arg-type]

    return {
        "StepLR": run(lambda o: library.StepLR(o, 30, 0.1)),
        "CosineAnnealingLR": run(lambda o: library.CosineAnnealingLR(o, STEPS)),
        "LinearLR, CosineAnnealingLR": run(warm),
        "OneCycleLR": run(lambda o: library.OneCycleLR(o, RATE, total_steps=STEPS + 1)),
    }


def read() -> dict[str, dict[str, list[float]]]:
    data: dict[str, dict[str, list[float]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return data


def work_out() -> dict[str, dict[str, list[float]]]:
    return {"schedules": schedules()}


def write() -> None:
    FILE.write_text(json.dumps(work_out()) + "\n", encoding="utf-8")
