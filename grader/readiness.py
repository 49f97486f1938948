"""Whether the site can grade: the database, the broker, at least one worker and its runner."""

import os
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import Error, connection
from kombu.exceptions import OperationalError

from grader import beats

BROKER_SECONDS = 2


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "does not answer"
    return "ok"


def _broker() -> str:
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        folder = Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]))
        return "ok" if os.access(folder, os.W_OK) else "its folder is not writable"
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except (OperationalError, OSError):
        return "does not answer"
    return "ok"


def _workers() -> list[dict[str, Any]]:
    try:
        return [{"runner": beat.runner} for beat in beats.live()]
    except Error:  # not migrated yet
        return []


def state() -> dict[str, Any]:
    """What `/readyz` tells; `ready` is the verdict. Names no host and no address: anybody may ask."""
    database = _database()
    broker = _broker()
    workers = _workers() if database == "ok" else []
    runner = next((worker["runner"] for worker in workers if worker["runner"]), None)
    return {
        "ready": database == broker == "ok" and runner is not None and _can_grade(runner),
        "database": database,
        "broker": broker,
        "workers": len(workers),
        "runner": _public(runner) if runner else "does not answer",
    }


def _can_grade(runner: dict[str, Any]) -> bool:
    """A runner that refuses every profile answers, but is of no use."""
    return any(profile["ready"] for profile in runner.get("profiles", {}).values())


def _public(status: dict[str, Any]) -> dict[str, Any]:
    return {key: status[key] for key in ("tier", "profiles") if key in status}
