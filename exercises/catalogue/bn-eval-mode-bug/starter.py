from given import Server
from torch import Tensor


def fix_inference(server: Server, x: Tensor) -> Tensor:
    """Repair the server for good and return the logits (N, 10) for the images x (N, 1, 8, 8).

    Raises ValueError for an empty batch and for a wrong shape, before anything of the server changes.
    """
    raise NotImplementedError
