from torch import Tensor, nn


def grad_cam(model: nn.Module, layer: nn.Module, x: Tensor, target: int | None = None) -> Tensor:
    """Grad-CAM of one image x (1, C, H, W) for a class, from the output of a layer of the model.

    Returns a map (H, W) in [0, 1]; target None means the class with the largest logit. Raises ValueError
    for bad input and for a layer without an output of four axes. Leaves the model as it was.
    """
    raise NotImplementedError
