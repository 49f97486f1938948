"""How twins ask PyTorch."""

import torch


def asked(operation: object, *args: object) -> torch.Tensor:
    """Call PyTorch; its complaints about arguments become ValueError, as in the NumPy operations."""
    try:
        return operation(*args)  # type: ignore[operator]
    except RuntimeError as error:
        raise ValueError(str(error).splitlines()[0]) from error
