"""The Celery application; settings come from Django under the CELERY_ prefix."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("stride")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("grader.supervision:SupervisionStep")
app.steps["worker"].add("grader.sweeping:SweepingStep")
