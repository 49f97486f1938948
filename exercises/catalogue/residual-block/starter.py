from torch import Tensor, nn


class BasicBlock(nn.Module):
    """Basic residual block: (N, c_in, H, W) to (N, c_out, ceil(H / stride), ceil(W / stride)).

    conv-BN-ReLU-conv-BN plus the shortcut, then ReLU. Raises ValueError for an argument below 1.
    """

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
