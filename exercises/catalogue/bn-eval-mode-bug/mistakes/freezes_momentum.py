"""You set the momentum of the batch norm layers to 0.

That keeps the running statistics from moving, but in training mode they are not what normalises: the batch
still is, so an image's answer still depends on its batch mates. Put the layers into evaluation mode.
"""

import torch


def fix_inference(server, x):
    if x.ndim != 4 or x.shape[1] != 1 or len(x) == 0:
        raise ValueError("x must be a batch of images with one channel")
    server.model.load_state_dict(server.checkpoint)
    server.after_request.clear()
    server.model.dropout.training = False
    for module in server.model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.0
    with torch.no_grad():
        return server.model(x)
