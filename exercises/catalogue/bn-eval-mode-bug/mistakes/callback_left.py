"""You left the callback in place that runs after each request.

Your own answer is right, but then `server.adapt` puts the features back into training mode, and the next
request through `server.predict` is wrong again and overwrites the statistics. Empty `server.after_request`.
See it by `server.modes()` after your call.
"""

import torch


def fix_inference(server, x):
    if x.ndim != 4 or x.shape[1] != 1 or len(x) == 0:
        raise ValueError("x must be a batch of images with one channel")
    server.model.load_state_dict(server.checkpoint)
    for module in server.model.modules():
        module.training = False
    with torch.no_grad():
        return server.predict(x)
