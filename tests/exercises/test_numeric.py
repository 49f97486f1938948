"""Gradients by differences are right, and reject wrong analytic ones."""

import numpy as np
import pytest

from exercises import expect, numeric, reference
from exercises.failure import Failure, Kind

RNG = np.random.default_rng(3)
X, W = RNG.standard_normal((1, 2, 4, 5)), RNG.standard_normal((3, 2, 2, 2))
SEED = RNG.standard_normal(reference.conv2d(X, W).shape)


def loss(w: np.ndarray) -> float:
    return float((SEED * reference.conv2d(X, w)).sum())


def right() -> np.ndarray:
    """The gradient of the loss with respect to the filters: each sees the image under the output's seed."""
    windows = np.lib.stride_tricks.sliding_window_view(X, (2, 2), axis=(2, 3))
    return np.einsum("nfhw,nchwij->fcij", SEED, windows)


def test_known_derivatives():
    at = np.array([0.3, -2.0, 1.5])
    np.testing.assert_allclose(numeric.gradient(lambda x: float(np.sum(x**3)), at), 3 * at**2, rtol=1e-8)
    np.testing.assert_allclose(numeric.gradient(lambda x: float(np.sin(x).sum()), at), np.cos(at), rtol=1e-8)
    assert numeric.gradient(lambda x: float(x**2), np.array(2.0)) == pytest.approx(4.0)
    assert numeric.gradient(lambda x: 1.0, np.ones((0, 3))).shape == (0, 3)


def test_a_right_gradient_is_accepted():
    expect.gradient(right(), loss, W)


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (lambda g: -g, Kind.VALUES),
        (lambda g: g * (1 + 1e-4), Kind.VALUES),
        (lambda g: g[..., ::-1, ::-1], Kind.VALUES),
        (lambda g: g / X.shape[0] / 2, Kind.VALUES),
        (lambda g: np.where(np.arange(g.size).reshape(g.shape) == 7, g + 1e-3, g), Kind.VALUES),
        (lambda g: g * np.nan, Kind.VALUES),
        (lambda g: g.sum(axis=0), Kind.SHAPE),
        (lambda g: g.tolist(), Kind.TYPE),
        (lambda g: None, Kind.TYPE),
    ],
    ids=["sign", "scale", "flipped", "averaged", "one entry", "NaN", "shape", "list", "nothing"],
)
def test_a_wrong_gradient_is_rejected(wrong, kind):
    with pytest.raises(Failure) as failure:
        expect.gradient(wrong(right()), loss, W)
    assert failure.value.kind is kind
