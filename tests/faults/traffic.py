"""Submissions in flight while something breaks, and what must have become of them."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from exercises import catalogue
from tests.grader.services import wait_for
from tests.grader.stack import Stack

SLUG = "output-shape"
SOLUTION = catalogue.load(SLUG).solutions[0].source
MISTAKE = next(item for item in catalogue.load(SLUG).mistakes if item.name == "dilation_ignored").source
LOOP = "def output_shape(*args, **kwargs):\n    while True:\n        pass\n"
NAP = f"import time\ntime.sleep(0.5)\n{SOLUTION}"


@dataclass(frozen=True)
class Sent:
    """A submission and the verdict that its code deserves."""

    pk: str
    deserved: str


@dataclass
class Traffic:
    """One learner's submissions: what is honest, wrong and endless; some running, some queued."""

    stack: Stack
    person: int
    sent: list[Sent] = field(default_factory=list)

    def send(self, source: str, deserved: str, kind: str = "submit") -> str:
        pk = self.stack.submit(source, SLUG, kind, self.person)
        self.sent.append(Sent(pk, deserved))
        return pk

    def try_to_send(self, source: str, deserved: str) -> None:
        """Send; a site that can store nothing may answer with an error, but what it takes it has to keep."""
        body = {"exercise": SLUG, "source": source}
        token = self.stack.people[self.person]["token"]
        headers = {"Authorization": f"Token {token}"}
        status, text = self.stack.ask("POST", "/api/v1/submissions/", body, **headers)
        if status == 201:
            self.sent.append(Sent(json.loads(text)["id"], deserved))
        else:
            assert status >= 500, text

    def begin(self) -> None:
        """Return when two are being judged and others wait."""
        loop = self.send(LOOP, "time_limit", "run")
        nap = self.send(NAP, "accepted")
        self.send(SOLUTION, "accepted")
        self.send(MISTAKE, "wrong_answer")
        self.send(SOLUTION, "accepted", "run")
        for pk in (loop, nap):
            wait_for("begun", lambda pk=pk: self.state(pk) in ("running", "finished"))
        others = [self.state(sent.pk) for sent in self.sent[2:]]
        assert others == ["queued"] * 3 or (self.state(nap) == "finished" and "queued" in others)

    def state(self, pk: str) -> str:
        """Its state; empty while the site can't tell."""
        found = self._ask(pk)
        return str(found["state"]) if found else ""

    def events_of(self, kind: str) -> list[dict[str, Any]]:
        """All events of one kind so far, of all its submissions."""
        told = [self.stack.events(sent.pk, self.person) for sent in self.sent]
        return [event for events in told for event in events if event["kind"] == kind]

    def _ask(self, pk: str) -> dict[str, Any] | None:
        try:
            status, data = self.stack.api("GET", f"/submissions/{pk}/", person=self.person)
        except (OSError, ValueError):  # an error page while the database is away
            return None
        return data if status == 200 else None

    def must_end_well(self, fault_at: float, seconds: float) -> None:
        """All are finished within that time of the fault, each once, with the verdict it deserves."""
        end = fault_at + seconds
        for sent in self.sent:
            left = max(0.0, end - time.monotonic())
            try:
                wait_for(f"finished: {sent}", lambda pk=sent.pk: self.state(pk) == "finished", left)
            except AssertionError as error:
                told = [self.stack.events(other.pk, self.person) for other in self.sent]
                raise AssertionError(f"{error}\n{told}\n{self.stack.logs()}") from None
        for sent in self.sent:
            self._must_be_right(sent)

    def honest_is_accepted(self) -> None:
        """What comes after the fault is graded as if nothing had been."""
        honest = self.stack.submit(SOLUTION, SLUG, person=self.person)
        found = self.stack.wait_for_state(honest, "finished", person=self.person)
        assert (found["verdict"], found["score"]) == ("accepted", 1.0), found

    def _must_be_right(self, sent: Sent) -> None:
        found = self.stack.submission(sent.pk, self.person)
        assert found["verdict"] == sent.deserved, (found, self.stack.logs())
        assert found["report"]["verdict"] == sent.deserved
        events = self.stack.events(sent.pk, self.person)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        kinds = [event["kind"] for event in events if event["kind"] not in ("case", "verdict")]
        assert kinds == ["queued", "running"] * found["attempt"] + ["finished"], kinds
