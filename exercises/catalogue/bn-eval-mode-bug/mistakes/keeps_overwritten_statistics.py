"""You set the modes right, but kept the statistics that earlier requests had overwritten.

A model that answers in training mode moves its running mean and variance with every batch. Evaluation mode
then uses whatever is left. See it by comparing `server.statistics()` with `server.checkpoint`; load the
checkpoint to undo it.
"""

import torch


def fix_inference(server, x):
    if x.ndim != 4 or x.shape[1] != 1 or len(x) == 0:
        raise ValueError("x must be a batch of images with one channel")
    server.after_request.clear()
    for module in server.model.modules():
        module.training = False
    with torch.no_grad():
        return server.model(x)
