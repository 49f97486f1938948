"""You looked only at the flag of the root module.

`model.training` says nothing about its children. After the hotfix and one request the root is in evaluation
mode while `features` has been switched back to training. Go through `server.model.modules()` and look at
(or set) every flag.
"""

import torch


def fix_inference(server, x):
    if x.ndim != 4 or x.shape[1] != 1 or len(x) == 0:
        raise ValueError("x must be a batch of images with one channel")
    server.model.load_state_dict(server.checkpoint)
    server.after_request.clear()
    if server.model.training:
        for module in server.model.modules():
            module.training = False
    with torch.no_grad():
        return server.model(x)
