"""Figures of made-up films and motions, by NumPy and SciPy. Writes measures.json beside itself.

    python3 measures.py     # NumPy 2.4.6, SciPy 1.17.1

Each formula is written anew from its definition; `hashed` and `SHAPES` are the same in measures.golden.test.ts.
"""
import json
import pathlib

import numpy as np
from scipy.ndimage import gaussian_filter

W, H, FRAMES, EVERY = 40, 48, 5, 2
FX, DEPTH = 100.0, 5.0
MOTION_FRAMES = 40
# by particle: region name and part
PARTICLES = [
    ("torso", "body"), ("torso", "body"), ("leftHand", "hand"), ("head", "face"), ("upperFace", "face"),
    ("upperLip", "face"), ("upperLip", "face"), ("lowerLip", "face"), ("lowerLip", "face"), ("jaw", "face"),
]


def hashed(count, seed):
    """[count] in 0 … 1, of whole-number arithmetic: the same in every language."""
    i = np.arange(count, dtype=np.uint64)
    x = ((i * np.uint64(2654435761)) + np.uint64(seed * 40503)) % np.uint64(2**32)
    x = ((x ^ (x >> np.uint64(15))) * np.uint64(2246822519 % 2**31)) % np.uint64(2**32)
    return (x % np.uint64(65536)).astype(np.float64) / 65535


def film(seed):
    """[F, H, W, 4] 0 … 255, alpha 255"""
    data = np.floor(hashed(FRAMES * H * W * 4, seed) * 255.999)
    data = data.reshape(FRAMES, H, W, 4)
    data[..., 3] = 255
    return data


def near(base, seed):
    """A film that resembles another."""
    data = np.clip(base + np.floor(hashed(base.size, seed).reshape(base.shape) * 41) - 20, 0, 255)
    data[..., 3] = 255
    return data


def matte():
    """[H, W] 0 … 255: a box with a soft edge"""
    out = np.zeros((H, W))
    out[14:34, 12:30] = 255
    out[13, 12:30] = 26
    out[34, 12:30] = 25
    return out


def laplacian_variance(rgba, box):
    luma = rgba[..., :3] @ np.array([0.2126, 0.7152, 0.0722])
    x0, y0, x1, y1 = box
    ys = [y for y in range(H) if max(1, np.floor(y0)) <= y < min(H - 1, y1)]
    xs = [x for x in range(W) if max(1, np.floor(x0)) <= x < min(W - 1, x1)]
    lap = (
        luma[np.ix_([y - 1 for y in ys], xs)] + luma[np.ix_([y + 1 for y in ys], xs)]
        + luma[np.ix_(ys, [x - 1 for x in xs])] + luma[np.ix_(ys, [x + 1 for x in xs])] - 4 * luma[np.ix_(ys, xs)]
    )
    return lap.var()


def sharpness():
    # eyes at (24, 15) and (16, 15), mouth at (20, 25): 8 pixels between the eyes
    distance, x, y, mouth = 8.0, 20.0, 15.0, 25.0
    box = (x - 1.1 * distance, y - 0.7 * distance, x + 1.1 * distance, mouth + 0.7 * distance)
    picture = film(9)[0]
    values = sorted(laplacian_variance(frame, box) for frame in film(1)[::EVERY])
    return values[len(values) // 2] / laplacian_variance(picture, box)


def compare(masked):
    a = near(film(1), 3)[..., :3] / 255
    b = film(1)[..., :3] / 255
    mask = matte() > 25 if masked else np.ones((H, W), bool)
    blur = lambda x: gaussian_filter(x, 1.5, truncate=3.5, mode="reflect")
    psnrs, ssims = [], []
    for frame in range(0, FRAMES, EVERY):
        x, y = a[frame], b[frame]
        psnrs.append(10 * np.log10(1 / np.mean((x[mask] - y[mask]) ** 2)))
        channels = []
        for c in range(3):
            p, q = x[..., c], y[..., c]
            mp, mq = blur(p), blur(q)
            vp, vq, cov = blur(p * p) - mp**2, blur(q * q) - mq**2, blur(p * q) - mp * mq
            c1, c2 = 0.01**2, 0.03**2
            s = ((2 * mp * mq + c1) * (2 * cov + c2)) / ((mp**2 + mq**2 + c1) * (vp + vq + c2))
            channels.append(s[mask].mean())
        ssims.append(np.mean(channels))
    return {"psnr": np.mean(psnrs), "ssim": np.mean(ssims)}


def motion(seed, frames=MOTION_FRAMES):
    """f32 [F, P, 3] world"""
    count = len(PARTICLES)
    return (hashed(frames * count * 3, seed).reshape(frames, count, 3) - 0.5).astype(np.float32).astype(np.float64)


def mouth(translations):
    """[F, points, 2] film pixels, relative to the head"""
    names = [name for name, _ in PARTICLES]
    head = [i for i, name in enumerate(names) if name in ("head", "upperFace")]
    members = [i for i, name in enumerate(names) if name in ("upperLip", "lowerLip", "jaw")]
    carried = translations[:, head, :2].mean(axis=1, keepdims=True)
    return (translations[:, members, :2] - carried) * FX / DEPTH


def acceleration_error(given, truth):
    return np.linalg.norm(np.diff(given, 2, axis=0) - np.diff(truth, 2, axis=0), axis=-1).mean()


def motion_figures():
    own, truth, clips = motion(21), motion(22), [motion(31), motion(32, 30)]
    p, q, shortest = mouth(own), mouth(truth), 30
    mean_clip = np.mean([mouth(clip)[:shortest] for clip in clips], axis=0)
    parts = {}
    for part in ("body", "face", "hand"):
        members = [i for i, (_, of) in enumerate(PARTICLES) if of == part]
        of = lambda clip: (clip[:, members, :2].var(axis=0) * (FX / DEPTH) ** 2).sum(axis=-1)
        parts[part] = of(own).mean() / np.concatenate([of(clip) for clip in clips]).mean()
    names = np.array([name for name, _ in PARTICLES])
    opening = (own[:, names == "lowerLip", 1].mean(axis=1) - own[:, names == "upperLip", 1].mean(axis=1)) * FX / DEPTH
    return {
        "acc-err:particles": acceleration_error(p, q),
        "acc-err:particles/still": acceleration_error(np.zeros_like(q), q),
        "acc-err:particles/mean-clip": acceleration_error(mean_clip, q[:shortest]),
        **{f"variance:{part}": value for part, value in parts.items()},
    }, opening


def correlations(mouth_opening):
    """Pearson's r of the mouth with a made-up loudness, at lags -12 … 12: positive where the mouth is late."""
    loudness = hashed(MOTION_FRAMES, 77).astype(np.float32).astype(np.float64)
    out = {}
    for lag in range(-12, 13):
        a = mouth_opening[max(0, lag):MOTION_FRAMES + min(0, lag)]
        b = loudness[max(0, -lag):MOTION_FRAMES - max(0, lag)]
        out[lag] = np.corrcoef(a, b)[0, 1]
    best = max(out, key=out.get)
    return {"best": out[best], "lag": best, "atZero": out[0]}


def statistics():
    rows = [{"psnr": 28.5 + 3 * x, "big": 1e9 + x} for x in hashed(7, 5)]
    out = {}
    for name in ("psnr", "big"):
        values = np.array([row[name] for row in rows])
        out[name] = {"mean": values.mean(), "deviation": values.std(ddof=1), "count": len(values)}
    return out


figures, opening = motion_figures()
golden = {
    "sharpness": sharpness(),
    "whole": compare(False),
    "masked": compare(True),
    "motion": figures,
    "opening": list(opening),
    "correlation": correlations(opening),
    "statistics": statistics(),
}
path = pathlib.Path(__file__).with_name("measures.json")
path.write_text(json.dumps(golden, indent=2, default=float) + "\n")
