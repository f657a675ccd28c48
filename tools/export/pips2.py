"""PIPs++ (Zheng et al. 2023), as FVMD's program runs it, to ONNX: model.onnx.

    python3 pips2.py --checkout FVMD-frechet-video-motion-distance --weights pips2_weights.pth --out FOLDER

The network is that of the checkout (https://github.com/ljh0v0/FVMD-frechet-video-motion-distance, commit d0863a3),
which names its weights too; its 16 rounds are written out one after the other. No GPU is needed.
"""
import pathlib
import sys
import types

import torch

import onnx_file

FRAMES, POINTS, SIDE = 16, 400, 256


def network_of(checkout):
    """Its class, without the rest of the package, which wants a GPU and tools that are not used here."""
    package = types.ModuleType("fvmd")
    package.__path__ = [str(checkout / "fvmd")]
    sys.modules["fvmd"] = package
    sys.modules.setdefault("prettytable", types.SimpleNamespace(PrettyTable=None))
    if not torch.cuda.is_available():
        torch.Tensor.cuda = lambda self: self
    from fvmd.nets import pips2

    torch.nn.InstanceNorm1d = InstanceNorm1d
    return pips2.Pips(stride=8)


class InstanceNorm1d(torch.nn.Module):
    """Of a known number of channels or not: the export of torch's own asks for it. It has no weights in PIPs++."""

    def __init__(self, channels):
        super().__init__()

    def forward(self, x):
        mean = x.mean(2, keepdim=True)
        return (x - mean) / torch.sqrt(((x - mean) ** 2).mean(2, keepdim=True) + 1e-5)


class Follow(torch.nn.Module):
    """f32 [1, 16, 400, 2] where points begin, in every frame, and f32 [1, 16, 3, 256, 256] 0 … 255 to their tracks."""

    def __init__(self, network, rounds):
        super().__init__()
        self.network = network
        self.rounds = rounds

    def forward(self, start, frames):
        return self.network(start, frames, iters=self.rounds, feat_init=None, beautify=True)[0][-1]


if __name__ == "__main__":
    given = onnx_file.arguments(
        __doc__, ("weights", "pips2_weights.pth"),
        also=(("checkout", pathlib.Path, None, "the folder of FVMD's program"),
              ("rounds", int, 16, "iterations; FVMD is of 16")))
    if given.checkout is None:
        raise SystemExit("pips2.py: expected --checkout FOLDER of FVMD's program, got none")
    onnx_file.OPSET = 16
    model, weights = onnx_file.load(network_of(given.checkout), [given.weights], given.random,
                                    read=lambda state: state["model_state_dict"])
    start = torch.rand(1, 1, POINTS, 2).mul(SIDE - 16).add(8).repeat(1, FRAMES, 1, 1)
    onnx_file.export(Follow(model, given.rounds), (start, torch.rand(1, FRAMES, 3, SIDE, SIDE) * 255),
                     given.out / "model.onnx", names=["start", "frames"], outputs=["tracks"], free={},
                     network="pips2", weights=weights)
