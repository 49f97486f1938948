import pickle

from exercises.candidate import Frame, Raised
from exercises.failure import Failure, Kind


def test_a_failure_survives_the_way_between_processes():
    failure = Failure(Kind.VALUES, "wrong values", detail="3 of 4", label="values", expected=1.0, actual=2.0)
    again = pickle.loads(pickle.dumps(failure))
    assert vars(again) == vars(failure)
    assert str(again) == "wrong values"


def test_an_exception_of_a_candidate_does_too():
    raised = Raised("KeyError", ("KeyError", "LookupError"), "x", (Frame(3, "f"),))
    again = pickle.loads(pickle.dumps(raised))
    assert vars(again) == vars(raised)
    assert str(again) == "KeyError: x"
    assert again.is_a("LookupError")
