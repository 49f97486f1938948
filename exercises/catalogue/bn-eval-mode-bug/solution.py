import torch
from given import Server
from torch import Tensor


def fix_inference(server: Server, x: Tensor) -> Tensor:
    """Repair the server for good and return the logits (N, 10) for the images x (N, 1, 8, 8).

    Raises ValueError for an empty batch and for a wrong shape, before anything of the server changes.
    """
    if x.ndim != 4 or x.shape[1] != 1:
        raise ValueError(f"x must be (N, 1, 8, 8), got shape {tuple(x.shape)}")
    if len(x) == 0:
        raise ValueError("the batch is empty")
    repair(server)
    with torch.no_grad():
        return server.predict(x)


def repair(server: Server) -> None:
    """Undo every cause; doing it twice does no harm."""
    server.model.load_state_dict(server.checkpoint)  # the statistics that earlier requests overwrote
    server.after_request.clear()  # what switches the features back to training mode
    for module in server.model.modules():  # eval() would not reach the dropout, which overrides train()
        module.training = False
