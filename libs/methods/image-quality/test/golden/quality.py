"""Writes quality.json: PSNR and SSIM of scikit-image on pictures that are formulas.

Run: python3 quality.py > quality.json   (made with the scikit-image that the file names)
"""
import json
import re

import numpy as np
import skimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity


def picture(height, width, phase):
    """f64 [H, W, 3] 0 … 1: waves, an edge, and a little that looks like noise."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    waves = 0.5 + 0.3 * np.sin(0.37 * x + 0.9 * c + phase) * np.cos(0.23 * y - 0.4 * c)
    edge = 0.15 * (x + y > 20)
    grain = 0.05 * np.sin(12.9898 * x + 78.233 * y + 37.719 * c + phase)
    return np.clip(waves + edge + grain, 0, 1)


def case(name, height, width, distort):
    target = picture(height, width, 0.0)
    image = distort(target)
    mean, ssim_map = structural_similarity(
        image, target, full=True, data_range=1.0, channel_axis=-1,
        gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    )
    rows, columns = [0, 4, height // 2, height - 1], [0, 3, width // 2, width - 1]
    return {
        "name": name,
        "height": height,
        "width": width,
        "psnr": float(peak_signal_noise_ratio(target, image, data_range=1.0)),
        # scikit-image leaves a border of 5 pixels out of its mean
        "ssimInterior": float(mean),
        "ssimFull": float(ssim_map.mean(dtype=np.float64)),
        "ssimAt": [[r, c, float(ssim_map[r, c].mean())] for r in rows for c in columns],
    }


CASES = [
    ("other phase", 24, 33, lambda t: picture(*t.shape[:2], 0.6)),
    ("darker", 24, 33, lambda t: 0.7 * t),
    ("flat grey", 17, 40, lambda t: np.full_like(t, 0.5)),
    ("inverted", 31, 12, lambda t: 1 - t),
]
text = json.dumps({"skimage": skimage.__version__, "cases": [case(*each) for each in CASES]}, indent=1)
print(re.sub(r"\[\s+(\d+),\s+(\d+),\s+(\S+)\s+\]", r"[\1, \2, \3]", text))
