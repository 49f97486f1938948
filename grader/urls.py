"""The grader's pages."""

from django.urls import path

from grader.views import events, health, metrics, notices, staff, submissions, workspace

urlpatterns = [
    path("exercises/", workspace.exercise_list, name="exercises"),
    path("exercises/<slug:slug>/", workspace.exercise, name="exercise"),
    path("exercises/<slug:slug>/submit", workspace.submit, name="exercise-submit"),
    path("exercises/<slug:slug>/draft", workspace.draft, name="exercise-draft"),
    path("exercises/<slug:slug>/hint", workspace.hint, name="exercise-hint"),
    path("exercises/<slug:slug>/give-up", workspace.give_up, name="exercise-give-up"),
    path("submissions/", submissions.submission_list, name="submissions"),
    path("submissions/<uuid:pk>/", submissions.submission, name="submission"),
    path("submissions/<uuid:pk>/result", submissions.submission_result, name="submission-result"),
    path("submissions/<uuid:pk>/events", events.submission_events, name="submission-events"),
    path("notices/dismiss", notices.dismiss, name="notices-dismiss"),
    path("staff/", staff.operations, name="staff-operations"),
    path("staff/now", staff.operations_now, name="staff-operations-now"),
    path("staff/regrades/", staff.regrades, name="staff-regrades"),
    path("staff/regrades/<uuid:pk>/", staff.regrade, name="staff-regrade"),
    path("staff/regrades/<uuid:pk>/now", staff.regrade_now, name="staff-regrade-now"),
    path("staff/regrades/<uuid:pk>/apply", staff.apply_regrade, name="staff-regrade-apply"),
    path("staff/regrades/<uuid:pk>/cancel", staff.cancel_regrade, name="staff-regrade-cancel"),
    path("metrics", metrics.scrape, name="metrics"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
