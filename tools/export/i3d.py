"""I3D of Kinetics-400 (Carreira and Zisserman 2017) to ONNX: model.onnx, any number of frames from 10 on.

    python3 i3d.py --weights i3d_pretrained_400.pt --out FOLDER

The weights are the state_dict that https://github.com/JunyaoHu/common_metrics_on_video_quality names (VideoGPT's,
a port of the published ones), commit 5f75173. Layers have the names of that state_dict (InceptionI3d of pytorch-i3d).
"""
import torch
import torch.nn.functional as F
from torch import nn

from onnx_file import arguments, export, load


def padded(x, kernel, stride):
    """TensorFlow's SAME padding for strides of 1 and 2, as arithmetic, so that an export keeps the frames free."""
    pad = []
    for side, k, s in zip(x.shape[:1:-1], kernel[::-1], stride[::-1]):
        total = k - s + (side % 2 if s == 2 else 0)
        pad += [total // 2, total - total // 2]
    return F.pad(x, pad)


class Unit3D(nn.Module):
    def __init__(self, wide, out, kernel, stride=(1, 1, 1), last=False):
        super().__init__()
        self.kernel, self.stride = kernel, stride
        same = [k // 2 for k in kernel] if max(stride) == 1 else 0
        self.conv3d = nn.Conv3d(wide, out, kernel, stride=stride, padding=same, bias=last)
        if not last:
            self.bn = nn.BatchNorm3d(out, eps=1e-5)
        self.last = last

    def forward(self, x):
        x = self.conv3d(x if max(self.stride) == 1 else padded(x, self.kernel, self.stride))
        return x if self.last else F.relu(self.bn(x))


class Pool(nn.Module):
    def __init__(self, kernel, stride):
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x):
        # What is pooled is never below zero, so that a border of zeros is none.
        if max(self.stride) == 1:
            return F.max_pool3d(x, self.kernel, 1, 1)
        return F.max_pool3d(padded(x, self.kernel, self.stride), self.kernel, self.stride)


class Mixed(nn.Module):
    def __init__(self, wide, out):
        super().__init__()
        one, three = (1, 1, 1), (3, 3, 3)
        self.b0 = Unit3D(wide, out[0], one)
        self.b1a = Unit3D(wide, out[1], one)
        self.b1b = Unit3D(out[1], out[2], three)
        self.b2a = Unit3D(wide, out[3], one)
        self.b2b = Unit3D(out[3], out[4], three)
        self.b3a = Pool(three, one)
        self.b3b = Unit3D(wide, out[5], one)

    def forward(self, x):
        return torch.cat([self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(self.b3a(x))], 1)


MIXED = {
    "3b": (64, 96, 128, 16, 32, 32), "3c": (128, 128, 192, 32, 96, 64),
    "4b": (192, 96, 208, 16, 48, 64), "4c": (160, 112, 224, 24, 64, 64), "4d": (128, 128, 256, 24, 64, 64),
    "4e": (112, 144, 288, 32, 64, 64), "4f": (256, 160, 320, 32, 128, 128),
    "5b": (256, 160, 320, 32, 128, 128), "5c": (384, 192, 384, 48, 128, 128),
}


class I3D(nn.Module):
    """f32 [N, 3, F, 224, 224] RGB -1 … 1 to logits f32 [N, 400], mean over time."""

    def __init__(self):
        super().__init__()
        self.Conv3d_1a_7x7 = Unit3D(3, 64, (7, 7, 7), (2, 2, 2))
        self.MaxPool3d_2a_3x3 = Pool((1, 3, 3), (1, 2, 2))
        self.Conv3d_2b_1x1 = Unit3D(64, 64, (1, 1, 1))
        self.Conv3d_2c_3x3 = Unit3D(64, 192, (3, 3, 3))
        self.MaxPool3d_3a_3x3 = Pool((1, 3, 3), (1, 2, 2))
        self.MaxPool3d_4a_3x3 = Pool((3, 3, 3), (2, 2, 2))
        self.MaxPool3d_5a_2x2 = Pool((2, 2, 2), (2, 2, 2))
        wide = 192
        for name, out in MIXED.items():
            setattr(self, f"Mixed_{name}", Mixed(wide, out))
            wide = out[0] + out[2] + out[4] + out[5]
        self.logits = Unit3D(wide, 400, (1, 1, 1), last=True)

    def forward(self, x):
        x = self.MaxPool3d_2a_3x3(self.Conv3d_1a_7x7(x))
        x = self.MaxPool3d_3a_3x3(self.Conv3d_2c_3x3(self.Conv3d_2b_1x1(x)))
        for name in MIXED:
            x = self.MaxPool3d_4a_3x3(x) if name == "4b" else self.MaxPool3d_5a_2x2(x) if name == "5b" else x
            x = getattr(self, f"Mixed_{name}")(x)
        x = self.logits(F.avg_pool3d(x, (2, 7, 7), (1, 1, 1)))
        return x.squeeze(3).squeeze(3).mean(2)


if __name__ == "__main__":
    given = arguments(__doc__, ("weights", "i3d_pretrained_400.pt"))
    model, weights = load(I3D(), [given.weights], given.random)
    export(model, (torch.rand(1, 3, 16, 224, 224) * 2 - 1,), given.out / "model.onnx", names=["clips"],
           outputs=["logits"], free={"clips": [0, 2], "logits": [0]}, network="i3d-kinetics-400", weights=weights)
