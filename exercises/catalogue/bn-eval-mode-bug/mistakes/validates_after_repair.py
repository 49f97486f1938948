"""You checked the input only after you had changed the server.

A request that is refused must leave no trace: an error in the middle of a state change is how half-repaired
servers come about. Put the checks first.
"""

import torch


def fix_inference(server, x):
    server.model.load_state_dict(server.checkpoint)
    server.after_request.clear()
    for module in server.model.modules():
        module.training = False
    if x.ndim != 4 or x.shape[1] != 1 or len(x) == 0:
        raise ValueError("x must be a batch of images with one channel")
    with torch.no_grad():
        return server.model(x)
