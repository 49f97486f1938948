"""The table of the catalogue: one line an exercise, and the problems below it."""

from exercises.proof.result import Result

PROBLEMS = 8  # more of one exercise are shown by `./dev exercise check`

ROW = "{:32}{:>5}{:>7}{:>7}{:>8}{:>9}{:>16}{:>6}{:>8}  {}"
TITLES = ("exercise", "cases", "points", "models", "answers", "mistakes", "mutants", "seeds", "seconds", "")


def head() -> str:
    """The titles of the columns."""
    return ROW.format(*TITLES).rstrip()


def row(result: Result) -> str:
    """The line of one exercise, and its problems."""
    state = "FAILS" if result.problems else f"skipped: {result.skipped}" if result.skipped else "ok"
    seconds = f"{sum(result.seconds.values()):.1f}"
    sizes = (result.cases, result.points, result.solutions, result.answers, result.mistakes)
    line = ROW.format(result.slug, *sizes, mutants(result), result.seeds or "-", seconds, state)
    problems = [f"    {problem}" for problem in dict.fromkeys(result.problems)]
    if len(problems) > PROBLEMS:
        problems[PROBLEMS:] = [f"    and {len(problems) - PROBLEMS} more: ./dev exercise check {result.slug}"]
    return "\n".join([line, *problems])


def mutants(result: Result) -> str:
    """Rejected and all mutants, and how many of the others are explained as not changing behaviour."""
    if not result.mutated:
        return "-"
    explained = f" (+{result.explained})" if result.explained else ""
    return f"{result.killed}/{result.mutants}{explained}"


def total(results: list[Result]) -> str:
    """The sums over all exercises."""
    failing = sum(bool(result.problems) for result in results)
    killed, tried = (sum(getattr(result, name) for result in results) for name in ("killed", "mutants"))
    explained = sum(result.explained for result in results)
    words = f"{len(results)} exercises, {len(results) - failing} ok, {failing} failing"
    if tried:
        unlisted = sum(len(result.unlisted) for result in results)
        words += (
            f"; {killed} of {tried} mutants rejected, {explained} explained as no change, "
            f"{tried - killed - explained - unlisted} knowingly let through, {unlisted} not explained"
        )
    return words
