"""Inception of FID, pool3, to ONNX: model.onnx.

    python3 inception.py --weights pt_inception-2015-12-05-6726825d.pth --out FOLDER

The weights are those that https://github.com/mseitzer/pytorch-fid (commit b9c1811) publishes. Layers have the names of
that state_dict, which are torchvision's; its average pools leave the border out, and its last block pools by the
maximum, as the network of 2015 does.
"""
import torch
import torch.nn.functional as F
from torch import nn

from onnx_file import arguments, export, load


class Conv(nn.Module):
    def __init__(self, wide, out, kernel, stride=1, pad=0):
        super().__init__()
        self.conv = nn.Conv2d(wide, out, kernel, stride, pad, bias=False)
        self.bn = nn.BatchNorm2d(out, eps=0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


def mean_pool(x):
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


class A(nn.Module):
    def __init__(self, wide, pooled):
        super().__init__()
        self.branch1x1 = Conv(wide, 64, 1)
        self.branch5x5_1 = Conv(wide, 48, 1)
        self.branch5x5_2 = Conv(48, 64, 5, pad=2)
        self.branch3x3dbl_1 = Conv(wide, 64, 1)
        self.branch3x3dbl_2 = Conv(64, 96, 3, pad=1)
        self.branch3x3dbl_3 = Conv(96, 96, 3, pad=1)
        self.branch_pool = Conv(wide, pooled, 1)

    def forward(self, x):
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), self.branch5x5_2(self.branch5x5_1(x)), double,
                          self.branch_pool(mean_pool(x))], 1)


class B(nn.Module):
    def __init__(self, wide):
        super().__init__()
        self.branch3x3 = Conv(wide, 384, 3, 2)
        self.branch3x3dbl_1 = Conv(wide, 64, 1)
        self.branch3x3dbl_2 = Conv(64, 96, 3, pad=1)
        self.branch3x3dbl_3 = Conv(96, 96, 3, 2)

    def forward(self, x):
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, F.max_pool2d(x, 3, 2)], 1)


class C(nn.Module):
    def __init__(self, mid):
        super().__init__()
        across, along = dict(kernel=(1, 7), pad=(0, 3)), dict(kernel=(7, 1), pad=(3, 0))
        self.branch1x1 = Conv(768, 192, 1)
        self.branch7x7_1 = Conv(768, mid, 1)
        self.branch7x7_2 = Conv(mid, mid, **across)
        self.branch7x7_3 = Conv(mid, 192, **along)
        self.branch7x7dbl_1 = Conv(768, mid, 1)
        self.branch7x7dbl_2 = Conv(mid, mid, **along)
        self.branch7x7dbl_3 = Conv(mid, mid, **across)
        self.branch7x7dbl_4 = Conv(mid, mid, **along)
        self.branch7x7dbl_5 = Conv(mid, 192, **across)
        self.branch_pool = Conv(768, 192, 1)

    def forward(self, x):
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = x
        for i in range(1, 6):
            double = getattr(self, f"branch7x7dbl_{i}")(double)
        return torch.cat([self.branch1x1(x), seven, double, self.branch_pool(mean_pool(x))], 1)


class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.branch3x3_1 = Conv(768, 192, 1)
        self.branch3x3_2 = Conv(192, 320, 3, 2)
        self.branch7x7x3_1 = Conv(768, 192, 1)
        self.branch7x7x3_2 = Conv(192, 192, (1, 7), pad=(0, 3))
        self.branch7x7x3_3 = Conv(192, 192, (7, 1), pad=(3, 0))
        self.branch7x7x3_4 = Conv(192, 192, 3, 2)

    def forward(self, x):
        seven = x
        for i in range(1, 5):
            seven = getattr(self, f"branch7x7x3_{i}")(seven)
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), seven, F.max_pool2d(x, 3, 2)], 1)


class E(nn.Module):
    def __init__(self, wide, pool):
        super().__init__()
        self.pool = pool
        across, along = dict(kernel=(1, 3), pad=(0, 1)), dict(kernel=(3, 1), pad=(1, 0))
        self.branch1x1 = Conv(wide, 320, 1)
        self.branch3x3_1 = Conv(wide, 384, 1)
        self.branch3x3_2a = Conv(384, 384, **across)
        self.branch3x3_2b = Conv(384, 384, **along)
        self.branch3x3dbl_1 = Conv(wide, 448, 1)
        self.branch3x3dbl_2 = Conv(448, 384, 3, pad=1)
        self.branch3x3dbl_3a = Conv(384, 384, **across)
        self.branch3x3dbl_3b = Conv(384, 384, **along)
        self.branch_pool = Conv(wide, 192, 1)

    def forward(self, x):
        three = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pooled = mean_pool(x) if self.pool == "mean" else F.max_pool2d(x, 3, 1, 1)
        return torch.cat([self.branch1x1(x), self.branch3x3_2a(three), self.branch3x3_2b(three),
                          self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double), self.branch_pool(pooled)], 1)


class Inception(nn.Module):
    """f32 [N, 3, 299, 299] RGB -1 … 1 to pool3 f32 [N, 2048]."""

    def __init__(self):
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, 32, 3, 2)
        self.Conv2d_2a_3x3 = Conv(32, 32, 3)
        self.Conv2d_2b_3x3 = Conv(32, 64, 3, pad=1)
        self.Conv2d_3b_1x1 = Conv(64, 80, 1)
        self.Conv2d_4a_3x3 = Conv(80, 192, 3)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = A(192, 32), A(256, 64), A(288, 64)
        self.Mixed_6a = B(288)
        self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = C(128), C(160), C(160), C(192)
        self.Mixed_7a, self.Mixed_7b, self.Mixed_7c = D(), E(1280, "mean"), E(2048, "max")

    def forward(self, x):
        x = F.max_pool2d(self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x))), 3, 2)
        x = F.max_pool2d(self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x)), 3, 2)
        for name in ("5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"):
            x = getattr(self, f"Mixed_{name}")(x)
        return x.mean((2, 3))


def pool3_only(state):
    """The published file has the classifier too, which FID does not use."""
    return {name: value for name, value in state.items() if not name.startswith("fc.")}


if __name__ == "__main__":
    given = arguments(__doc__, ("weights", "pt_inception-2015-12-05-6726825d.pth"))
    model, weights = load(Inception(), [given.weights], given.random, read=pool3_only)
    export(model, (torch.rand(2, 3, 299, 299) * 2 - 1,), given.out / "model.onnx", names=["pictures"],
           outputs=["features"], free={"pictures": [0], "features": [0]}, network="inception-pool3", weights=weights)
