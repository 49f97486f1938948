"""Questions on pooling and efficiency: answers worked out a second time (networks: in the module beside).

The code blocks of these topics run in the neighbouring modules. Here the answers of computational questions,
and the options of choice questions that can be decided by running something, are found a second time.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from quizbank import instances
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
