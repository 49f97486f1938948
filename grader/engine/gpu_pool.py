"""The pool of the cuda profile: one zygote, and on each GPU one candidate and at most one child that waits.

Two kinds of side processes stand beside the runner, so that a driver that hangs does not take the runner with
it: the attendant, which reads how much memory is in use (`sandbox/nvml.py`), and throwaway probes, which
try a GPU that has failed (`sandbox/probe.py`). What happens when stands in `gpu_places.py`.
"""

import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from grader.engine.gpu_places import STALE_SECONDS, Place
from grader.engine.loop import Loop
from grader.engine.pool import Pool, Sizes
from grader.engine.processes import Child, Zygote
from grader.engine.sandbox import cgroups, devices
from grader.engine.sandbox.nvml import Inventory
from grader.engine.sandbox.plan import UNSAFE, Plan

log = logging.getLogger("stride.runner")
PROJECT = Path(__file__).resolve().parents[2]
PROBE_SECONDS = 30.0
NO_GROUPS = (
    "no control groups: the memory of a GPU's candidates cannot be bounded otherwise; "
    "run the runner as root, or in a delegated group"
)


class SideProcess:
    """A process beside the runner that prints lines."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"grader.engine.sandbox.{module}", *arguments],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.input, self.output = self.process.stdin, self.process.stdout
        self.begun = time.monotonic()
        self.rest = b""

    def lines(self) -> list[str] | None:
        """Whole lines that have come; None when it has ended."""
        data = os.read(self.output.fileno(), 65536)
        if not data:
            return None
        *whole, self.rest = (self.rest + data).split(b"\n")
        return [line.decode(errors="replace") for line in whole]

    def ask(self) -> None:
        try:
            os.write(self.input.fileno(), b"\n")
        except OSError:  # that it has ended is heard when its output is read
            return

    def stop(self) -> int:
        """End it; gives its exit status."""
        self.process.kill()
        for file in (self.input, self.output):
            file.close()
        return self.process.wait()


class GpuPool(Pool):
    """Everything of the cuda profile."""

    def __init__(
        self, profile: str, plan: Plan, groups: cgroups.Hierarchy | None, sizes: Sizes, loop: Loop
    ) -> None:
        super().__init__(profile, plan, groups, sizes, loop)
        self.places: dict[str, Place] = {}
        self.probes: dict[str, SideProcess] = {}
        self.attendant: SideProcess | None = None
        self.attend_at = 0.0
        self.driver = ""
        self.stuck = ""  # why the zygote does not serve, whatever the GPUs do

    @property
    def most_ready(self) -> int:
        return len(self.places)

    @property
    def tier(self) -> str:
        return self.plan.tier if self.plan.cgroups else UNSAFE

    def start(self) -> None:
        """Look for GPUs first; the zygote starts when there is one."""
        by_hand = os.environ.get("STRIDE_SANDBOX") == "unsafe"
        self.unavailable = devices.problem() or ("" if self.plan.cgroups or by_hand else NO_GROUPS)
        if not self.unavailable:
            self._attend()

    def stop(self) -> None:
        for side in (self.attendant, *self.probes.values()):
            if side is not None:
                self.loop.forget(side.output)
                side.stop()
        self.attendant, self.probes = None, {}
        super().stop()

    def status(self) -> dict[str, Any]:
        """The GPUs for the runner's status."""
        return {
            "driver": self.driver,
            "gpus": [
                {
                    "name": place.gpu.name,
                    "node": place.gpu.node,
                    "memory_mb": place.gpu.memory_mb,
                    "used_mb": place.used_mb,
                    "busy": place.in_use is not None,
                    "problem": place.problem,
                }
                for place in self.places.values()
            ],
        }

    # The attendant

    def _attend(self) -> None:
        attendant = self.attendant = SideProcess("nvml")
        self.loop.watch(attendant.output, lambda: self._hear_attendant(attendant))

    def _hear_attendant(self, attendant: SideProcess) -> None:
        lines = attendant.lines()
        if lines is None:
            self._lose_attendant(attendant)
            return
        for line in lines:
            message = json.loads(line)
            if "gpus" in message:
                self._count(Inventory.from_dict(message))
            elif "used" in message:
                self._read(message["used"])

    def _lose_attendant(self, attendant: SideProcess) -> None:
        self.loop.forget(attendant.output)
        attendant.stop()
        self.attendant = None
        self.attend_at = time.monotonic() + STALE_SECONDS
        if not self.places:
            self.unavailable = self.unavailable or "no GPU: the driver gives no answer"

    def _count(self, inventory: Inventory) -> None:
        """The inventory has come, first or again."""
        self.driver = inventory.driver
        if not self.places:
            self.unavailable = inventory.problem
            self.places = {gpu.uuid: Place(gpu) for gpu in inventory.gpus}
            if self.places:
                super().start()

    def _read(self, used: dict[str, Any]) -> None:
        now = time.monotonic()
        for uuid, place in self.places.items():
            reading = used.get(uuid, "the driver no longer names it")
            if not isinstance(reading, int):
                self._drop_place(place, str(reading), now)
                continue
            place.read(reading, now)
            if place.exceeds():
                self._end_hog(place)
        self._settle_service()
        self.on_ready()

    def _end_hog(self, place: Place) -> None:
        child = self._child(place.in_use)
        if child is not None and not child.hogged_device:
            log.warning("a candidate took more than its limit of %s and was ended", place.gpu.node)
            child.hogged_device = True
            child.kill()

    # Children

    def tick(self) -> None:
        now = time.monotonic()
        if self.attendant is None and self.places and now >= self.attend_at:
            self._attend()
        for place in self.places.values():
            if place.wants_probe(now):
                self._probe(place)
        for uuid, side in list(self.probes.items()):
            if now - side.begun > PROBE_SECONDS:
                self._end_probe(self.places[uuid], side, f"gave no answer within {PROBE_SECONDS:.0f} seconds")
        if self.places:
            super().tick()

    def replenish(self, extra: int = 0) -> None:
        """Start a child on every GPU that works and has none waiting, however many sessions wait."""
        zygote = self.zygote
        if zygote is None or zygote.versions is None or self.stuck:
            return
        for place in self.places.values():
            if place.wants_child():
                place.starting = self._ask(zygote, gpu=place.gpu.access.as_dict())
        self._recycle(zygote)

    def take(self) -> Child | None:
        """A child whose GPU nobody uses; a reading that is too old is asked for anew."""
        now = time.monotonic()
        for child in list(self.ready):
            place = self._place(child.number)
            if place is None or not place.is_free(now) or child.ended is not None or child.has_exited(0):
                continue
            self.ready.remove(child)
            place.begin(child.number, 0)
            self.replenish()
            return child
        if self.ready and self.attendant is not None:
            self.attendant.ask()
        return None

    def begin(self, child: Child, device_memory_mb: int) -> None:
        """The session of a child that was taken begins, with this limit of the GPU's memory."""
        place = self._place(child.number)
        if place is not None:
            place.limit_mb = device_memory_mb

    def shaken(self, child: Child) -> None:
        """CUDA failed in this session: what waits beside it is replaced, so that the next one is sound."""
        place = self._place(child.number)
        waiting = self._child(place.waiting) if place else None
        if place is None or waiting is None:
            return
        if waiting in self.ready:  # it must not be handed over while it dies
            self.ready.remove(waiting)
        place.waiting = None
        waiting.kill()
        self.replenish()

    def _place(self, number: int) -> Place | None:
        for place in self.places.values():
            if number in (place.starting, place.waiting, place.in_use):
                return place
        return None

    def _child(self, number: int | None) -> Child | None:
        zygotes = (self.zygote, self.successor, *self.retired)
        found = [zygote.children.get(number) for zygote in zygotes if zygote and number is not None]
        return next((child for child in found if child is not None), None)

    def _became_ready(self, child: Child) -> None:
        place = self._place(child.number)
        if place is not None:
            place.works(child.number)

    def _failed(self, child: Child, problem: str) -> None:
        """A child could not start: its GPU may be at fault, and the others go on."""
        place = self._place(child.number)
        if place is None:
            super()._failed(child, problem)
            return
        log.error("no child starts on %s: %s", place.gpu.node, problem)
        place.fail(problem, time.monotonic())
        self._settle_service()

    def _count_failure(self, zygote: Zygote) -> None:
        self.unavailable = ""
        super()._count_failure(zygote)
        self.stuck = zygote.failure if self.refused else self.unavailable
        self._settle_service()

    def _bury(self, zygote: Zygote, report: dict[str, Any]) -> None:
        place = self._place(report["exited"])
        if place is not None:
            place.forget(report["exited"], time.monotonic())
        super()._bury(zygote, report)
        if self.attendant is not None:
            self.attendant.ask()
        self.replenish()

    # GPUs that fail

    def _drop_place(self, place: Place, reason: str, now: float) -> None:
        """The driver has lost it: whoever uses it cannot go on, through no fault of theirs."""
        if not place.failed:
            place.fail(reason, now)
        for number in (place.in_use, place.waiting, place.starting):
            child = self._child(number)
            if child is not None:
                child.kill()

    def _probe(self, place: Place) -> None:
        place.probing = True
        side = self.probes[place.gpu.uuid] = SideProcess("probe", place.gpu.uuid)
        self.loop.watch(side.output, lambda: self._hear_probe(place, side))

    def _hear_probe(self, place: Place, side: SideProcess) -> None:
        lines = side.lines()
        if lines is None:
            self._end_probe(place, side, "")
        elif lines:
            self._end_probe(place, side, lines[0])

    def _end_probe(self, place: Place, side: SideProcess, problem: str) -> None:
        """It printed a problem or just ended. What a probe does not find may still stop a child."""
        self.loop.forget(side.output)
        del self.probes[place.gpu.uuid]
        status = 0 if problem else side.process.wait()  # its output has closed: it is ending
        side.stop()
        place.probing = False
        if problem or status:
            place.fail(problem or f"the probe ended with status {status}", time.monotonic())
        else:
            place.failed = False
        self._settle_service()
        self.replenish()

    def _settle_service(self) -> None:
        """The profile is unavailable when every GPU is out of service, and no longer."""
        if not self.places:
            return
        out = [place.out_of_service for place in self.places.values()]
        silent = self._is_silent()
        self.unavailable = self.stuck or silent or (f"out of service: {'; '.join(out)}" if all(out) else "")
        if self.unavailable:
            self.on_gone()

    def _is_silent(self) -> str:
        newest = max(place.read_at for place in self.places.values())
        begun = self.attendant.begun if self.attendant else 0.0
        late = time.monotonic() - max(newest, begun) > 2 * STALE_SECONDS
        return "out of service: the driver gives no readings" if late else ""
