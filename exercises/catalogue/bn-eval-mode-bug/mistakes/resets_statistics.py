"""You reset the running statistics instead of restoring them.

`reset_running_stats()` sets mean 0 and variance 1. The overwritten values are gone, but those are not the
values of the training data either, so every activation is scaled wrongly. The right ones are still in
`server.checkpoint`: load them.
"""

import torch


def fix_inference(server, x):
    if x.ndim != 4 or x.shape[1] != 1 or len(x) == 0:
        raise ValueError("x must be a batch of images with one channel")
    for module in server.model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.reset_running_stats()
    server.after_request.clear()
    for module in server.model.modules():
        module.training = False
    with torch.no_grad():
        return server.model(x)
