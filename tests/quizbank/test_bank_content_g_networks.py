"""Questions on architectures, segmentation and interpretability: answers worked out a second time."""

import itertools
from typing import Any

import pytest

from tests.quizbank.test_bank_content_g import assert_right, drawn, named, parameters, right, value


@pytest.mark.torch
class TestArchitectures:
    def test_partly_connected_layer(self, torch: Any) -> None:
        for instance in drawn("lenet-partial-connections"):
            maps = zip(named(instance, "a", "b", "c"), (3, 4, 6), strict=True)
            assert_right(instance, sum(n * parameters(torch.nn.Conv2d(seen, 1, 5)) for n, seen in maps))

    def test_lenet_has_sixty_thousand_parameters(self, torch: Any) -> None:
        nn = torch.nn
        c3 = 6 * parameters(nn.Conv2d(3, 1, 5)) + 9 * parameters(nn.Conv2d(4, 1, 5))
        layers = [nn.Conv2d(1, 6, 5), nn.Conv2d(6, 1, 5), nn.Conv2d(16, 120, 5), nn.Linear(120, 84)]
        total = c3 + sum(map(parameters, layers)) + 2 * 6 + 2 * 16
        assert total == 60_000
        assert f"| {total} |" in value("lenet-partial-connections").worked_answer
        assert f"{total} trainable" in " ".join(value("lenet-as-published").worked_answer.split())

    def test_dense_share_of_vgg(self, torch: Any) -> None:
        widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
        pairs = itertools.pairwise(widths)
        convolutions = sum(parameters(torch.nn.Conv2d(a, b, 3, device="meta")) for a, b in pairs)
        for instance in drawn("vgg-where-weights-are"):
            hidden, classes, cells = named(instance, "hidden", "classes", "cells")
            sizes = [512 * cells**2, hidden, hidden, classes]
            dense = sum(
                parameters(torch.nn.Linear(a, b, device="meta")) for a, b in itertools.pairwise(sizes)
            )
            assert_right(instance, f"{100 * dense / (dense + convolutions):.2f}")
        assert f"{123642856 / (123642856 + convolutions):.1%}" in value("vgg-design-rule").worked_answer

    def test_inception_branches(self, torch: Any) -> None:
        conv = torch.nn.Conv2d

        def macs(x: Any, *layers: Any) -> tuple[int, Any]:
            total = 0
            for layer in layers:
                x = layer(x)
                total += layer.weight[0].numel() * x.numel()
            return total, x

        instance = value("inception-claims")
        n, c_in, a, b, c, d, r = 28, 192, 64, 128, 32, 24, 16
        x = torch.zeros(1, c_in, n, n)
        direct, _ = macs(x, conv(c_in, c, 5, padding=2, bias=False))
        reduced, five = macs(x, conv(c_in, r, 1, bias=False), conv(r, c, 5, padding=2, bias=False))
        pooled = conv(c_in, d, 1)(torch.nn.functional.max_pool2d(x, 3, stride=1, padding=1))
        three = conv(c_in, b, 3, padding=1)(x)
        joined = torch.cat([conv(c_in, a, 1)(x), three, five, pooled], dim=1)
        texts = [option["text"] for option in instance.spec["options"]]
        assert f"{joined.shape[1]} channels" in texts[0]
        assert f"{direct / reduced:.1f} times" in texts[2]
        assert joined.shape[-1] == n
        assert right(instance) == [True, False, True, False, True]
        text = value("explain-inception").worked_answer
        assert "120,422,400" in text
        assert "12,443,648" in text
        assert "163328" in text

    def test_channels_of_a_dense_block(self, torch: Any) -> None:
        for instance in drawn("dense-block-channels"):
            which, c, k, layers, i = named(instance, "which", "c", "k", "layers", "i")
            maps, seen = torch.zeros(1, c, 2, 2), []
            for _ in range(layers):
                seen.append(maps.shape[1])
                maps = torch.cat([maps, torch.nn.Conv2d(maps.shape[1], k, 3, padding=1)(maps)], dim=1)
            assert_right(instance, [seen[i - 1], maps.shape[1], maps.shape[1] // 2][which])

    def test_squash(self, torch: Any) -> None:
        for instance in drawn("capsule-squash-length"):
            a, b, c, ask = named(instance, "a", "b", "c", "ask")
            s = torch.tensor([a, b, c], dtype=torch.float64)
            v = (1 - 1 / (1 + s.dot(s))) * torch.nn.functional.normalize(s, dim=0)
            assert_right(instance, f"{(v.norm() if ask == 'length' else v[0]).item():.4f}")

    def test_squeeze_and_excitation(self, torch: Any) -> None:
        for instance in drawn("se-block-parameters"):
            c, r, bias = named(instance, "c", "r", "bias")
            down, up = (torch.nn.Linear(*sizes, bias=bool(bias)) for sizes in ((c, c // r), (c // r, c)))
            assert_right(instance, parameters(down) + parameters(up))


@pytest.mark.torch
class TestSegmentation:
    def test_sides_that_fit_a_padded_unet(self, torch: Any) -> None:
        """The smallest side at or above n for which pooling and upsampling lead back to every skip's side."""

        def fits(side: int, levels: int) -> bool:
            line, skips = torch.zeros(1, 1, side), []
            for _ in range(levels):
                skips.append(line.shape[-1])
                line = torch.nn.functional.max_pool1d(line, 2)
            for skip in reversed(skips):
                line = torch.nn.functional.interpolate(line, scale_factor=2)
                if line.shape[-1] != skip:
                    return False
            return True

        for instance in drawn("pad-to-fit-a-unet"):
            levels, n, ask = named(instance, "levels", "n", "ask")
            side = next(side for side in range(n, n + 64) if fits(side, levels))
            assert_right(instance, side - n if ask == "rows" else side)

    def test_original_unet_in_both_texts(self, torch: Any) -> None:
        side = 572
        for step in ("down",) * 4 + ("bottom",) + ("up",) * 4:
            side = {"down": side - 4, "bottom": side - 4, "up": 2 * side - 4}[step]
            side = side // 2 if step == "down" else side
        assert side == 388
        assert f"{side}x{side}" in value("explain-unet").worked_answer
        assert f"a side of {side}" in " ".join(value("order-of-a-unet").worked_answer.split())

    def test_weights_behind_a_concatenation(self, torch: Any) -> None:
        for instance in drawn("skip-add-or-concat-cost"):
            c, out = named(instance, "c", "out")
            joined = torch.cat([torch.zeros(1, c, 3, 3)] * 2, dim=1)
            conv = torch.nn.Conv2d(joined.shape[1], out, 3, bias=False)
            assert conv(joined).shape[1] == out
            texts = [option["text"] for option in instance.spec["options"]]
            assert [f" {parameters(conv):,} weights" in text for text in texts] == right(instance)

    def test_reach_of_a_dilated_kernel(self, torch: Any) -> None:
        for instance in drawn("dilated-kernel-extent"):
            which, rate, s = named(instance, "which", "rate", "s")
            image = torch.zeros(1, 1, 101, 101, requires_grad=True)
            ones = torch.ones(1, 1, 3, 3)
            torch.nn.functional.conv2d(image, ones, padding=rate, dilation=rate)[0, 0, 50, 50].backward()
            touched = image.grad[0, 0].sum(0).nonzero()
            extent = int(touched.max() - touched.min()) + 1
            assert_right(instance, [extent, rate, (extent - 1) * s][which])

    def test_levels_of_a_pyramid(self, torch: Any) -> None:
        for instance in drawn("pyramid-map-side"):
            which, level, n, size = named(instance, "which", "level", "n", "size")
            line = torch.zeros(1, 1, n)
            for _ in range(level):
                line = torch.nn.functional.max_pool1d(line, 2)
            side = line.shape[-1]
            assert_right(instance, [side, level, size * side / n][which])


def test_size_of_a_filter_grid() -> None:
    """The grid is painted tile by tile into a large canvas; its size is what the tiles and gaps cover."""
    for instance in drawn("filter-grid-size"):
        which, filters, columns, k, gap = named(instance, "which", "filters", "columns", "k", "gap")
        bottom = right_edge = rows = 0
        for index in range(filters):
            row, column = divmod(index, columns)
            rows = max(rows, row + 1)
            bottom = max(bottom, gap + row * (k + gap) + k + gap)
            right_edge = max(right_edge, gap + column * (k + gap) + k + gap)
        assert_right(instance, [bottom, right_edge, rows][which])


def test_looking_in_training_mode_changes_the_model() -> None:
    assert value("hook-side-effects").grade(False).correct
