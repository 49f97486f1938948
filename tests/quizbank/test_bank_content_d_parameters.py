"""Questions that count parameters: the layers are built and counted."""

import itertools
from typing import Any

import pytest

from tests.quizbank.test_bank_content_d import assert_right, assert_wrong, drawn, example, parameters


@pytest.mark.torch
class TestParameters:
    @staticmethod
    def conv_base(torch: Any) -> Any:
        layers: list[Any] = []
        before = 3
        for width, convs in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
            for _ in range(convs):
                layers += [torch.nn.Conv2d(before, width, 3, padding=1)]
                before = width
            layers += [torch.nn.MaxPool2d(2)]
        return torch.nn.Sequential(*layers)

    def test_vgg16_stages(self, torch: Any) -> None:
        nn = torch.nn
        with torch.device("meta"):
            base = self.conv_base(torch)
            assert len(base) + 1 == 19  # with the input layer that Keras counts
            assert [type(layer) for layer in base[14:17]] == [nn.Conv2d] * 3
            for instance in drawn("trainable-parameters-of-vgg16"):
                names = instance.names
                features = base(torch.zeros(1, 3, names["n"], names["n"])).flatten(1).shape[1]
                head = nn.Sequential(
                    nn.Linear(features, names["hidden"]), nn.Linear(names["hidden"], names["classes"])
                )
                top = parameters(base[14:17]) if names["second"] else 0
                assert_right(instance, parameters(head) + top)
                assert names["base"] == parameters(base)
                assert f"{parameters(base) + parameters(head):,}" in instance.worked_answer

    def test_vgg16_map(self, torch: Any) -> None:
        with torch.device("meta"):
            base = self.conv_base(torch)
            for instance in drawn("features-of-vgg16-after-five-pools"):
                names = instance.names
                out = base(torch.zeros(names["batch"], 3, names["h"], names["w"]))
                assert_right(instance, tuple(out.shape))

    def test_known_fine_tuning_figures(self) -> None:
        answer = example("trainable-parameters-of-vgg16").worked_answer
        assert all(figure in answer for figure in ("4,197,381", "11,276,805", "18,912,069", "8192"))

    def test_two_blocks_with_batch_norm(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("parameters-of-two-conv-blocks"):
            names = instance.names
            layers: list[Any] = []
            for before, after in ((3, names["f"]), (names["f"], names["g"])):
                layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after)]
                layers += [nn.Conv2d(after, after, 3), nn.BatchNorm2d(after), nn.MaxPool2d(2)]
            net = nn.Sequential(*layers, nn.Flatten()).eval()
            flat = net(torch.zeros(1, 3, names["n"], names["n"])).shape[1]
            dense = names["dense"]
            head = nn.Sequential(
                nn.Linear(flat, dense), nn.BatchNorm1d(dense), nn.Linear(dense, names["classes"])
            )
            trainable = parameters(net) + parameters(head)
            buffers = [b for b in itertools.chain(net.buffers(), head.buffers()) if b.dim()]
            stored = sum(buffer.numel() for buffer in buffers)
            assert_right(instance, trainable if names["only"] else trainable + stored)
            assert_wrong(instance, trainable + stored if names["only"] else trainable)
        answer = example("parameters-of-two-conv-blocks").worked_answer
        assert "1,253,674" in answer
        assert "1,252,266" in answer

    def test_sides_of_two_blocks(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("sides-of-two-conv-blocks"):
            names = instance.names
            layers: list[Any] = []
            for before, after in ((3, names["f"]), (names["f"], names["g"])):
                layers += [nn.Conv2d(before, after, names["k"], padding="same")]
                layers += [nn.Conv2d(after, after, names["k"]), nn.MaxPool2d(2)]
            with torch.device("meta"):
                net = nn.Sequential(*layers).to("meta")
                out = net(torch.zeros(names["batch"], 3, names["n"], names["n"]))
            assert_right(instance, tuple(out.permute(0, 2, 3, 1).shape))

    def test_cnn_with_dropout(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("parameters-of-a-dropout-cnn"):
            names = instance.names
            a, b, dense = names["a"], names["b"], names["dense"]
            body = nn.Sequential(
                nn.Conv2d(3, a, 3), nn.MaxPool2d(2), nn.Conv2d(a, b, 3), nn.MaxPool2d(2), nn.Flatten()
            )
            flat = body(torch.zeros(1, 3, names["n"], names["n"])).shape[1]
            head = nn.Sequential(nn.Linear(flat, dense), nn.Dropout(), nn.Linear(dense, names["classes"]))
            assert_right(instance, parameters(body) + parameters(head))
        answer = example("parameters-of-a-dropout-cnn").worked_answer
        assert "1,204,682" in answer
        assert "1,180,160" in answer

    def test_shape_in_front_of_dropout(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("shape-in-front-of-dropout"):
            names = instance.names
            layers = [nn.Conv2d(3, names["a"], names["k"]), nn.MaxPool2d(2), nn.Dropout(0.2)]
            layers += [nn.Conv2d(names["a"], names["b"], names["k"]), nn.MaxPool2d(2), nn.Dropout(0.2)]
            out = nn.Sequential(*layers)(torch.zeros(names["batch"], 3, names["n"], names["n"]))
            assert_right(instance, tuple(out.shape))

    def test_digits_cnn(self, torch: Any) -> None:
        nn = torch.nn
        for instance in drawn("parameters-of-a-digits-cnn"):
            a, b, bias = instance.names["a"], instance.names["b"], bool(instance.names["bias"])
            net = nn.Sequential(
                nn.Conv2d(instance.names["c_in"], a, 3, bias=bias),
                nn.BatchNorm2d(a),
                nn.Conv2d(a, b, 3, bias=bias),
                nn.BatchNorm2d(b),
                nn.Linear(b, instance.names["classes"]),
            )
            assert_right(instance, parameters(net))
        assert_right(example("parameters-of-a-digits-cnn"), 5178)
