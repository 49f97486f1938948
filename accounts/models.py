"""The user of Stride: a learner; an instructor is a member of the group `Instructors`."""

from django.contrib.auth.models import AbstractUser
from django.db import models

INSTRUCTORS = "Instructors"


class User(AbstractUser):
    """A person with an account."""

    email = models.EmailField(blank=True)
    single_key_shortcuts = models.BooleanField(
        default=True, help_text="Single keys such as 1 to 4, h and Enter work in quizzes (WCAG 2.1.4)."
    )

    @property
    def is_instructor(self) -> bool:
        return self.is_active and (self.is_superuser or self.groups.filter(name=INSTRUCTORS).exists())
