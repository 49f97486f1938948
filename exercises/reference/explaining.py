"""Where a convolutional network looks: class maps from activations and gradients, in NumPy."""

import numpy as np

from exercises.reference.checking import rank


def class_activation_map(activations: np.ndarray, gradients: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Grad-CAM of one layer (Selvaraju and others, 2017): relu(sum over k of mean(G[k]) * A[k]), enlarged.

    Activations A and gradients G of a class's logit, both (K, h, w); gives (H, W) = `size` with values in
    [0, 1]: enlarged by `resize_bilinear`, then divided by its largest value unless that is 0. Raises
    ValueError where the shapes differ.
    """
    a, g = rank("activations", activations, "K, h, w"), rank("gradients", gradients, "K, h, w")
    if a.shape != g.shape:
        raise ValueError(f"activations and gradients must have one shape, not {a.shape} and {g.shape}")
    coarse = np.maximum(np.tensordot(g.mean(axis=(1, 2)), a, axes=1), 0)
    enlarged = resize_bilinear(coarse, size)
    largest = enlarged.max()
    return enlarged / largest if largest > 0 else enlarged


def resize_bilinear(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """An image (h, w) at another size (H, W), bilinearly: PyTorch's `align_corners=False`.

    Pixel i of the result lies at (i + 1/2) * h/H - 1/2 of the image, or at the nearest edge if outside.
    """
    image = rank("image", image, "h, w")
    down, across = (_interpolation(n, m) for n, m in zip(image.shape, size, strict=True))
    return down @ image @ across.T


def _interpolation(n: int, m: int) -> np.ndarray:
    """The (m, n) matrix that interpolates n values linearly at m places."""
    if m < 1:
        raise ValueError(f"size must be at least 1, not {m!r:.40}")
    places = np.clip((np.arange(m) + 0.5) * n / m - 0.5, 0, n - 1)
    return np.maximum(1 - np.abs(places[:, None] - np.arange(n)), 0)
