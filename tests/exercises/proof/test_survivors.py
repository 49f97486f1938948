import tomllib

import pytest

from exercises.metadata import ExerciseError
from exercises.proof import survivors
from exercises.proof.mutants import Mutant
from exercises.proof.survivors import Survivor, entry_for, read, tally

ENTRY = """
[[survivor]]
file = "solution.py"
mutant = "f: y = (a, 'b') -> y = ('b', a)"
why = "Nobody looks at the order."
"""


def mutant(name: str, line: int = 7) -> Mutant:
    return Mutant("solution.py", name, line, "before", "after", "source")


def listed(name: str, changes: bool = False) -> Survivor:
    return Survivor("solution.py", name, "Because.", changes)


def tried(killed: int, *survived: str) -> dict[Mutant, str]:
    dead = {mutant(f"f: killed {number}"): "a case" for number in range(killed)}
    return dead | {mutant(name): "" for name in survived}


def counted(entries, outcomes, more=()):
    every = [*(one.name for one in outcomes), *more]
    return tally(entries, outcomes, {"solution.py": every})


def test_entries_are_read_one_by_one_and_as_lists(tmp_path):
    assert read(tmp_path) == []
    (tmp_path / "survivors.toml").write_text(
        ENTRY + '[[survivor]]\nfile = "s.py"\nmutant = ["a", "b"]\nwhy = "So."\nchanges_behaviour = true\n'
    )
    assert read(tmp_path) == [
        Survivor("solution.py", "f: y = (a, 'b') -> y = ('b', a)", "Nobody looks at the order.", False),
        Survivor("s.py", "a", "So.", True),
        Survivor("s.py", "b", "So.", True),
    ]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[[survivor]]", "[[survivors]]", "survivors: unknown field; there are survivor"),
        ("[[survivor]]", "[survivor]", "survivor: expected [[survivor]] tables"),
        ("why =", "because =", "survivor 1: because: unknown field"),
        ('why = "Nobody looks at the order."', "", "survivor 1: why: expected one line"),
        ("Nobody looks at the order.", "TODO", "survivor 1: why: expected a sentence that says why"),
        ("why =", 'changes_behaviour = "yes"\nwhy =', "changes_behaviour: expected true or false"),
        ("mutant =", "mutant = 3 #", "survivor 1: mutant: expected one line"),
        ("mutant =", "mutant = [] #", "survivor 1: mutant: expected a list of 1 to 200"),
        ("\n[[survivor]]", ENTRY + "[[survivor]]", "is listed twice"),
        ("file =", "file", "Expected '=' after a key"),
    ],
)
def test_a_wrong_entry_is_named_with_its_file(tmp_path, old, new, complaint):
    assert old in ENTRY
    (tmp_path / "survivors.toml").write_text(ENTRY.replace(old, new, 1))
    with pytest.raises(ExerciseError) as caught:
        read(tmp_path)
    assert complaint in str(caught.value)
    assert "survivors.toml" in str(caught.value)


def test_a_survivor_must_be_listed():
    result = counted([], tried(99, "f: a -> b"))
    assert result.problems == [
        "solution.py:7: this mutant passes every case; reject it, or list and explain it in survivors.toml: "
        "f: a -> b"
    ]
    assert [one.name for one in result.unlisted] == ["f: a -> b"]


def test_a_listed_survivor_that_changes_nothing_does_not_count():
    result = counted([listed("f: a -> b")], tried(19, "f: a -> b"))
    assert (result.total, result.killed, result.explained, result.problems) == (20, 19, 1, [])
    assert result.rate == 1.0


def test_names_that_another_python_writes_differently_agree():
    assert counted([listed("f: return a, 'b' -> x")], tried(19, 'f: return (a, "b") -> x')).problems == []


def test_survivors_that_change_behaviour_count_against_the_cases():
    names = [f"f: survivor {number}" for number in range(2)]
    entries = [listed(name, changes=True) for name in names]
    assert counted(entries, tried(38, *names)).problems == []
    (problem,) = counted(entries, tried(37, *names)).problems
    assert problem.startswith(
        "checks.py: rejects 37 of 39 mutants that change behaviour (94.9%); at least 95%"
    )


def test_stale_entries_are_named():
    outcomes = tried(1, "f: alive")
    assert counted([listed("f: alive"), listed("f: killed 0")], outcomes).problems == [
        "survivors.toml: delete the entry of a mutant which is rejected now (a case): f: killed 0"
    ]
    assert counted([listed("f: alive"), listed("f: gone")], outcomes).problems == [
        "survivors.toml: delete the entry of a mutant which is no mutant of solution.py: f: gone"
    ]
    assert counted([listed("f: alive"), listed("f: not drawn")], outcomes, ["f: not drawn"]).problems == [
        "survivors.toml: delete the entry of a mutant which is not among the mutants that are chosen "
        "to be tried: f: not drawn"
    ]


def test_an_answer_without_mutants_is_no_division_by_zero():
    assert survivors.Tally().rate == 1.0


def test_an_entry_to_paste_is_toml_that_waits_for_its_reason(tmp_path):
    name = "f: x = 'a\\n\"é' -> (dropped)"
    text = entry_for(mutant(name))
    (entry,) = tomllib.loads(text)["survivor"]
    assert entry["mutant"] == name
    (tmp_path / "survivors.toml").write_text(text)
    with pytest.raises(ExerciseError, match="instead of TODO"):
        read(tmp_path)
