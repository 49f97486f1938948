"""The pages: who sees what, plain forms and scripts, hostile text."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from exercises import catalogue
from grader import lifecycle
from grader.models import Draft, Progress, Submission
from tests.grader.conftest import REPORT, SLUG

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
PAGE = f"/exercises/{SLUG}/"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def clients(learner_client, other_client, instructor_client, stranger_client):
    return {
        "owner": learner_client,
        "other": other_client,
        "instructor": instructor_client,
        "stranger": stranger_client,
    }


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("/submissions/{pk}/", {"owner": 200, "other": 404, "instructor": 200, "stranger": 302}),
        ("/submissions/{pk}/result", {"owner": 200, "other": 404, "instructor": 200, "stranger": 302}),
        (
            "/submissions/{pk}/events?after=99",
            {"owner": 204, "other": 404, "instructor": 204, "stranger": 404},
        ),
        ("/api/v1/submissions/{pk}/", {"owner": 200, "other": 404, "instructor": 404, "stranger": 401}),
        (
            "/api/v1/submissions/{pk}/events/",
            {"owner": 200, "other": 404, "instructor": 404, "stranger": 401},
        ),
        (
            "/admin/grader/submission/{pk}/change/",
            {"owner": 302, "other": 302, "instructor": 200, "stranger": 302},
        ),
        (PAGE, {"owner": 200, "other": 200, "instructor": 200, "stranger": 200}),
        ("/submissions/", {"owner": 200, "other": 200, "instructor": 200, "stranger": 302}),
    ],
)
def test_who_may_open_what(clients, finish, path, answers):
    address = path.format(pk=finish().pk)
    assert {who: client.get(address).status_code for who, client in clients.items()} == answers


def test_lists_hold_only_one_s_own(clients, finish):
    pk = str(finish().pk)
    for address in ("/submissions/", "/api/v1/submissions/", f"{PAGE}?tab=submissions"):
        assert pk in clients["owner"].get(address).content.decode()
        assert pk not in clients["other"].get(address).content.decode()
        assert pk not in clients["instructor"].get(address).content.decode()


def test_the_seed_is_shown_nowhere(clients, finish):
    submission = finish()
    addresses = [f"/submissions/{submission.pk}/", f"/api/v1/submissions/{submission.pk}/",
                 f"/api/v1/submissions/{submission.pk}/events/"]  # fmt: skip
    for address in addresses:
        text = clients["owner"].get(address).content.decode()
        assert str(REPORT["seed"]) not in text
        assert str(submission.seed) not in text


@pytest.mark.parametrize(
    "path", ["/exercises/no-such/", "/exercises/no-such/submit", "/api/v1/exercises/no-such/"]
)
def test_an_unknown_exercise_is_not_found(learner_client, path):
    ask = learner_client.post if path.endswith("submit") else learner_client.get
    assert ask(path).status_code == 404


def test_the_list_filters_by_level_and_state(learner_client, finish):
    finish({**REPORT, "verdict": "accepted", "score": 1.0})
    solved = learner_client.get("/exercises/?state=solved").content.decode()
    assert f'href="{PAGE}"' in solved
    assert "/exercises/max-pool2d/" not in solved
    level = catalogue.load(SLUG).level
    other = next(name for name in ("junior", "senior") if name != level)
    assert f'href="{PAGE}"' not in learner_client.get(f"/exercises/?level={other}").content.decode()


def test_a_run_that_passes_does_not_solve_the_exercise(learner_client, finish):
    finish({**REPORT, "verdict": "accepted", "score": 1.0}, kind="run")
    assert f'href="{PAGE}"' not in learner_client.get("/exercises/?state=solved").content.decode()


def test_a_fault_of_ours_does_not_count_as_a_try(learner_client, finish):
    finish({"verdict": "internal_error", "cases": []})
    assert f'href="{PAGE}"' not in learner_client.get("/exercises/?state=tried").content.decode()


class TestSubmitting:
    def test_a_plain_form_leads_to_the_submission(self, learner_client):
        response = learner_client.post(f"{PAGE}submit", {"source": "x = 1\r\n", "kind": "run"})
        submission = Submission.objects.get()
        assert response.status_code == 302
        assert response["Location"] == f"/submissions/{submission.pk}/"
        assert (submission.kind, submission.source) == ("run", "x = 1\n")
        page = learner_client.get(response["Location"]).content.decode()
        assert '<meta http-equiv="refresh"' in page
        assert 'data-state="queued"' in page

    def test_the_editor_s_script_gets_addresses(self, learner_client):
        response = learner_client.post(f"{PAGE}submit", {"source": "x = 1", "kind": "submit"}, **JSON)
        pk = Submission.objects.get().pk
        assert response.status_code == 201
        assert response.json() == {
            "url": f"/submissions/{pk}/",
            "events_url": f"/submissions/{pk}/events",
            "result_url": f"/submissions/{pk}/result",
        }

    def test_a_visitor_is_asked_to_log_in(self, stranger_client):
        response = stranger_client.post(f"{PAGE}submit", {"source": "x = 1"}, **JSON)
        assert response.status_code == 401
        assert response.json()["login_url"] == f"/accounts/login/?next=%2Fexercises%2F{SLUG}%2F"
        response = stranger_client.post(f"{PAGE}submit", {"source": "x = 1"})
        assert response["Location"].startswith("/accounts/login/")
        assert not Submission.objects.exists()

    def test_too_many_at_once_says_when_to_come_back(self, learner_client, settings):
        settings.MAX_IN_FLIGHT = 1
        learner_client.post(f"{PAGE}submit", {"source": "x = 1"})
        response = learner_client.post(f"{PAGE}submit", {"source": "x = 2"}, **JSON)
        assert response.status_code == 429
        assert response["Retry-After"] == "5"
        assert "at most 1" in response.json()["error"]

    def test_a_full_queue_keeps_the_text_and_says_when_to_come_back(
        self, learner_client, other_client, learner, settings
    ):
        settings.MAX_QUEUED = 1
        other_client.post(f"{PAGE}submit", {"source": "x = 1"})
        for options in ({}, JSON):
            response = learner_client.post(f"{PAGE}submit", {"source": "mine = 2"}, **options)
            assert (response.status_code, response["Retry-After"]) == (503, "10")
            assert "at most 1 may" in response.content.decode()
        assert Draft.objects.get(user=learner).source == "mine = 2"
        assert "mine = 2" in learner_client.get(PAGE).content.decode()
        assert Submission.objects.count() == 1

    def test_a_page_loaded_while_waiting_says_how_many_are_ahead(self, learner_client, make_submission):
        first, second, third = (make_submission() for _ in range(3))
        texts = [
            learner_client.get(f"/submissions/{each.pk}/").content.decode() for each in (first, second, third)
        ]
        assert "Queued: yours is next" in texts[0]
        assert "Queued: 1 is ahead of yours" in texts[1]
        assert "Queued: 2 are ahead of yours" in texts[2]

    def test_a_refused_text_is_kept_in_the_form(self, learner_client):
        response = learner_client.post(f"{PAGE}submit", {"source": "kept = '\0'"})
        assert response.status_code == 400
        assert "Line 1 contains a NUL" in response.content.decode()
        assert "kept = " in response.content.decode()

    @pytest.mark.parametrize("source", ["", "def f(:\n", "\x01\x02 binary", "é" * 10])
    def test_what_can_be_stored_is_judged_not_refused(self, learner_client, source):
        assert learner_client.post(f"{PAGE}submit", {"source": source}).status_code == 302

    def test_too_large_a_source_is_refused(self, learner_client):
        response = learner_client.post(f"{PAGE}submit", {"source": "#" * 300_000}, **JSON)
        assert response.status_code == 400
        assert "262,144" in response.json()["error"]

    def test_a_file_may_be_sent(self, learner_client):
        file = SimpleUploadedFile("solution.py", "x = 'ü'".encode())
        assert learner_client.post(f"{PAGE}submit", {"source": "", "file": file}).status_code == 302
        assert Submission.objects.get().source == "x = 'ü'"

    def test_a_file_in_another_encoding_is_refused(self, learner_client):
        file = SimpleUploadedFile("solution.py", "x = 'ü'".encode("latin-1"))
        response = learner_client.post(f"{PAGE}submit", {"source": "", "file": file}, **JSON)
        assert response.status_code == 400
        assert "byte 0xfc is not UTF-8" in response.json()["error"]

    def test_a_missing_profile_is_told_and_nothing_can_be_sent(self, learner_client, settings):
        page_of_numpy = "/exercises/output-shape/"
        settings.RUNNER_PROFILES = ["torch"]
        page = learner_client.get(page_of_numpy).content.decode()
        assert "This exercise needs NumPy" in page
        assert "data-editor-submit disabled" in page
        assert learner_client.post(f"{page_of_numpy}submit", {"source": "x"}, **JSON).status_code == 503


class TestDraft:
    def put(self, client, body):
        data = body if isinstance(body, bytes) else json.dumps(body)
        return client.put(f"{PAGE}draft", data, content_type="application/json")

    def test_a_draft_comes_back_in_the_editor(self, learner_client):
        assert self.put(learner_client, {"source": "mine = 1", "revision": 0}).json() == {"revision": 1}
        page = learner_client.get(PAGE).content.decode()
        assert "mine = 1" in page
        assert 'data-revision="1"' in page

    def test_a_conflict_gives_the_other_text(self, learner_client):
        self.put(learner_client, {"source": "first", "revision": 0})
        response = self.put(learner_client, {"source": "second", "revision": 0})
        assert response.status_code == 409
        assert (response.json()["source"], response.json()["revision"]) == ("first", 1)

    @pytest.mark.parametrize(
        "body",
        [b"", b"\xff\xfe", b"[]", b"{}", {"source": 1, "revision": 0}, {"source": "", "revision": True},
         {"source": "", "revision": -1}, {"source": "a\0", "revision": 0},
         {"source": "\ud800", "revision": 0}],
    )  # fmt: skip
    def test_bad_drafts_are_refused_with_a_reason(self, learner_client, body):
        response = self.put(learner_client, body)
        assert response.status_code == 400
        assert response.json()["error"]

    def test_a_visitor_has_no_draft(self, stranger_client):
        assert self.put(stranger_client, {"source": "", "revision": 0}).status_code == 401
        assert "data-draft-url" not in stranger_client.get(PAGE).content.decode()


class TestHintsAndSolution:
    @pytest.mark.parametrize("who", ["owner", "stranger"])
    def test_hints_come_one_at_a_time(self, clients, exercise, who):
        client = clients[who]
        texts = list(exercise.hints)
        for number in range(1, len(texts) + 2):
            client.post(f"{PAGE}hint")
            page = client.get(f"{PAGE}?tab=hints").content.decode()
            assert page.count('class="hint"') == min(number, len(texts))
        assert "That was the last hint" in page

    def test_the_solution_stays_closed_until_given_up(self, learner_client, exercise):
        marker = "Model answer"
        assert marker not in learner_client.get(f"{PAGE}?tab=solution").content.decode()
        learner_client.post(f"{PAGE}give-up")
        assert not Progress.objects.filter(gave_up__isnull=False).exists()
        learner_client.post(f"{PAGE}give-up", {"sure": "yes"})
        assert marker in learner_client.get(f"{PAGE}?tab=solution").content.decode()

    def test_solving_opens_the_solution(self, learner_client, other_client, finish):
        finish({**REPORT, "verdict": "accepted", "score": 1.0})
        assert "Model answer" in learner_client.get(f"{PAGE}?tab=solution").content.decode()
        assert "Model answer" not in other_client.get(f"{PAGE}?tab=solution").content.decode()
        assert "Other ways" in learner_client.get(f"{PAGE}?tab=solution").content.decode()
        assert "Other ways" not in other_client.get(f"{PAGE}?tab=solution").content.decode()

    def test_visitors_cannot_give_up(self, stranger_client):
        assert stranger_client.post(f"{PAGE}give-up", {"sure": "yes"}).status_code == 302
        assert not Progress.objects.exists()


class TestEditorText:
    def test_the_starter_is_shown_first(self, learner_client, exercise):
        assert learner_client.get(PAGE).context["space"].source == exercise.starter

    def test_the_newest_of_draft_and_submission_is_shown(self, learner_client, learner, finish):
        finish(source="submitted = 1\n")
        assert learner_client.get(PAGE).context["space"].source == "submitted = 1\n"
        learner_client.put(
            f"{PAGE}draft",
            json.dumps({"source": "typed = 1\n", "revision": 0}),
            content_type="application/json",
        )
        assert learner_client.get(PAGE).context["space"].source == "typed = 1\n"

    def test_an_earlier_version_can_be_taken_up_again(self, clients, finish):
        pk = finish(source="old = 1\n").pk
        finish(source="new = 1\n")
        assert clients["owner"].get(f"{PAGE}?from={pk}").context["space"].source == "old = 1\n"
        assert "old = 1" not in clients["other"].get(f"{PAGE}?from={pk}").content.decode()
        assert clients["owner"].get(f"{PAGE}?from=nonsense").status_code == 200


def test_hostile_text_is_escaped_everywhere(learner_client, finish):
    case = {
        "name": HOSTILE, "visible": True, "verdict": "wrong_answer", "points": 1, "message": HOSTILE,
        "diagnosis": HOSTILE, "seconds": 0.1, "inputs": [{"name": HOSTILE, "text": HOSTILE}], "call": HOSTILE,
        "expected": HOSTILE, "actual": HOSTILE, "stdout": HOSTILE,
        "frames": [{"line": 1, "function": HOSTILE, "text": HOSTILE}],
    }  # fmt: skip
    report = {**REPORT, "cases": [case], "message": HOSTILE, "sandbox": HOSTILE}
    submission = finish(report, source=HOSTILE)
    lists = [f"/submissions/{submission.pk}/", f"/submissions/{submission.pk}/result", PAGE,
             f"{PAGE}?from={submission.pk}", "/submissions/",
             f"/submissions/?exercise={HOSTILE}"]  # fmt: skip
    for address in lists:
        text = learner_client.get(address).content.decode()
        assert "<script>alert" not in text, address
        assert "<img" not in text, address


def test_the_page_after_a_reload_shows_the_newest_result(learner_client, finish):
    finish()
    page = learner_client.get(PAGE).content.decode()
    assert 'data-state="finished"' in page
    assert "You flipped the kernel." in page


def test_a_waiting_submission_tells_its_place(learner_client, make_submission):
    make_submission()
    second = make_submission()
    assert "1 is ahead of yours" in learner_client.get(f"/submissions/{second.pk}/result").content.decode()
    lifecycle.claim(second.pk)
    assert "Running" in learner_client.get(f"/submissions/{second.pk}/result").content.decode()


def test_the_list_of_submissions_has_pages(learner_client, learner):
    Submission.objects.bulk_create(
        Submission(user=learner, exercise=SLUG, source="", state="finished", verdict="accepted",
                   score=1.0, finished=timezone.now()) for _ in range(30)
    )  # fmt: skip
    assert "Page 1 of 2" in learner_client.get("/submissions/").content.decode()
    assert "Page 2 of 2" in learner_client.get("/submissions/?page=99").content.decode()


def test_pages_carry_no_inline_script_or_style(learner_client, finish):
    submission = finish()
    for address in ("/exercises/", PAGE, f"{PAGE}?tab=hints", f"/submissions/{submission.pk}/"):
        text = learner_client.get(address).content.decode()
        assert " style=" not in text
        assert "onclick=" not in text
        assert "<script>" not in text


def test_an_exercise_with_broken_files_is_not_found_and_spoils_no_other_page(
    learner_client, monkeypatch, caplog
):
    load = catalogue.load

    def broken(slug, *arguments):
        if slug == SLUG:
            raise catalogue.ExerciseError("exercise.toml: level: missing")
        return load(slug, *arguments)

    monkeypatch.setattr(catalogue, "load", broken)
    assert learner_client.get(PAGE).status_code == 404
    assert "level: missing" in caplog.text
    page = learner_client.get("/exercises/").content.decode()
    assert PAGE not in page
    assert "/exercises/max-pool2d/" in page
    assert learner_client.get("/submissions/").status_code == 200
