"""Builds the model afresh from the checkpoint, with dropout of probability 0 in evaluation mode."""

import torch
from given import DigitNet


@torch.no_grad()
def fix_inference(server, x):
    if len(x.shape) != 4 or x.shape[0] == 0 or x.shape[1] != 1:
        raise ValueError(f"cannot serve {tuple(x.shape)}")
    model = DigitNet()
    model.load_state_dict(server.checkpoint)
    model.eval()
    model.dropout.p, model.dropout.training = 0.0, False
    server.model, server.after_request = model, []
    return server.predict(x)
