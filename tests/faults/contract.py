"""What must hold on every database and broker, whatever dies: nothing is lost, nothing is graded twice,
nobody is blamed, and all is done within the lease time plus ten seconds.

Real processes are really killed while submissions are being judged and others wait.
"""

import itertools
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest

from tests.faults import processes
from tests.faults.checkout import checkout
from tests.faults.traffic import LOOP, NAP, SLUG, SOLUTION, Traffic
from tests.grader.services import wait_for
from tests.grader.stack import Stack

LEASE_SECONDS = 3
MORE_SECONDS = 10
LIMIT_SECONDS = 2  # of the exercise, so that an endless loop is told soon
SETTINGS = {"STRIDE_LEASE_SECONDS": str(LEASE_SECONDS)}
FILLER = f"""
import os
def fill(name):
    with open(name, "wb") as file:
        while True:
            file.write(bytes(1 << 20))
try:
    fill("/tmp/full")
except OSError:
    pass
for number in range(5000):
    try:
        open(f"/tmp/{{number}}", "w").close()
    except OSError:
        break
{SOLUTION}
"""


class FaultContract:
    """Each test breaks one thing in the middle of a learner's submissions."""

    @staticmethod
    def open_stack(root: Path, **settings: str) -> AbstractContextManager[Stack]:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def stack(cls, tmp_path_factory) -> Iterator[Stack]:
        root = checkout(tmp_path_factory.mktemp("checkout"), SLUG, LIMIT_SECONDS)
        with cls.open_stack(root, **SETTINGS) as running:
            running.numbers = itertools.count()  # of learners: each test has one of their own
            yield running

    @pytest.fixture
    def traffic(self, stack) -> Traffic:
        return Traffic(stack, next(stack.numbers))

    @staticmethod
    def end_well(traffic: Traffic, fault_at: float) -> None:
        traffic.must_end_well(fault_at, LEASE_SECONDS + MORE_SECONDS)
        traffic.honest_is_accepted()

    # The worker

    def test_killed_pool_processes(self, stack, traffic):
        traffic.begin()
        fault_at = time.monotonic()
        processes.kill(processes.pool(stack.worker.pid))
        self.end_well(traffic, fault_at)

    def test_killed_idle_pool_processes(self, stack, traffic):
        """One, then both: none may take a lock with it that the others need."""
        for number in (1, 2):
            processes.kill(processes.pool(stack.worker.pid)[:number])
            traffic.honest_is_accepted()

    def test_a_killed_worker(self, stack, traffic):
        """Only its main process: what is below it must go by itself. Another takes its place."""
        traffic.begin()
        left = processes.below(stack.worker.pid)
        fault_at = time.monotonic()
        processes.kill([stack.worker.pid])
        stack.worker.wait()
        stack.start_worker()
        self.end_well(traffic, fault_at)
        wait_for("the killed worker's processes end", lambda: not any(map(processes.alive, left)))

    def test_frozen_pool_processes_that_come_back_too_late(self, stack, traffic):
        """Their leases run out meanwhile; what they then still have to say counts for nothing."""
        traffic.begin()
        frozen = processes.pool(stack.worker.pid)
        fault_at = time.monotonic()
        processes.kill(frozen, signal.SIGSTOP)
        try:
            wait_for("leases run out", lambda: len(traffic.events_of("queued")) > len(traffic.sent))
        finally:
            processes.kill(frozen, signal.SIGCONT)
        self.end_well(traffic, fault_at)

    # The web server

    def test_a_killed_web_server(self, stack, traffic):
        traffic.begin()
        fault_at = time.monotonic()
        processes.kill([stack.web.pid])
        stack.web.wait()
        stack.start_web()
        self.end_well(traffic, fault_at)

    # The runner

    def test_a_killed_runner(self, stack, traffic):
        traffic.begin()
        fault_at = time.monotonic()
        processes.kill([processes.runner(stack.worker.pid)])
        self.end_well(traffic, fault_at)

    def test_killed_zygotes(self, stack, traffic):
        traffic.begin()
        fault_at = time.monotonic()
        processes.kill(processes.zygotes(stack.worker.pid))
        self.end_well(traffic, fault_at)

    def test_killed_children(self, stack, traffic):
        """Those in use and those that stand by."""
        traffic.begin()
        fault_at = time.monotonic()
        processes.kill(processes.candidates(stack.worker.pid))
        self.end_well(traffic, fault_at)

    def test_children_that_fill_their_disk(self, stack, traffic):
        """Bytes and inodes: each fills its own scratch folder, and nobody else's."""
        traffic.begin()
        fault_at = time.monotonic()
        for _ in range(4):
            traffic.send(FILLER, "accepted")
        self.end_well(traffic, fault_at)

    # What the processes talk to

    def test_a_broker_that_dies_and_forgets(self, stack, traffic):
        """What is submitted while it is away is taken, too."""
        traffic.begin()
        fault_at = time.monotonic()
        stack.broker.breakdown()
        try:
            traffic.send(SOLUTION, "accepted")
            time.sleep(2)
        finally:
            stack.broker.mend()
        self.end_well(traffic, fault_at)

    def test_a_database_that_is_away(self, stack, traffic):
        traffic.begin()
        fault_at = time.monotonic()
        with stack.database.away():
            time.sleep(2)
        self.end_well(traffic, fault_at)

    def test_a_dropped_event_stream_goes_on_where_it_was(self, stack, traffic):
        pk = traffic.send(LOOP, "time_limit", "run")
        head = first_events(stack, pk, traffic.person)
        last = re.findall(r"^id: (\d+)$", head, re.MULTILINE)[-1]
        rest = stack.stream(pk, person=traffic.person, **{"Last-Event-ID": last})
        numbers = [int(number) for number in re.findall(r"^id: (\d+)$", head + rest, re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert (head + rest).count("event: finished") == 1

    def test_a_full_disk(self, stack, traffic):
        """The one with the runner's socket and the logs; in the embedded site also database and messages."""
        if not stack.disk_is_small:
            pytest.skip("only root can mount a small file system to fill")
        traffic.begin()
        fault_at = time.monotonic()
        filler = stack.var / "filler"
        try:
            fill(filler)
            traffic.try_to_send(SOLUTION, "accepted")
            time.sleep(2)
        finally:
            filler.unlink()
        self.end_well(traffic, fault_at)

    # Order

    def test_a_flood_from_several_accounts_holds_up_nobody(self, stack):
        """Three accounts send five each; who comes last is graded after one of each or two, not after all."""
        flood = [Traffic(stack, next(stack.numbers)) for _ in range(3)]
        for traffic in flood * 5:
            traffic.send(NAP, "accepted", "run")
        other = Traffic(stack, next(stack.numbers))
        pk = other.send(SOLUTION, "accepted", "run")
        finished = stack.wait_for_state(pk, "finished", person=other.person)
        for traffic in flood:
            traffic.must_end_well(time.monotonic(), 60)
        begun = [stack.submission(sent.pk, each.person)["started"] for each in flood for sent in each.sent]
        before = sum(started < finished["started"] for started in begun)
        assert before <= 2 * len(flood), f"{before} of {len(begun)} came first"

    def test_workers_that_claim_at_once_get_a_row_each(self, stack):
        """Eight threads take two hundred rows: none twice, and none is left."""
        shown = stack.manage("shell", "--no-imports", "-v", "0", "-c", CLAIMS).stdout
        assert shown.split() == ["200", "200", "0"]


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 10, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))


def first_events(stack: Stack, pk: str, person: int) -> str:
    """What comes until the connection is cut, which is when the submission runs."""
    cookie = f"Cookie: sessionid={stack.people[person]['session']}"
    request = f"GET /submissions/{pk}/events HTTP/1.1\r\nHost: localhost\r\n{cookie}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", stack.port), 10) as browser:
        browser.sendall(request.encode())
        text = ""
        while "event: running" not in text or not text.endswith("\n\n\r\n"):
            text += browser.recv(65536).decode()
    return text


CLAIMS = """
from concurrent.futures import ThreadPoolExecutor
from django.db import connection
from accounts.models import User
from grader import lifecycle
from grader.models import Submission
users = list(User.objects.all())
for number in range(200):
    lifecycle.enqueue(Submission(user=users[number % len(users)], exercise="none", source="", queue="spare"))
def claim_all(_):
    found = []
    while submission := lifecycle.claim_next("spare"):
        found.append(submission.pk)
    connection.close()
    return found
with ThreadPoolExecutor(8) as pool:
    taken = [pk for found in pool.map(claim_all, range(8)) for pk in found]
print(len(taken), len(set(taken)), Submission.objects.queued().filter(queue="spare").count())
Submission.objects.filter(queue="spare").update(state="finished", lease_until=None)
"""
