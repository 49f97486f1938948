"""You only switched off gradients.

`torch.no_grad()` saves memory and time, but changes no mode: batch norm still normalises with the batch and
overwrites its running statistics, and dropout still drops. The mode is set by `eval()`, or by `training =
False` on each module. See it by printing `server.modes()` inside the `with` block.
"""

import torch


def fix_inference(server, x):
    if x.ndim != 4 or x.shape[1] != 1 or len(x) == 0:
        raise ValueError("x must be a batch of images with one channel")
    with torch.no_grad():
        return server.model(x)
