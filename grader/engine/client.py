"""The trusted side: open a session, load a submission, call it, and turn whatever happens into a value
or an error.
"""

import contextlib
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from grader.engine import control, errors, source, values, wire
from grader.engine.channel import Channel, Forged, Gone, Oversized, Silent
from grader.engine.types import SOURCE_MAX_BYTES, Gradients, Limits, Loaded, Reply, Usage
from grader.engine.wire import Handle

Target = str | Handle | tuple[Handle, str]
CONNECT_SECONDS = 5.0
WAIT_SECONDS = 120.0
MAX_MESSAGE, MAX_NAME, MAX_NAMES, MAX_FRAMES = 2000, 200, 200, 8  # of what a child reports about itself
SIGSYS, SIGKILL, SIGXCPU = 31, 9, 24


class Engine:
    """A runner, reached by its socket. Holds no connection: safe to share and to fork."""

    def __init__(self, socket_path: str | Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self.socket_path = str(socket_path)
        self.wait_seconds = wait_seconds

    def open(
        self,
        profile: str,
        limits: Limits | None = None,
        *,
        companion: bool = False,
        seed: int | None = None,
    ) -> "Session":
        """A fresh sandboxed process, or `EngineUnavailable` / `SandboxRefused`. Waits for a free place.

        A companion takes no place: for trusted code that runs in turns with a session that holds one.
        `seed` is what the global random generators start from, else they differ from session to session.
        """
        limits = limits or Limits()
        sock = self._connect()
        request = {"do": "open", "profile": profile, "limits": limits.as_dict(), "companion": companion}
        try:
            control.send(sock, request)
            answer, descriptors = control.receive(sock)
        except TimeoutError:
            sock.close()
            raise errors.EngineUnavailable(
                f"no place became free at the runner within {self.wait_seconds:g} seconds"
            ) from None
        except control.Closed:
            sock.close()
            raise errors.EngineUnavailable("the runner closed the connection") from None
        if "error" in answer or len(descriptors) != 1:
            sock.close()
            raise _engine_error(answer)
        channel = Channel(socket.socket(fileno=descriptors[0]))
        return Session(sock, channel, limits, str(answer["tier"]), profile, seed)

    def status(self) -> dict[str, Any]:
        """Tier, missing features, versions, and per profile whether it is ready."""
        with self._connect() as sock:
            try:
                control.send(sock, {"do": "status"})
                return control.receive(sock)[0]
            except (TimeoutError, control.Closed):
                raise errors.EngineUnavailable(f"the runner at {self.socket_path} does not answer") from None

    def _connect(self) -> socket.socket:
        try:
            sock = control.connect(self.socket_path, CONNECT_SECONDS)
        except OSError as error:
            raise errors.EngineUnavailable(
                f"no runner answers at {self.socket_path}: {error.strerror or error}"
            ) from None
        sock.settimeout(self.wait_seconds)
        return sock


def _engine_error(answer: dict[str, Any]) -> errors.EngineError:
    kinds = {"refused": errors.SandboxRefused, "unavailable": errors.EngineUnavailable}
    return kinds.get(str(answer.get("error")), errors.EngineFault)(
        str(answer.get("message", "no descriptor came"))
    )


class Session:
    """One submission in one process. Close it with `finish()` or by leaving its `with` block."""

    def __init__(
        self,
        sock: socket.socket,
        channel: Channel,
        limits: Limits,
        tier: str,
        profile: str = "numpy",
        seed: int | None = None,
    ) -> None:
        self.limits = limits
        self.profile = profile
        self._seed = seed
        self.tier = tier
        self._sock = sock
        self._channel = channel
        self._used = 0.0
        self._usage: Usage | None = None
        self._dead: errors.CandidateFault | errors.EngineError | None = None
        self._loaded = False  # whether any of the submission may have run
        self._shaken = False  # whether CUDA failed: the runner then looks after the GPU
        try:
            channel.tell(wire.CONFIGURE, self._settings(), time.perf_counter() + CONNECT_SECONDS)
        except (Gone, Silent):
            self._die(errors.EngineFault("the process ended before it was given anything to do"))

    def _settings(self) -> dict[str, int | None]:
        limits = self.limits
        return {
            "stdout_bytes": limits.stdout_bytes,
            "stdout_hard_bytes": limits.stdout_hard_bytes,
            "result_bytes": limits.result_bytes,
            "threads": limits.threads,
            "seed": self._seed,
            "device_memory_mb": limits.device_memory_mb,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(errors.EngineError):
            self.finish()

    # What a judge does

    def load(self, submission: bytes) -> Loaded:
        """Compile and run the submission's module."""
        text = source.check(submission)
        self._loaded = True
        body, _ = self._ask(wire.LOAD, {"source": text})
        names = _typed(body, "names", list)[:MAX_NAMES]
        return Loaded(tuple(_text(name, MAX_NAME) for name in names))

    def provide(self, name: str, text: str) -> None:
        """Make trusted source importable for the candidate; `call("name:Thing", ...)` reaches into it."""
        if not name.isidentifier():
            raise ValueError(f"{name!r} is no name for a module")
        self._ask(wire.PROVIDE, {"name": name, "source": text})

    def call(
        self,
        target: Target,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        return_inputs: bool = False,
        gradients: Gradients | None = None,
    ) -> Reply:
        """Call a function, a class, an object or its method in the candidate's process."""
        wanted = (tuple(gradients.of), gradients.seed) if gradients else None
        request = (target, tuple(args), dict(kwargs or {}), return_inputs, wanted)
        body, seconds = self._ask(wire.CALL, request)
        return _reply(body, seconds, self.limits)

    def attribute(self, handle: Handle | None, name: str) -> Reply:
        """Read an attribute of an object, or with None a global of the module."""
        body, seconds = self._ask(wire.ATTRIBUTE, {"object": handle, "name": name})
        return _reply(body, seconds, self.limits)

    def pause(self) -> float:
        """Stop all threads of the process until `resume`; gives the CPU seconds of the session so far."""
        return self._hold("pause")

    def resume(self) -> float:
        """Let a paused process go on; gives the CPU seconds of the session so far."""
        return self._hold("resume")

    def finish(self) -> Usage:
        """End the process and give what the session used. May be called again."""
        if self._usage is None:
            self._end(saw_it_close=False)
        assert self._usage is not None
        return self._usage

    # How it is done

    def _hold(self, verb: str) -> float:
        if self._dead is not None:
            raise self._dead
        if self._usage is not None:
            raise errors.EngineFault("the session is finished")
        try:
            control.send(self._sock, {"do": verb})
            answer, _ = control.receive(self._sock)
        except (TimeoutError, OSError, control.Closed):
            self._die(errors.EngineFault("the runner does not answer"))
        if "error" in answer:
            self._die(_engine_error(answer))
        return float(answer["cpu"])

    def _ask(self, kind: int, request: Any) -> tuple[dict[str, Any], float]:
        if self._dead is not None:
            raise self._dead
        if self._usage is not None:
            raise errors.EngineFault("the session is finished")
        start = time.perf_counter()
        try:
            answer, body, seconds = self._channel.ask(
                kind, request, seconds=self.limits.seconds - self._used, limit=self.limits.result_bytes
            )
        except Silent:
            self._die(
                errors.TimeLimit(f"took longer than the limit of {self.limits.seconds:g} seconds"), start
            )
        except Oversized as error:
            self._die(errors.OutputLimit(str(error)), start)
        except Forged as error:
            self._die(errors.SandboxViolation(f"interfered with the judge: {error}"), start)
        except Gone:
            self._used += time.perf_counter() - start
            self._die(self._cause_of_death())
        self._used += seconds
        if not isinstance(body, dict) and answer != wire.BROKEN:
            self._die(errors.SandboxViolation("interfered with the judge: a malformed reply"))
        if answer != wire.DONE:
            self._raise(answer, body, request)
        return body, seconds

    def _die(self, error: errors.CandidateFault | errors.EngineError, since: float | None = None) -> NoReturn:
        if since is not None:
            self._used += time.perf_counter() - since
        self._dead = error
        if self._usage is None:
            self._end(saw_it_close=False)
        raise error

    def _raise(self, answer: int, body: Any, request: Any) -> NoReturn:
        """Turn a reply that is no success into its error."""
        if answer == wire.BROKEN:
            self._die(self._broken(body, request))
        stdout = _stdout(body, self.limits)
        message = _text(body.get("message"), MAX_MESSAGE)
        if answer == wire.RAISED:
            self._shaken |= self.profile == "cuda" and ("CUDA" in message or "CUDNN" in message)
            raise _raised(body, message, stdout)
        if answer == wire.INVALID:
            self._die(
                errors.InvalidSubmission(message or "The code cannot be used.", _line(body), stdout=stdout)
            )
        if answer == wire.LIMIT and body.get("limit") == "memory":
            self._die(errors.MemoryLimit(self._memory_message(), stdout=stdout))
        if answer == wire.LIMIT:
            self._die(errors.OutputLimit(message or "gave more than the limit allows", stdout=stdout))
        self._die(errors.SandboxViolation("interfered with the judge: an unknown kind of reply"))

    def _broken(self, body: Any, request: Any) -> errors.CandidateFault | errors.EngineError:
        """The child says that it could not read a request. Once the submission has run, that is believed
        only of a request that this profile may indeed not hold: a fault of ours is judged again."""
        if self._loaded and values.fits(request, self.profile):
            return errors.SandboxViolation("interfered with the judge: broke the code that reads arguments")
        return errors.EngineFault(f"the request could not be used in this profile: {body!s:.500}")

    def _memory_message(self) -> str:
        limits = self.limits
        on_gpu = f", or of {limits.device_memory_mb} MB on the GPU" if self.profile == "cuda" else ""
        return f"needed more memory than the limit of {limits.memory_mb} MB{on_gpu}"

    def _cause_of_death(self) -> errors.CandidateFault | errors.EngineError:
        """Ask the runner how the process ended."""
        ended = self._end(saw_it_close=True)
        code, cause = ended.get("code"), ended.get("cause")
        if cause == "fault":
            return errors.EngineFault("the zygote ended in the middle of a session")
        if ended.get("oom"):
            return errors.MemoryLimit(self._memory_message())
        if cause == "killed":
            return errors.SandboxViolation("interfered with the judge: closed its channel")
        if cause == "exit":
            return errors.CandidateDied(
                f"the process ended with exit status {code} before it answered", status=code
            )
        if code == SIGSYS:
            return errors.SandboxViolation("made a system call that the sandbox forbids")
        if code == SIGXCPU or (code == SIGKILL and self._overspent()):
            return errors.TimeLimit(
                f"used more CPU time than the limit of {self.limits.seconds:g} seconds allows"
            )
        if code == SIGKILL:
            return errors.EngineFault("the candidate's process was killed from outside")
        return errors.CandidateDied(f"the process ended with signal {code} before it answered", signal=code)

    def _overspent(self) -> bool:
        """Whether the session had used up its time: of the clock, or in its threads of the CPU."""
        cpu = self._usage.cpu_seconds if self._usage else 0.0
        return self._used >= self.limits.seconds or cpu >= self.limits.seconds * self.limits.threads

    def _end(self, *, saw_it_close: bool) -> dict[str, Any]:
        """Have the runner account for the session and end it."""
        try:
            control.send(self._sock, {"do": "finish", "ended": saw_it_close, "shaken": self._shaken})
            ended, _ = control.receive(self._sock)
        except (TimeoutError, OSError, control.Closed):
            ended = {"cause": "fault"}
        finally:
            self._channel.close()
            self._sock.close()
        cpu, peak = float(ended.get("cpu", 0.0)), float(ended.get("peak_mb", 0.0))
        self._usage = Usage(self._used, cpu, peak, self.tier)
        return ended


def _typed(body: dict[str, Any], name: str, kind: type) -> Any:
    value = body.get(name)
    return value if isinstance(value, kind) else kind()


def _text(value: Any, longest: int) -> str:
    """Text of bounded length, whatever came: the child may have been taken over."""
    return value[:longest] if isinstance(value, str) else ""


def _line(body: dict[str, Any]) -> int | None:
    line = body.get("line")
    return line if type(line) is int and 0 < line <= SOURCE_MAX_BYTES else None


def _stdout(body: dict[str, Any], limits: Limits) -> str:
    return _text(body.get("stdout"), limits.stdout_bytes + MAX_NAME)


def _reply(body: dict[str, Any], seconds: float, limits: Limits) -> Reply:
    return Reply(
        value=body.get("value"),
        stdout=_stdout(body, limits),
        seconds=seconds,
        inputs=_typed(body, "inputs", tuple) if "inputs" in body else None,
        gradients=_typed(body, "gradients", tuple) if "gradients" in body else None,
        keywords=_typed(body, "keywords", dict),
    )


def _raised(body: dict[str, Any], message: str, stdout: str) -> errors.CandidateRaised:
    frames = tuple(
        errors.Frame(frame[0], _text(frame[1], MAX_NAME), _text(frame[2], MAX_NAME))
        for frame in _typed(body, "frames", list)[:MAX_FRAMES]
        if isinstance(frame, tuple) and len(frame) == 3 and isinstance(frame[0], int)
    )
    bases = tuple(_text(base, MAX_NAME) for base in _typed(body, "bases", list)[:MAX_NAMES])
    name = _text(body.get("type"), MAX_NAME) or "Exception"
    return errors.CandidateRaised(name, bases, message, frames, stdout=stdout)
