"""SyncNet (Chung and Zisserman 2016) to ONNX: audio.onnx and lips.onnx.

    python3 syncnet.py --weights syncnet_v2.model --out FOLDER

The weights are those of https://github.com/joonson/syncnet_python (download_model.sh), commit 6efbb1c. Layers have the
names of its state_dict.
"""
import torch
from torch import nn

from onnx_file import Call, arguments, export, load

WIDTH = 1024


def conv2(wide, out, kernel, pad):
    return [nn.Conv2d(wide, out, kernel, padding=pad), nn.BatchNorm2d(out), nn.ReLU()]


def conv3(wide, out, kernel, stride=1, pad=0):
    return [nn.Conv3d(wide, out, kernel, stride=stride, padding=pad), nn.BatchNorm3d(out), nn.ReLU()]


def head():
    return nn.Sequential(nn.Linear(512, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, WIDTH))


class SyncNet(nn.Module):
    """f32 [N, 1, 13, 20] MFCC and f32 [N, 3, 5, 224, 224] BGR 0 … 255 to f32 [N, 1024] each."""

    gains = {"netcnnaud.0.weight": 0.1, "netcnnlip.0.weight": 0.01, "netfcaud.3.weight": 0.2, "netfclip.3.weight": 0.2}

    def __init__(self):
        super().__init__()
        self.netcnnaud = nn.Sequential(
            *conv2(1, 64, 3, 1), nn.MaxPool2d(1, 1),
            *conv2(64, 192, 3, 1), nn.MaxPool2d(3, (1, 2)),
            *conv2(192, 384, 3, 1), *conv2(384, 256, 3, 1), *conv2(256, 256, 3, 1), nn.MaxPool2d(3, (2, 2)),
            *conv2(256, 512, (5, 4), 0))
        self.netfcaud = head()
        self.netfclip = head()
        side = (0, 1, 1)
        self.netcnnlip = nn.Sequential(
            *conv3(3, 96, (5, 7, 7), (1, 2, 2)), nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
            *conv3(96, 256, (1, 5, 5), (1, 2, 2), side), nn.MaxPool3d((1, 3, 3), (1, 2, 2), side),
            *conv3(256, 256, (1, 3, 3), 1, side), *conv3(256, 256, (1, 3, 3), 1, side),
            *conv3(256, 256, (1, 3, 3), 1, side), nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
            *conv3(256, 512, (1, 6, 6)))

    def forward_aud(self, x):
        return self.netfcaud(self.netcnnaud(x).flatten(1))

    def forward_lip(self, x):
        return self.netfclip(self.netcnnlip(x).flatten(1))


PARTS = (
    ("forward_aud", "audio.onnx", "mfcc", (2, 1, 13, 20)),
    ("forward_lip", "lips.onnx", "frames", (2, 3, 5, 224, 224)),
)

if __name__ == "__main__":
    given = arguments(__doc__, ("weights", "syncnet_v2.model"))
    model, weights = load(SyncNet(), [given.weights], given.random)
    for method, name, port, shape in PARTS:
        export(Call(model, method), (torch.rand(shape) * 10,), given.out / name, names=[port], outputs=["embedding"],
               free={port: [0], "embedding": [0]}, network="syncnet", weights=weights)
