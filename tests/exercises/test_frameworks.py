import pytest

from exercises import catalogue, forbidden, frameworks
from exercises.catalogue import ExerciseError
from tests.exercises.support import edit

NAMES = ("conv2d", "Conv2d", "unfold")
BOTH = ('frameworks = ["numpy"]\nprofile = "numpy"', 'frameworks = ["numpy", "torch"]\nprofile = "torch"')
TENSORS = """
@case("tensors", framework="torch")
def tensors(candidate, rng):
    expect.close(candidate.affine(rng.standard_normal(2), 1.0, 0.0), 0)
"""


@pytest.fixture
def both(root):
    """The small exercise, for answers in either framework, with a case for torch answers."""
    edit(root, "exercise.toml", *BOTH)
    path = root / "affine" / "checks.py"
    path.write_text(path.read_text() + TENSORS)
    return root


@pytest.mark.parametrize(
    ("source", "framework"),
    [
        ("import numpy as np", "numpy"),
        ("import torch", "torch"),
        ("def f():\n    from torch.nn import functional as F", "torch"),
        ("import torchvision", "numpy"),
        ("torch = 1\n'import torch'", "numpy"),
        ("from . import torch", "numpy"),
        ("def broken(:", "numpy"),
        ("(" * 100_000, "numpy"),
    ],
)
def test_the_framework_of_an_answer_is_what_it_imports(both, source, framework):
    exercise = catalogue.load("affine", both)
    assert frameworks.used(exercise, source) == framework
    assert exercise.profile_for(source) == framework
    assert ("tensors" in [case.name for case in exercise.cases_for(source)]) == (framework == "torch")


def test_an_exercise_for_one_framework_takes_no_notice_of_imports(root):
    exercise = catalogue.load("affine", root)
    assert frameworks.used(exercise, "import torch") == exercise.profile_for("import torch") == "numpy"
    assert catalogue.load("bn-eval-mode-bug").profile_for("import numpy") == "torch"


def test_visible_cases_alone_can_be_asked_for(both):
    exercise = catalogue.load("affine", both)
    assert [case.name for case in exercise.cases_for("import torch", visible_only=True)] == ["three numbers"]


def test_a_case_for_a_framework_that_is_not_taken_is_refused(both):
    edit(both, "exercise.toml", *reversed(BOTH))
    with pytest.raises(ExerciseError, match="'tensors' is for torch, which frameworks"):
        _ = catalogue.load("affine", both).cases


def test_a_case_for_a_gpu_is_for_torch_answers(both):
    edit(both, "exercise.toml", 'devices = ["cpu"]', 'devices = ["cpu", "cuda"]')
    edit(
        both,
        "checks.py",
        'framework="torch")\ndef tensors(candidate, rng)',
        'devices=("cpu", "cuda"))\ndef tensors(candidate, rng, device)',
    )
    with pytest.raises(ExerciseError, match='needs framework="torch"'):
        _ = catalogue.load("affine", both).cases


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import torch\ny = torch.conv2d", (2, "torch.conv2d")),
        ("import torch.nn.functional as F\n\ny = F.conv2d(x, w)", (3, "torch.nn.functional.conv2d")),
        ("from torch.nn.functional import conv2d as c", (1, "torch.nn.functional.conv2d")),
        ("from torch import nn\nnn.Conv2d(1, 1, 1)", (2, "torch.nn.Conv2d")),
        ("import torch.nn\ntorch.nn.functional.unfold(x, 2)", (2, "torch.nn.functional.unfold")),
        ("def conv2d(x):\n    return x\nconv2d(1)", None),
        ("class A:\n    def g(self): return self.conv2d", None),
        ("import torch\nx = torch.zeros(3).unfold(0, 2, 1)", None),
        ("import torch\nx.conv2d", None),
        ("def broken(:", None),
    ],
)
def test_forbidden_names_are_found_through_imports(source, found):
    assert forbidden.use(source, NAMES) == found


def test_nothing_is_forbidden_unless_the_exercise_says_so():
    assert forbidden.use("import torch\ntorch.conv2d", ()) is None
