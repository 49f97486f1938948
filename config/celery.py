"""The Celery application; settings come from Django under the CELERY_ prefix."""

import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# One thread for each process that judges: the others belong to candidates and to other processes. NumPy and
# PyTorch read this when they are imported, which is later.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")


class Task(DjangoTask):
    """A task that keeps its process's database connection, as a web request does."""

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        close_old_connections()


app = Celery("stride", task_cls=Task)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("grader.preloading:PreloadingStep")
app.steps["worker"].add("grader.supervision:SupervisionStep")
app.steps["worker"].add("grader.sweeping:SweepingStep")
