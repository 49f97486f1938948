"""Integer arithmetic against PyTorch's layers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.reference import arithmetic as sizes
from exercises.reference.arithmetic import FUNCTIONS

torch = pytest.importorskip("torch")
functional = torch.nn.functional
pytestmark = pytest.mark.torch

N, K, S, P, D = st.integers(1, 24), st.integers(1, 6), st.integers(1, 4), st.integers(0, 4), st.integers(1, 3)


def of_torch(layer, *args, **kwargs):
    """The size that PyTorch gives, None where it refuses."""
    try:
        return layer(*args, **kwargs).shape[-1]
    except (RuntimeError, ValueError):
        return None


def ours(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except ValueError:
        return None


@given(N, K, S, P, D)
def test_conv_output_size(n, k, s, p, d):
    x, w = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
    assert ours(sizes.conv_output_size, n, k, s, p, d) == of_torch(
        functional.conv1d, x, w, stride=s, padding=p, dilation=d
    )


@given(N, K, S, P, st.booleans(), D)
def test_pool_output_size(n, k, s, p, ceil_mode, d):
    found = ours(sizes.pool_output_size, n, k, s, p, ceil_mode, d)
    theirs = of_torch(functional.max_pool1d, torch.zeros(1, 1, n), k, s, p, ceil_mode=ceil_mode, dilation=d)
    if found is None and ceil_mode and sizes.effective_kernel(k, d) > n + 2 * p:
        return  # documented: PyTorch lets a window larger than the padded input pass
    assert found == theirs


@given(N, K, S, P, st.integers(0, 3), D)
def test_transposed_output_size(n, k, s, p, op, d):
    x, w = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
    theirs = of_torch(functional.conv_transpose1d, x, w, stride=s, padding=p, output_padding=op, dilation=d)
    found = ours(sizes.transposed_output_size, n, k, s, p, op, d)
    assert found == (theirs or None)


@settings(max_examples=50)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), K, K, st.booleans())
def test_conv_parameters(per_in, per_out, groups, k_h, k_w, bias):
    layer = torch.nn.Conv2d(per_in * groups, per_out * groups, (k_h, k_w), groups=groups, bias=bias)
    total = sum(p.numel() for p in layer.parameters())
    args = (per_in * groups, per_out * groups, k_h, k_w)
    assert sizes.conv_parameters(*args, groups=groups, bias=bias) == total
    assert sizes.conv_macs(*args, 5, 7, groups=groups) == layer.weight.numel() * 35


def test_other_layers_count_as_in_torch():
    count = lambda layer: sum(p.numel() for p in layer.parameters())  # noqa: E731
    assert sizes.dense_parameters(7, 5) == count(torch.nn.Linear(7, 5))
    assert sizes.dense_parameters(7, 5, bias=False) == sizes.dense_macs(7, 5) == 35
    assert sizes.batchnorm_parameters(9) == count(torch.nn.BatchNorm2d(9))
    assert sizes.conv1d_parameters(4, 6, 3, groups=2) == count(torch.nn.Conv1d(4, 6, 3, groups=2))
    assert sizes.conv3d_parameters(2, 3, 1, 2, 3) == count(torch.nn.Conv3d(2, 3, (1, 2, 3)))
    assert sizes.depthwise_separable_parameters(64, 128, 3) == 8768
    assert sizes.depthwise_separable_macs(64, 128, 3, 3, 2, 2) == 4 * 8768


def test_known_receptive_fields():
    assert sizes.receptive_field([3] * 5) == 11
    assert sizes.receptive_field([(3, 1, d) for d in (1, 2, 4, 8)]) == 31
    vgg16 = [layer for count in (2, 2, 3, 3, 3) for layer in [(3, 1)] * count + [(2, 2)]]
    assert sizes.receptive_field(vgg16[:-1]) == 196
    assert sizes.receptive_field(vgg16) == 212
    assert sizes.total_stride(vgg16) == 32


@given(K.filter(lambda k: k % 2), D)
def test_same_padding_keeps_the_size(k, d):
    assert sizes.conv_output_size(24, k, 1, sizes.same_padding(k, d), d) == 24


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("conv_output_size", (3, 5)),
        ("conv_output_size", (3.0, 3)),
        ("conv_output_size", (True, 1)),
        ("conv_output_size", (5, 3, 0)),
        ("conv_output_size", (5, 3, 1, -1)),
        ("pool_output_size", (5, 2, 2, 2)),
        ("transposed_output_size", (1, 1, 1, 1)),
        ("transposed_output_size", (4, 3, 2, 0, 2)),
        ("same_padding", (4,)),
        ("conv_parameters", (3, 4, 3, 3, 2)),
        ("conv_parameters", (4, 3, 3, 3, 2)),
        ("receptive_field", ("333",)),
        ("receptive_field", ([(3, 1, 1, 1)],)),
        ("receptive_field", ([(0, 1)],)),
        ("receptive_field", ([3] * 10_001,)),
        ("elements", ([2, -1],)),
        ("elements", (5,)),
    ],
)
def test_nonsense_is_refused(function, args):
    with pytest.raises(ValueError):
        FUNCTIONS[function](*args)
