"""What is taken, what is refused, and in which words."""

import pytest

from exercises import catalogue
from grader import drafts, intake, lifecycle
from grader.models import Draft, Submission

LIMIT = 256 * 1024


@pytest.mark.parametrize(
    ("source", "stored"),
    [
        ("a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"),
        ("a = 1\rb = 2", "a = 1\nb = 2"),
        ("\ufeffa = 1", "a = 1"),
        ("", ""),
        ("def broken(:\n", "def broken(:\n"),
        ("# ümläut 卷积", "# ümläut 卷积"),
    ],
)
def test_sources_are_taken_with_python_line_ends(source, stored):
    assert intake.clean_source(source) == stored


def test_a_nul_is_refused_with_its_line():
    with pytest.raises(intake.SourceRefused, match="Line 3 contains a NUL"):
        intake.clean_source("a = 1\n\nb\0 = 2\n")


def test_half_a_character_is_refused_with_its_line():
    with pytest.raises(intake.SourceRefused, match="Line 2 contains half of a character"):
        intake.clean_source("a = 1\nb = '\ud800'\n")


def test_a_source_of_the_largest_size_is_taken():
    assert len(intake.clean_source("#" * LIMIT)) == LIMIT


def test_a_larger_source_is_refused_with_both_sizes():
    with pytest.raises(intake.SourceRefused, match=r"300,000 bytes; at most 262,144 \(256 KiB\)"):
        intake.clean_source("#" * 300_000)


def test_the_limit_counts_bytes_not_characters():
    with pytest.raises(intake.SourceRefused):
        intake.clean_source("é" * (LIMIT // 2 + 1))


def test_an_upload_in_another_encoding_is_refused_with_line_and_byte():
    with pytest.raises(intake.SourceRefused, match="Line 2: byte 0xfc is not UTF-8"):
        intake.decode_upload("a = 1\nb = 'ü'\n".encode("latin-1"))


def test_a_binary_upload_is_refused():
    with pytest.raises(intake.SourceRefused, match="byte 0x89 is not UTF-8"):
        intake.decode_upload(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")


def test_an_upload_with_a_byte_order_mark_is_taken():
    assert intake.decode_upload(b"\xef\xbb\xbfa = 1") == "a = 1"


@pytest.mark.django_db
class TestSubmit:
    def test_a_submission_is_stored_with_its_first_event(self, learner, exercise):
        submission = intake.submit(learner, exercise, "x = 1", "submit")
        assert Submission.objects.get() == submission
        assert list(submission.events.values_list("seq", "kind")) == [(1, "queued")]
        assert (submission.queue, submission.state) == ("cpu", "queued")

    def test_the_limit_of_unfinished_submissions_is_a_learner_s_own(
        self, learner, other_learner, exercise, settings
    ):
        settings.MAX_IN_FLIGHT = 2
        for _ in range(2):
            intake.submit(learner, exercise, "x = 1", "submit")
        with pytest.raises(intake.TooManyInFlight, match=r"2 of your submissions .* at most 2"):
            intake.submit(learner, exercise, "x = 1", "submit")
        intake.submit(other_learner, exercise, "x = 1", "submit")

    def test_a_full_queue_refuses_with_its_limit_and_a_time_to_come_back(
        self, learner, other_learner, exercise, settings
    ):
        settings.MAX_QUEUED = 2
        for _ in range(2):
            intake.submit(learner, exercise, "x = 1", "submit")
        with pytest.raises(
            intake.QueueFull, match=r"2 submissions are waiting .* at most 2 may. Yours was not taken"
        ) as refused:
            intake.submit(other_learner, exercise, "x = 1", "submit")
        assert (refused.value.status, refused.value.retry_after) == (503, 10)
        assert Submission.objects.count() == 2

    def test_a_full_queue_tells_the_wait_at_the_present_pace(
        self, learner, other_learner, exercise, finish, settings
    ):
        """Two were graded in the last two minutes: the ten that wait take ten."""
        settings.MAX_QUEUED = settings.MAX_IN_FLIGHT = 10
        finish(), finish()
        for _ in range(10):
            intake.submit(learner, exercise, "x = 1", "submit")
        with pytest.raises(intake.QueueFull, match="would be graded in about 10 minutes") as refused:
            intake.submit(other_learner, exercise, "x = 1", "submit")
        assert refused.value.retry_after == 60

    def test_what_is_graded_makes_room_in_the_queue(self, learner, other_learner, exercise, settings):
        settings.MAX_QUEUED = 1
        intake.submit(learner, exercise, "x = 1", "submit")
        lifecycle.claim_next("cpu")
        intake.submit(other_learner, exercise, "x = 1", "submit")

    def test_each_queue_has_its_own_limit(self, learner, exercise, make_submission, settings):
        settings.MAX_QUEUED = 1
        make_submission(queue="gpu")
        intake.submit(learner, exercise, "x = 1", "submit")

    def test_finished_ones_do_not_count(self, learner, exercise, finish, settings):
        settings.MAX_IN_FLIGHT = 1
        finish()
        intake.submit(learner, exercise, "x = 1", "submit")

    def test_an_exercise_whose_profile_is_missing_is_refused(self, learner, settings):
        settings.RUNNER_PROFILES = ["torch"]
        numpy_only = catalogue.load("conv2d-single-filter")
        with pytest.raises(intake.NotGradable, match="needs NumPy"):
            intake.submit(learner, numpy_only, "x = 1", "submit")


@pytest.mark.django_db
class TestDrafts:
    def test_revisions_count_up(self, learner):
        assert drafts.save(learner, "conv2d-batch", "a", 0) == 1
        assert drafts.save(learner, "conv2d-batch", "b", 1) == 2
        assert Draft.objects.get().source == "b"

    def test_a_text_saved_elsewhere_is_not_overwritten(self, learner):
        drafts.save(learner, "conv2d-batch", "first tab", 0)
        with pytest.raises(drafts.Conflict) as caught:
            drafts.save(learner, "conv2d-batch", "second tab", 0)
        assert caught.value.draft.source == "first tab"
        assert caught.value.draft.revision == 1

    def test_the_same_text_is_no_conflict(self, learner):
        drafts.save(learner, "conv2d-batch", "same", 0)
        assert drafts.save(learner, "conv2d-batch", "same", 0) == 1

    def test_a_draft_that_was_deleted_is_made_anew(self, learner):
        assert drafts.save(learner, "conv2d-batch", "text", 7) == 1
