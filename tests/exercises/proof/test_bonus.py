"""Bonus cases decide nothing, but some right answer must win each."""

from exercises.proof.proof import prove

BONUS = """

@case("a bonus for doubling", bonus=True)
def doubled(candidate, rng):
    expect.that({condition}, "Not won.")
"""
WON = "candidate.affine(np.ones(2), 1.0, 0.0).dtype == np.float64"


def problems(root, condition: str) -> list[str]:
    path = root / "affine" / "checks.py"
    path.write_text(path.read_text() + BONUS.format(condition=condition))
    return prove("affine", 1, root).problems


def test_a_bonus_case_that_a_right_answer_wins_is_fine(root):
    assert problems(root, WON) == []


def test_a_bonus_case_that_nobody_wins_is_a_problem(root):
    assert problems(root, "False") == [
        "checks.py: no right answer wins the bonus case 'a bonus for doubling'"
    ]


def test_a_mistake_that_only_misses_a_bonus_is_not_rejected(root):
    mistake = root / "affine" / "mistakes" / "misses_bonus.py"
    source = (root / "affine" / "solution.py").read_text()
    mistake.write_text(
        '"""You return float32."""\n'
        + source.replace("+ offset", "+ offset + BONUS").replace(
            "import numpy as np", "import numpy as np\n\nBONUS = 0.0"
        )
    )
    assert problems(root, f"{WON} and not hasattr(candidate._driver.module, 'BONUS')") == [
        "mistakes/misses_bonus.py: accepted by every case (seed 20000)"
    ]
