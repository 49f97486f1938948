"""How surely answers to train-digits-cnn meet its targets: trains each on many random splits.

python -m devtools.calibrate_digits [--runs N] [FILE ...]

A submission is judged on three splits, and a right answer has to meet the targets with at least 99.9 % of
seeds. That takes more than counting: the probability is worked out from the distribution of the errors on one
split, since the three are independent.
"""

import argparse
import runpy
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from exercises import catalogue
from exercises.catalogue import Exercise
from exercises.dsl import Candidate

SLUG = "train-digits-cnn"
COLUMNS = "| {:32} | {:>10} | {:>5} | {:>8} | {:>8} | {:>10} | {:>9} |"


def probability(errors: np.ndarray, checks: dict[str, Any]) -> float:
    """The chance to meet the targets on three splits and on the sorted one, from the errors on single ones.

    Numbers that were not seen are smoothed over with the negative binomial distribution of the same mean and
    variance (Poisson where the variance is not above the mean), whose tail is longer than what was seen.
    """
    of, splits = checks["TEST"], checks["SPLITS"]
    single = _distribution(errors, of)
    single[int(round(of * (1 - checks["LEAST"]), 6)) + 1 :] = 0  # a split with more has failed
    together = single
    for _ in range(splits - 1):
        together = np.convolve(together, single)
    most = int(round(splits * of * (1 - checks["MEAN"]), 6))
    return float(together[: most + 1].sum() * single.sum())


def _distribution(errors: np.ndarray, most: int) -> np.ndarray:
    """P(0), ..., P(most) errors."""
    mean, variance = float(errors.mean()), float(errors.var())
    found = np.zeros(most + 1)
    if variance <= mean:
        found[0] = np.exp(-mean)
        for k in range(1, most + 1):
            found[k] = found[k - 1] * mean / k
        return found
    p, r = mean / variance, mean * mean / (variance - mean)
    found[0] = p**r
    for k in range(1, most + 1):
        found[k] = found[k - 1] * (k - 1 + r) / k * (1 - p)
    return found


def errors_of(
    exercise: Exercise, source: str, checks: dict[str, Any], runs: int
) -> tuple[np.ndarray, int, float]:
    """The errors on the test images of each of these runs, the parameters, and seconds of CPU a run."""
    candidate: Candidate = exercise.local(source)
    found, parameters, start = [], 0, time.process_time()
    for seed in range(runs):
        x, y, test_x, test_y = checks["split"](np.random.default_rng(seed))
        model = checks["trained"](candidate, x, y, seed)
        right = checks["accuracy"](candidate, model, test_x, test_y)
        found.append(round((1 - right) * len(test_y)))
        parameters = getattr(candidate, "given:describe")(model)["parameters"]
    return np.array(found), parameters, (time.process_time() - start) / runs


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table, one row for each answer."""
    exercise = catalogue.load(SLUG)
    default = ["solution.py", *(one.file for one in exercise.answers), "mistakes/linear_model.py"]
    default.append("mistakes/hidden_layer_only.py")
    parser = argparse.ArgumentParser(
        prog="python -m devtools.calibrate_digits", description=__doc__.split("\n")[0]
    )
    parser.add_argument("files", nargs="*", default=default, metavar="FILE", help="files of the exercise")
    parser.add_argument("--runs", type=int, default=100, metavar="N", help="splits for each (default 100)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    checks = runpy.run_path(str(exercise.folder / "checks.py"))
    print(COLUMNS.format("answer", "parameters", "runs", "mean", "least", "all meet", "seconds"))
    print(COLUMNS.format("---", "---:", "---:", "---:", "---:", "---:", "---:"))
    for file in options.files:
        source = Path(exercise.folder / file).read_text(encoding="utf-8")
        errors, parameters, seconds = errors_of(exercise, source, checks, options.runs)
        right = 1 - errors / checks["TEST"]
        shown = (f"{right.mean():.2%}", f"{right.min():.2%}", f"{probability(errors, checks):.4%}")
        print(COLUMNS.format(file, f"{parameters:,}", len(errors), *shown, f"{seconds:.2f}"), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
