"""Questions on pooling, efficiency, architectures, segmentation and interpretability: checked a second time.

The code blocks of these topics run in the neighbouring modules. Here the answers of computational questions,
and the options of choice questions that can be decided by running something, are found a second time.
"""

import importlib.util
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from quizbank import instances
from tests.conftest import require_or_skip
from tests.quizbank import bank_code

TOPICS = (
    "pooling",
    "efficiency-and-deployment",
    "architectures",
    "segmentation-and-detection",
    "interpretability",
)
QUESTIONS = {question.slug: question for question in bank_code.questions(*TOPICS)}
SEEDS = range(12)


@pytest.fixture
def torch() -> Any:
    require_or_skip(importlib.util.find_spec("torch") is not None, "PyTorch")
    return importlib.import_module("torch")


def value(slug: str) -> instances.Instance:
    return instances.example(QUESTIONS[slug])


def drawn(slug: str) -> Iterator[instances.Instance]:
    """The example and some drawn instances of a question; only the example where nothing is drawn."""
    question = QUESTIONS[slug]
    yield instances.example(question)
    if "variant" in question.spec:
        yield from (instances.build(question, seed) for seed in SEEDS)


def named(instance: instances.Instance, *names: str) -> list[Any]:
    return [instance.names[name] for name in names]


def assert_right(instance: instances.Instance, answer: object) -> None:
    """The independently computed answer is judged right."""
    assert instance.grade(instance.parse(str(answer))).correct, f"{answer} is not {instance.right_answer}"


def right(instance: instances.Instance) -> list[bool]:
    return [option["correct"] for option in instance.spec["options"]]


def parameters(module: Any) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.torch
class TestPooling:
    def test_gradient_at_a_peak(self, torch: Any) -> None:
        for instance in drawn("max-pool-gradient-overlap"):
            mode, r, c, a, b, d, e = named(instance, "mode", "r", "c", "a", "b", "d", "e")
            x = torch.zeros(5, 5)
            x[r, c] = 100
            x.requires_grad_()
            pool = {"max": torch.nn.MaxPool2d, "average": torch.nn.AvgPool2d}[mode](3, 2)
            pool(x[None]).backward(torch.tensor([[[a, b], [d, e]]], dtype=torch.float32))
            assert_right(instance, round(x.grad[r, c].item(), 4))

    def test_one_winner_at_a_tie(self, torch: Any) -> None:
        x = torch.tensor([[2.0, 7.0], [7.0, 1.0]], requires_grad=True)
        torch.nn.functional.max_pool2d(x[None], 2).sum().backward()
        assert x.grad.tolist() == [[0, 1], [0, 0]]
        assert right(value("where-max-pool-sends-the-gradient")) == [False, False, False, True]

    def test_room_within_a_cell(self, torch: Any) -> None:
        def cell(x: int, pools: int) -> int:
            line = torch.zeros(1, 96)
            line[0, x] = 1
            for _ in range(pools):
                line = torch.nn.functional.max_pool1d(line, 2)
            return int(line.argmax())

        for instance in drawn("moves-within-a-pooled-cell"):
            pools, x, way = named(instance, "m", "x", "way")
            step, moves = (1 if way == "right" else -1), 0
            while x + step * (moves + 1) >= 0 and cell(x + step * (moves + 1), pools) == cell(x, pools):
                moves += 1
            assert_right(instance, moves)

    def test_not_every_move_is_absorbed(self, torch: Any) -> None:
        def pooled(y: int, x: int) -> list[int]:
            image = torch.zeros(1, 16, 16)
            image[0, y, x] = 1
            return torch.nn.functional.max_pool2d(image, 2)[0].nonzero()[0].tolist()

        assert pooled(10, 12) == pooled(11, 13) == [5, 6]
        assert pooled(12, 14) == [6, 7]
        assert value("one-pixel-move-under-a-pool").grade(False).correct

    def test_entry_of_a_max_pool(self, torch: Any) -> None:
        for instance in drawn("max-pool-entry-by-hand"):
            m, s, i, j = named(instance, "m", "s", "i", "j")
            pooled = torch.nn.functional.max_pool2d(torch.tensor([m], dtype=torch.float32), 2, s)
            assert_right(instance, int(pooled[0, i, j]))

    def test_floor_and_ceil(self, torch: Any) -> None:
        for instance in drawn("pool-size-floor-or-ceil"):
            n, k, s, up = named(instance, "n", "k", "s", "up")
            pool = torch.nn.MaxPool2d(k, s, ceil_mode=bool(up))
            assert_right(instance, pool(torch.zeros(1, n, n)).shape[-1])

    def test_claims_on_strided_convolutions(self, torch: Any) -> None:
        instance = value("strided-conv-against-pool-claims")
        n, c = 28, 64
        conv = torch.nn.Conv2d(c, c, 3, stride=2, padding=1)
        image = torch.zeros(1, c, n, n)
        sides = {conv(image).shape[-1], torch.nn.functional.max_pool2d(image, 2).shape[-1]}
        texts = [option["text"] for option in instance.spec["options"]]
        assert f"{parameters(conv):,} parameters" in texts[0]
        assert sides == {int(texts[2].split()[-1])}
        assert right(instance) == [True, False, True, False, True, True]

    def test_only_the_linear_layer_objects(self, torch: Any) -> None:
        nn = torch.nn
        instance = value("first-layer-to-fail-at-320")
        n, big = 224, 320
        body = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
        inputs = [body(torch.zeros(1, 3, side, side)).shape[1] for side in (n, big)]
        head = nn.Linear(inputs[0], 10)
        with pytest.raises(RuntimeError):
            head(torch.zeros(1, inputs[1]))
        assert f"{inputs[1]:,}" in instance.spec["options"][2]["why"]
        assert right(instance) == [False, False, True, False]

    def test_share_of_activations(self, torch: Any) -> None:
        instance = value("what-pooling-changes")
        n, c = 28, 32
        pooled = torch.nn.functional.max_pool2d(torch.zeros(1, c, n, n), 2)
        assert f"{pooled.numel():,} values instead of {c * n * n:,}" in instance.worked_answer


def test_macs_fall_with_the_square_of_the_side() -> None:
    for instance in drawn("macs-saved-by-resolution"):
        big, small, ask = named(instance, "big", "small", "ask")
        positions = [sum((side // s) ** 2 for s in (1, 2, 4)) for side in (32 * big, 32 * small)]
        assert_right(instance, positions[0] / positions[1] if ask == "factor" else small)


@pytest.mark.torch
class TestEfficiency:
    def test_resnet18_at_two_resolutions(self, torch: Any) -> None:
        """Stem, stages and projections of ResNet-18: every map has 7/4 of the side, so 49/16 of the MACs."""

        def macs(side: int) -> int:
            total, c = (side // 2) ** 2 * 64 * 3 * 49 + 512 * 1000, 64
            for stage, width in enumerate((64, 128, 256, 512)):
                cells = (side // 4 // 2**stage) ** 2
                total += cells * (9 * c * width + 27 * width**2 + (c * width if c != width else 0))
                c = width
            return total

        assert macs(224) == 1_814_073_344
        assert f"{macs(224) / macs(128):.2f}" in value("make-inference-cheaper").worked_answer

    def test_quantised_numbers(self, torch: Any) -> None:
        for instance in drawn("quantise-a-value"):
            x, s, z = named(instance, "x", "s", "z")
            tensor = torch.tensor([x], dtype=torch.float64)
            back = torch.fake_quantize_per_tensor_affine(tensor.float(), s, z, -128, 127)
            assert_right(instance, round(back.item() / s) + z)

    def test_largest_rounding_error(self, torch: Any) -> None:
        for instance in drawn("quantisation-error-bound"):
            r, bits, ask, limit = named(instance, "r", "bits", "ask", "limit")

            def worst(bits: int, r: float = r) -> float:
                levels = 2 ** (bits - 1) - 1
                x = torch.linspace(-r, r, 200_001)
                back = torch.fake_quantize_per_tensor_affine(x, r / levels, 0, -levels, levels)
                return (back - x).abs().max().item()

            enough = next(b for b in range(2, 16) if worst(b) <= limit)
            assert_right(instance, f"{worst(bits):.6f}" if ask == "error" else enough)

    def test_checkpoint_sizes(self, torch: Any) -> None:
        types = {1: torch.int8, 2: torch.float16, 4: torch.float32}
        for instance in drawn("checkpoint-megabytes"):
            p, width, adam = named(instance, "p", "bytes", "adam")
            weight = torch.zeros(4, dtype=types[width], requires_grad=width > 1)
            tensors = [weight]
            if adam:
                optimiser = torch.optim.Adam([weight])
                weight.sum().backward()
                optimiser.step()
                tensors += [state for state in optimiser.state[weight].values() if state.numel() == 4]
            assert_right(instance, f"{sum(x.nbytes for x in tensors) / 4 * p / 1e6:.3f}")

    def test_softmax_at_a_temperature(self, torch: Any) -> None:
        for instance in drawn("softmax-at-a-temperature"):
            a, b, temperature, which = named(instance, "a", "b", "T", "which")
            soft = torch.tensor([a, b, 0.0], dtype=torch.float64).div(temperature).softmax(0)
            assert_right(instance, f"{soft[which].item():.4f}")
        text = " ".join(value("explain-distillation").worked_answer.split())
        for temperature in (1, 4):
            soft = torch.tensor([5.0, 2.0, 0.0], dtype=torch.float64).div(temperature).softmax(0).tolist()
            assert ", ".join(f"{share:.4f}" for share in soft) in text

    def test_cost_of_one_layer(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("cost-of-one-layer"):
            which, a, b, n = named(instance, "which", "c_in", "c_out", "n")
            layers = [
                [nn.Conv2d(a, b, 3, padding=1, bias=False)],
                [nn.Conv2d(a, a, 3, padding=1, groups=a, bias=False), nn.Conv2d(a, b, 1, bias=False)],
                [nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False)],
                [nn.MaxPool2d(2)],
            ][which]
            x, cost = torch.zeros(1, a, n, n), 0
            for layer in layers:
                x = layer(x)
                cost += 3 * x.numel() if which == 3 else layer.weight[0].numel() * x.numel()
            assert_right(instance, cost)

    def test_share_of_the_pointwise_step(self, torch: Any) -> None:
        for instance in drawn("share-of-the-pointwise-step"):
            a, b, k, part = named(instance, "c_in", "c_out", "k", "part")
            sizes = {
                "depthwise": torch.nn.Conv2d(a, a, k, groups=a, bias=False).weight.numel(),
                "pointwise": torch.nn.Conv2d(a, b, 1, bias=False).weight.numel(),
            }
            assert_right(instance, f"{100 * sizes[part] / sum(sizes.values()):.2f}")


def test_frame_rates_by_simulation() -> None:
    """A thousand frames through two stages, one after the other or overlapped."""
    for instance in drawn("frames-per-second"):
        which, a, b, target = named(instance, "which", "a", "b", "target")
        decoded = done = 0
        for _ in range(1000):
            start = decoded if which == 1 else done
            decoded = start + a
            done = max(done, decoded) + b
        fps = 1000 * 1000 / done
        assert_right(instance, f"{1000 / target - a:.3f}" if which == 2 else f"{fps:.3f}")
    assert value("thirty-fps-at-50-ms").grade(False).correct


def test_throughput_of_batches() -> None:
    instance = value("serving-batch-throughput")
    b, t = 8, 20
    options = instance.spec["options"]
    assert [option["text"].startswith(f"{round(b / (t / 1000))} ") for option in options[:2]] == [
        True,
        True,
    ]
    assert right(instance) == [False, True, False, False]


def test_depthwise_moves_more_than_it_multiplies() -> None:
    instance = value("why-depthwise-starves-a-gpu")
    c, n = 256, 28
    moved = [2 * c * n * n + weights for weights in (9 * c, 9 * c * c)]
    intensity = [9 * c * n * n / moved[0], 9 * c * c * n * n / moved[1]]
    assert intensity[0] < 5 < 50 < intensity[1]
    assert f"| {intensity[0]:.1f} | {intensity[1]:.0f} |" in instance.worked_answer


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


@pytest.mark.parametrize("slug", sorted(QUESTIONS))
def test_right_option_is_not_given_away_by_its_length(slug: str) -> None:
    options = value(slug).spec.get("options", [])
    correct = [len(option["text"]) for option in options if option["correct"]]
    wrong = [len(option["text"]) for option in options if not option["correct"]]
    if len(correct) == 1 and wrong:
        assert correct[0] <= 1.3 * max(wrong)


def test_variant_answers_change_from_seed_to_seed() -> None:
    """An answer seen once is of little use the next time: no numeric template mostly repeats one."""
    for slug, question in QUESTIONS.items():
        if "variant" in question.spec and question.kind in ("numeric", "shape"):
            answers = [str(instances.build(question, seed).right_answer) for seed in range(40)]
            assert max(map(answers.count, answers)) <= 24, slug
