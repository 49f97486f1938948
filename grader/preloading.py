"""What a worker's processes share: imported once by its main process, before they are forked.

Judging needs the catalogue's checks with NumPy, and diagnosing a wrong answer to a PyTorch exercise needs
PyTorch, which takes seconds and some 200 MB to import. Pages of memory that nobody writes to stay shared.
"""

import gc
import importlib
import logging
import time
from typing import Any

from celery import bootsteps
from celery.worker import WorkController
from django.conf import settings

from exercises import catalogue

log = logging.getLogger(__name__)


def preload() -> None:
    """Import what judging needs, and keep the collector from touching, and so copying, what is shared."""
    begun = time.perf_counter()
    for slug in catalogue.slugs():
        try:
            _ = catalogue.load(slug).cases
        except catalogue.ExerciseError as error:  # whoever submits to it is told; the others can be graded
            log.error("an exercise cannot be loaded: %s", error)
    if "torch" in settings.RUNNER_PROFILES and importlib.util.find_spec("torch"):
        importlib.import_module("torch")
    gc.collect()
    gc.freeze()
    log.info("preloaded in %.1f s", time.perf_counter() - begun)


class PreloadingStep(bootsteps.Step):
    """Steps are made before the first of them is started, so this comes before the pool forks."""

    def create(self, parent: WorkController) -> Any:
        preload()
