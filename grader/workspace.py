"""What the page of one exercise shows to whoever asks for it."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.http import HttpRequest

from accounts.models import User
from exercises import catalogue
from grader import capabilities, results, shelf
from grader.models import Draft, Progress, Submission

TABS = {"statement": "Statement", "hints": "Hints", "submissions": "Submissions", "solution": "Solution"}
SHOWN_SUBMISSIONS = 20


def _session_key(slug: str) -> str:
    return f"hints:{slug}"


def take_hint(request: HttpRequest, exercise: catalogue.Exercise) -> int:
    """One more hint, kept with the learner or in the visitor's session; gives the number of the newest."""
    last = len(exercise.hints)
    if not request.user.is_authenticated:
        taken = min(last, request.session.get(_session_key(exercise.slug), 0) + 1)
        request.session[_session_key(exercise.slug)] = taken
        return taken
    progress, _ = Progress.objects.get_or_create(user=request.user, exercise=exercise.slug)
    Progress.objects.filter(pk=progress.pk, hints__lt=last).update(hints=F("hints") + 1)
    progress.refresh_from_db()
    return progress.hints


@dataclass(frozen=True)
class ShownHint:
    number: int
    text: str


class Workspace:
    """Everything behind one exercise's page; each part is looked up when the template asks for it."""

    def __init__(
        self,
        request: HttpRequest,
        exercise: catalogue.Exercise,
        user: User | AnonymousUser,
        source: str | None = None,
    ) -> None:
        self.request = request
        self.exercise = exercise
        self.user = user
        self._source = source

    @property
    def tab(self) -> str:
        wanted = self.request.GET.get("tab", "")
        return wanted if wanted in TABS else "statement"

    @property
    def tabs(self) -> list[tuple[str, str]]:
        return list(TABS.items())

    @cached_property
    def draft(self) -> Draft | None:
        if not self.user.is_authenticated:
            return None
        return Draft.objects.filter(user=self.user, exercise=self.exercise.slug).first()

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    @cached_property
    def latest(self) -> Submission | None:
        """The newest submission or run, whose result the page shows after a reload."""
        if not self.user.is_authenticated:
            return None
        return Submission.objects.of(self.user).filter(exercise=self.exercise.slug).first()

    @cached_property
    def result(self) -> "results.Result | None":
        return results.present(self.latest) if self.latest else None

    @cached_property
    def source(self) -> str:
        """What the editor opens with: a refused text, a chosen version, or the newest one."""
        if self._source is not None:
            return self._source
        chosen = self._chosen_version()
        if chosen is not None:
            return chosen.source
        draft, latest = self.draft, self.latest
        if draft and (latest is None or draft.updated >= latest.created):
            return draft.source
        return latest.source if latest else self.exercise.starter

    def _chosen_version(self) -> Submission | None:
        """The submission named by `?from=`, to go on from an earlier version."""
        wanted = self.request.GET.get("from", "")
        if not wanted or not self.user.is_authenticated:
            return None
        own = Submission.objects.of(self.user).filter(exercise=self.exercise.slug)
        try:
            return own.filter(pk=UUID(wanted)).first()
        except ValueError:
            return None

    @cached_property
    def missing(self) -> str:
        """Why nothing can be graded here; empty when it can."""
        return capabilities.missing_for(self.exercise)

    @property
    def gpu_note(self) -> str:
        """What the learner should know of cases that need a GPU; empty where there are none."""
        count = 0 if self.missing else capabilities.gpu_cases(self.exercise)
        if not count:
            return ""
        cases = "1 case" if count == 1 else f"{count} cases"
        of = " of answers in PyTorch" if "numpy" in self.exercise.frameworks else ""
        one = count == 1
        if capabilities.gpu_is_served():
            return f"{cases}{of} {'needs' if one else 'need'} a GPU and will be run on one."
        rest = "it is not run and counts" if one else "they are not run and count"
        return f"{cases}{of} {'needs' if one else 'need'} a GPU. None is here at present: {rest} neither way."

    @cached_property
    def progress(self) -> Progress | None:
        if not self.user.is_authenticated:
            return None
        return Progress.objects.filter(user=self.user, exercise=self.exercise.slug).first()

    @property
    def hints_taken(self) -> int:
        if not self.user.is_authenticated:
            return int(self.request.session.get(_session_key(self.exercise.slug), 0))
        return self.progress.hints if self.progress else 0

    @property
    def hints(self) -> list[ShownHint]:
        shown = self.exercise.hints[: self.hints_taken]
        return [ShownHint(number, text) for number, text in enumerate(shown, start=1)]

    @property
    def hints_left(self) -> int:
        return max(0, len(self.exercise.hints) - self.hints_taken)

    @cached_property
    def solved(self) -> bool:
        return self.exercise.slug in shelf.solved_slugs(self.user)

    @cached_property
    def tier(self) -> str:
        """The best speed tier that the learner has reached here; empty for none."""
        return shelf.best_tiers(self.user).get(self.exercise.slug, "")

    @cached_property
    def may_read_solution(self) -> bool:
        return shelf.may_read_solution(self.user, self.exercise)

    @cached_property
    def submissions(self) -> list[Submission]:
        if not self.user.is_authenticated:
            return []
        rows = Submission.objects.of(self.user).filter(exercise=self.exercise.slug)
        return list(rows.without_texts()[:SHOWN_SUBMISSIONS])
