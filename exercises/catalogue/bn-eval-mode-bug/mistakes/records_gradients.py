"""You repaired the modes but let autograd record the forward pass.

`eval()` and `no_grad()` are independent: evaluation mode does not stop the graph from being built, so every
request keeps all its activations alive for as long as its result lives. Run the model under
`torch.no_grad()` or `torch.inference_mode()`.
"""


def fix_inference(server, x):
    if x.ndim != 4 or x.shape[1] != 1 or len(x) == 0:
        raise ValueError("x must be a batch of images with one channel")
    server.model.load_state_dict(server.checkpoint)
    server.after_request.clear()
    for module in server.model.modules():
        module.training = False
    return server.model(x)
