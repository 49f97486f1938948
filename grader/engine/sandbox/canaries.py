"""Behavioural canaries: the first child of every zygote really tries what no candidate may do.

A feature that is present but does not hold shows here and nowhere else. Each canary names what it
attempts and gives the outcome; anything but a denial refuses the whole profile.
"""

from typing import TYPE_CHECKING, Any

from grader.engine import wire
from grader.engine.channel import Channel, Forged, Gone, Oversized, Silent

if TYPE_CHECKING:
    from grader.engine.processes import Child

SECONDS = 10.0
DENIED = "denied"
ON_GPU = ("read /proc/self/status", "list /sys")  # which CUDA needs: what it sees there is narrow instead

SOURCE = """
import os, socket, sys

def outcome(attempt):
    try:
        attempt()
    except (OSError, ImportError, ValueError):
        return "denied"
    return "allowed"

def write_outside():
    with open("/canary", "w") as file:
        file.write("x")

def fill_scratch():
    for number in range(64):
        with open(f"fill-{number}", "wb") as file:
            file.write(bytes(1 << 20))

SHOWN = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, *sys.path)}

def beside_the_way(top):
    # The way to the interpreter may be seen (it may lie in a home folder), but nothing beside it.
    for name in os.listdir(top):
        path = os.path.join(top, name)
        if path in SHOWN:
            continue
        if any(shown.startswith(path + "/") for shown in SHOWN):
            yield from beside_the_way(path)
        else:
            yield path

def look_around(top):
    for path in beside_the_way(top):
        return path
    raise OSError("nothing to be seen")

def send_a_packet():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))

ATTEMPTS = {
    "open a network socket": send_a_packet,
    "open a Unix socket": lambda: socket.socket(socket.AF_UNIX),
    "make a pair of sockets": socket.socketpair,
    "read /etc/passwd": lambda: open("/etc/passwd").read(),
    "read /proc/self/status": lambda: open("/proc/self/status").read(),
    "list /sys": lambda: os.listdir("/sys"),
    "look around in /home": lambda: look_around("/home"),
    "look around in /root": lambda: look_around("/root"),
    "look around in /var": lambda: look_around("/var"),
    "write outside the scratch folder": write_outside,
    "fill the scratch folder": fill_scratch,
    "fork": os.fork,
    "signal another process": lambda: os.kill(-1, 0),
    "become root": lambda: os.setuid(0),
    "make a device": lambda: os.mknod("device", 0o20666, os.makedev(1, 1)),
    "change a limit": lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_NOFILE, (3, 3)),
    "read the kernel's settings": lambda: open("/proc/sys/kernel/osrelease").read(),
    "see another process": lambda: os.stat("/proc/2"),
    "see the network's devices": lambda: os.listdir("/sys/class/net"),
    "import the project's settings": lambda: __import__("config.settings"),
}

def try_all():
    return {name: outcome(attempt) for name, attempt in ATTEMPTS.items()}

def identity():
    return [os.getpid(), os.getuid(), sorted(os.environ)]
"""


def try_all(child: "Child") -> str:
    """What is wrong with this sandbox, in words, or nothing."""
    channel = Channel(child.channel)
    try:
        _ask(channel, wire.LOAD, {"source": SOURCE})
        outcomes = _ask(channel, wire.CALL, _call("try_all"))["value"]
        process, _, environment = _ask(channel, wire.CALL, _call("identity"))["value"]
    except (Silent, Gone, Forged, Oversized, TypeError, KeyError, ValueError) as error:
        return f"the canaries did not run: {type(error).__name__} {error}"
    spared = ON_GPU if child.on_gpu else ()
    let_through = [name for name, outcome in outcomes.items() if outcome != DENIED and name not in spared]
    if process != 1:
        let_through.append("see other processes")
    if any("SECRET" in name or "PASSWORD" in name or "_URL" in name for name in environment):
        let_through.append("read secrets from the environment")
    return f"the sandbox let a canary through: {', '.join(let_through)}" if let_through else ""


def _call(name: str) -> tuple[Any, ...]:
    return name, (), {}, False, None


def _ask(channel: Channel, kind: int, request: Any) -> dict[str, Any]:
    answer, value, _ = channel.ask(kind, request, seconds=SECONDS, limit=1 << 20)
    if answer != wire.DONE:
        raise ValueError(str(value))
    return value
