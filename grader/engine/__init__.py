"""Runs untrusted code in a sandbox. See `grader.engine.sandbox` for the theory of operation and the
threat model.

engine = Engine(socket_path)
with engine.open("numpy", Limits(seconds=10)) as session:
    session.load(source)
    reply = session.call("conv2d", (x, w, b), {"stride": 2})
"""

from grader.engine import errors, wire
from grader.engine.client import Engine, Session
from grader.engine.types import Gradients, Limits, Loaded, Reply, Usage
from grader.engine.wire import Handle, Opaque, TensorValue

__all__ = [
    "Engine",
    "Gradients",
    "Handle",
    "Limits",
    "Loaded",
    "Opaque",
    "Reply",
    "Session",
    "TensorValue",
    "Usage",
    "errors",
    "wire",
]
