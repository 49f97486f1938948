"""One submission in a process of its own, without any sandbox: what a grader without this engine does.

Started afresh for each submission; imports what the checks need and no more. Prints the verdict.
Run: python -m benchmarks.cold WORKLOAD SEED
"""

import sys

from benchmarks.workloads import named
from exercises.candidate import Raised
from exercises.failure import Failure


def main() -> None:
    workload, seed = named(sys.argv[1]), int(sys.argv[2])
    if workload.profile != "numpy":
        import torch

        torch.set_num_threads(1)
    verdict = "accepted"
    candidate = workload.exercise.local(workload.answer)
    for one in workload.cases:
        try:
            one.run(candidate, seed)
        except (Failure, Raised):
            verdict = "wrong_answer"
    print(verdict)


if __name__ == "__main__":
    main()
