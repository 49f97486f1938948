"""How log lines look: readable, or one JSON object a line. The words come from `logging` everywhere.

What belongs to a whole request or a whole judgement (`request_id`, `submission`, `exercise`, `attempt`) is
bound once with `structlog.contextvars` and stands in every line meanwhile. `log.info("graded",
extra={"verdict": ...})` adds to one line. The runner, which has only the standard library, writes the same
keys (`grader/engine/logs.py`).
"""

import json
import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

TEXT, JSON = "text", "json"
FORMATS = (TEXT, JSON)
FIRST = ("time", "level", "logger", "event", "request_id", "submission", "exercise", "attempt", "verdict")
UNSPEAKABLE = {"source", "seed", "report", "password", "token", "secret", "authorization", "cookie"}

LEFT_BY_OTHERS = {"message", "asctime"}  # other handlers' formatters write them onto the record

Event = MutableMapping[str, Any]


def without_secrets(logger: Any, name: str, event: Event) -> Event:
    """The last line of defence: these keys are never written, whoever passed them."""
    for key in (UNSPEAKABLE | LEFT_BY_OTHERS) & event.keys():
        del event[key]
    return event


def in_order(logger: Any, name: str, event: Event) -> Event:
    """What every line has first, then what it is about, then the rest."""
    first = {key: event.pop(key) for key in FIRST if key in event}
    return {**first, **event}


def _one_line(value: Any) -> str:
    """A value without line breaks and other control characters: hostile text must not forge lines."""
    text = str(value)
    return text if text.isprintable() else json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "?")


def readable(logger: Any, name: str, event: Event) -> str:
    """`time LEVEL logger event key=value ...`, and a traceback below."""
    traceback = event.pop("exception", "")
    line = " ".join(
        [event.pop("time"), event.pop("level").upper(), event.pop("logger"), _one_line(event.pop("event"))]
        + [f"{key}={_one_line(value)}" for key, value in event.items() if value not in ("", None)]
    )
    return f"{line}\n{traceback}" if traceback else line


SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    without_secrets,
]


def _rendered(format: str) -> list[structlog.types.Processor]:
    # Plain tracebacks: richer ones show local variables, and those hold learners' code and seeds.
    plain: list[structlog.types.Processor] = [structlog.processors.format_exc_info, in_order]
    if format == JSON:
        return [*plain, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    return [*plain, readable]


class Formatter(structlog.stdlib.ProcessorFormatter):
    """For every record of `logging`, Django's, Celery's and uvicorn's included."""

    def __init__(self, format: str = TEXT, **options: Any) -> None:
        processors = [self.remove_processors_meta, *_rendered(format)]
        super().__init__(processors=processors, foreign_pre_chain=SHARED)


class QuietProbes(logging.Filter):
    """No lines about the probes that ask every few seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "/readyz" not in record.getMessage()


def configuration(format: str, level: str) -> dict[str, Any]:
    """The LOGGING setting."""
    through_root = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": Formatter, "format": format}},
        "filters": {"no_probes": {"()": QuietProbes}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_probes"]},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "kombu": {"level": "WARNING"},
            "kombu.connection": {"level": "ERROR"},  # it misses a host name in the file-system broker's URL
            # A message is only a permit; what came of it is told by grader.judging in one line.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "django": through_root,
            # Failed requests are told by grader.requests with their id; the server's own lines say less.
            "django.request": {"level": "ERROR"},
            "uvicorn": {**through_root, "level": "WARNING"},
            "uvicorn.error": through_root,
            "uvicorn.access": {**through_root, "level": "WARNING"},
        },
    }
