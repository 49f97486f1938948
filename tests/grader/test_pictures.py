"""Pictures that checks show: whatever came back, small files and words, and only of visible cases."""

import base64
import json
import struct
import zlib

import numpy as np
import pytest

from exercises.candidate import Candidate
from exercises.dsl import case, torch_tensor
from exercises.local import LocalCandidate
from exercises.values import Opaque, Ref
from grader import pictures
from grader.candidate import RemoteDriver

RAMP = np.arange(12.0).reshape(3, 4)


def pixels(picture: dict) -> np.ndarray:
    """What a reader of PNG files sees."""
    data = base64.b64decode(picture["png"])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    parts, at = {}, 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        parts[kind], at = body, at + 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    channels = {0: 1, 2: 3}[colour]
    assert depth == 8
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, 1 + width * channels)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape((height, width, channels) if channels == 3 else (height, width))


def test_both_are_scaled_by_the_range_of_the_expected_one():
    found = pictures.pair("ramp", RAMP * 2 - 4, RAMP)
    assert pixels(found["expected"]).tolist() == np.rint(RAMP / 11 * 255).astype(int).tolist()
    assert pixels(found["actual"]).tolist() == np.rint(np.clip((RAMP * 2 - 4) / 11, 0, 1) * 255).tolist()
    assert (found["low"], found["high"]) == (0, 11)


def test_colours_and_tensors_are_pictures_too():
    colours = np.random.default_rng(1).random((5, 6, 3))
    found = pictures.pair("colours", torch_tensor(colours.astype(np.float32)), colours)
    assert (pixels(found["actual"]) == pixels(found["expected"])).all()
    assert found["expected"]["channels"] == 3


def test_nan_and_infinity_are_counted():
    actual = RAMP.copy()
    actual[0, 0], actual[1, 1], actual[2, 2] = np.nan, np.inf, -np.inf
    found = pictures.pair("strange", actual, RAMP)["actual"]
    assert found["strange"] == 3
    assert [pixels(found)[i, i] for i in range(3)] == [0, 255, 0]


@pytest.mark.parametrize(
    "actual",
    [
        None, 3, "text", [[1, 2]], {}, Opaque("Evil"), Ref(1), np.float64(2), np.array("text"), np.zeros(5),
        np.zeros((0, 4)), np.zeros((4, 4, 4)), np.zeros((2, 2), complex), np.array([[None]], dtype=object),
        np.zeros((2, 2), "datetime64[s]"), np.zeros((2, 2), [("a", "f8")]), np.zeros((1,) * 32),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_told_in_words(actual):
    found = pictures.pair("wrong", actual, RAMP)
    assert found["actual"]["problem"].endswith("which is no picture")
    assert set(found["actual"]) == {"problem"}
    assert pixels(found["expected"]).shape == (3, 4)


@pytest.mark.parametrize(
    "actual",
    [
        np.full((3, 4), 1e308), np.full((3, 4), -1e308), np.full((3, 4), 2**63 - 1), np.ones((3, 4), bool),
        np.full((3, 4), np.nan), np.zeros((1, 3_000_000)), np.zeros((3_000_000, 1), np.int8),
        np.random.default_rng(0).random((1500, 1500, 3)).astype(np.float16),
        np.broadcast_to(np.float32(1), (3000, 3000)), np.zeros((1, 1)), np.arange(24.0)[::-2].reshape(3, 4),
    ],
)  # fmt: skip
def test_every_value_and_size_gives_a_small_file(actual):
    found = pictures.pair("huge", actual, RAMP)
    assert max(pixels(found["actual"]).shape[:2]) <= pictures.SIDE
    assert len(json.dumps(found)) < 2 * 4 / 3 * pictures.BYTES + 1000
    assert pixels(found["expected"]).max() == 255


def test_the_range_of_an_expected_picture_may_be_anything_finite():
    for expected in (np.zeros((2, 2)), np.array([[-1.7e308, 1.7e308]]), np.array([[5e-324, 0]]), RAMP > 3):
        found = pictures.pair("range", RAMP, expected)
        assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_noise_is_made_smaller_until_it_fits():
    noise = np.random.default_rng(2).random((256, 256, 3))
    found = pictures.pair("noise", noise, noise)
    assert found["actual"]["factor"] == found["expected"]["factor"] > 1
    assert found["actual"]["height"] == 256
    block = noise[: found["actual"]["factor"], : found["actual"]["factor"], 0].mean()
    assert abs(int(pixels(found["actual"])[0, 0, 0]) - block * 255) < 2


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("a", [[1]]), ("a", np.zeros(3)), ("a", np.full((2, 2), np.nan)), ("a", np.zeros((0, 2))),
        ("a", np.zeros((2, 2), complex)), ("", RAMP), (3, RAMP),
    ],
)  # fmt: skip
def test_a_check_that_shows_no_picture_is_told(title, expected):
    with pytest.raises(ValueError, match="picture"):
        LocalCandidate("").show(title, RAMP, expected)


def test_only_visible_cases_keep_pictures_and_no_more_than_four():
    for visible, kept in ((False, 0), (True, pictures.MOST)):
        driver = RemoteDriver(None, visible=visible)
        for number in range(6):
            Candidate(driver).show(f"picture {number}", RAMP, RAMP)
        assert len(driver.pictures) == kept


def test_notes_are_one_bounded_line():
    told: list[str] = []
    candidate = Candidate(RemoteDriver(None, on_note=told.append))
    candidate.progress("split 2 of 3:\n accuracy  0.987")
    candidate.progress("x" * 500)
    candidate.progress("\x1b[31m\u202ered")
    assert told == ["split 2 of 3: accuracy 0.987", "x" * 120, "\ufffd[31m\ufffdred"]


def test_trusted_code_shows_and_tells_nothing():
    @case("shows", visible=True)
    def shows(candidate, rng):
        candidate.progress("half of it")
        candidate.show("ramp", candidate.same(RAMP), RAMP)

    shows.run(LocalCandidate("def same(x):\n    return x\n"), 1)
