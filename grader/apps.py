from django.apps import AppConfig

from grader import checks  # noqa: F401  registers the system checks


class GraderConfig(AppConfig):
    name = "grader"
    verbose_name = "Grading"
