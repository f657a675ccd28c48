"""LPIPS 0.1 on AlexNet (Zhang et al. 2018) to ONNX: model.onnx, pictures of any size.

    python3 lpips.py --trunk alexnet-owt-7be5be79.pth --linear alex.pth --out FOLDER

The trunk is torchvision's AlexNet; alex.pth lies in lpips/weights/v0.1 of the Python package lpips
(https://github.com/richzhang/PerceptualSimilarity, commit 082bb24).
"""
import torch
import torch.nn.functional as F
from torch import nn

from onnx_file import arguments, export, load

CONVS = ((0, 3, 64, 11, 4, 2), (3, 64, 192, 5, 1, 2), (6, 192, 384, 3, 1, 1), (8, 384, 256, 3, 1, 1),
         (10, 256, 256, 3, 1, 1))
SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)


class Lpips(nn.Module):
    """Twice f32 [N, 3, H, W] RGB -1 … 1 to f32 [N]."""

    def __init__(self):
        super().__init__()
        self.features = nn.ModuleDict({str(at): nn.Conv2d(wide, out, kernel, stride, pad)
                                       for at, wide, out, kernel, stride, pad in CONVS})
        self.lin = nn.ModuleList([nn.Conv2d(out, 1, 1, bias=False) for _, _, out, *_ in CONVS])
        self.register_buffer("shift", torch.tensor(SHIFT)[None, :, None, None], persistent=False)
        self.register_buffer("scale", torch.tensor(SCALE)[None, :, None, None], persistent=False)

    def levels(self, x):
        x = (x - self.shift) / self.scale
        for place, conv in enumerate(self.features.values()):
            x = F.relu(conv(F.max_pool2d(x, 3, 2) if place in (1, 2) else x))
            yield x / (torch.sqrt((x**2).sum(1, keepdim=True)) + 1e-10)

    def forward(self, a, b):
        return sum(lin((p - q) ** 2).mean((1, 2, 3)) for lin, p, q in zip(self.lin, self.levels(a), self.levels(b)))


def of_published(trunk, linear):
    return {**{name: value for name, value in trunk.items() if name.startswith("features.")},
            **{f"lin.{i}.weight": linear[f"lin{i}.model.1.weight"] for i in range(5)}}


if __name__ == "__main__":
    given = arguments(__doc__, ("trunk", "alexnet-owt-7be5be79.pth"), ("linear", "weights/v0.1/alex.pth of lpips"))
    model, weights = load(Lpips(), [given.trunk, given.linear], given.random, read=of_published)
    export(model, (torch.rand(1, 3, 96, 64) * 2 - 1, torch.rand(1, 3, 96, 64) * 2 - 1), given.out / "model.onnx",
           names=["image", "reference"], outputs=["distance"],
           free={"image": [0, 2, 3], "reference": [0, 2, 3], "distance": [0]}, network="lpips-alex", weights=weights)
