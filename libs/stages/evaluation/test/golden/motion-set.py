"""fvmd:tracks and figures of made-up points of films, by NumPy and SciPy. Writes motion-set.json beside itself.

    python3 motion-set.py     # NumPy 1.24.2, SciPy 1.10.1

Each formula is written anew from its definition; `hashed` and the points are the same in motion-set.golden.test.ts.
"""
import json
import pathlib

import numpy as np
from scipy.linalg import sqrtm

FRAMES, FILMS = 60, 18
COUNTS = [("torso", 20), ("leftArm", 8), ("leftHand", 8), ("rightArm", 8), ("rightHand", 8), ("head", 22),
          ("upperLip", 7), ("lowerLip", 7), ("jaw", 5)]
NAMES = [part for part, count in COUNTS for _ in range(count)]
POINTS = len(NAMES)
SEEN = 0.5


def hashed(count, seed):
    """[count] in 0 … 1, of whole-number arithmetic: the same in every language."""
    i = np.arange(count, dtype=np.uint64)
    x = ((i * np.uint64(2654435761)) + np.uint64(seed * 40503)) % np.uint64(2**32)
    x = ((x ^ (x >> np.uint64(15))) * np.uint64(2246822519 % 2**31)) % np.uint64(2**32)
    return (x % np.uint64(65536)).astype(np.float64) / 65535


def film(seed, way):
    """Points about their places: small steps summed up, so that most of them move less than a pixel a frame."""
    rest = 40 + 400 * hashed(POINTS * 2, seed + 1).reshape(1, POINTS, 2)
    steps = way * (hashed(FRAMES * POINTS * 2, seed + 2).reshape(FRAMES, POINTS, 2) - 0.5)
    visibility = 0.45 + 0.55 * hashed(FRAMES * POINTS, seed + 3).reshape(FRAMES, POINTS)
    positions = (rest + np.cumsum(steps, axis=0)).astype(np.float32).astype(np.float64)
    return positions, visibility.astype(np.float32).astype(np.float64) >= SEEN


POOLS = [["torso"], ["leftArm", "leftHand"], ["rightArm", "rightHand"], ["head"], ["upperLip"], ["lowerLip", "jaw"]]


def of(parts):
    return [i for i, name in enumerate(NAMES) if name in parts]


def histograms(points):
    positions, seen = points
    rows = []
    edges = np.linspace(-np.pi, np.pi, 9)
    velocity = positions[1:-1] - positions[:-2]
    acceleration = positions[2:] - 2 * positions[1:-1] + positions[:-2]
    known = seen[1:-1] & seen[:-2] & seen[2:]  # of frame f + 1
    for first in range(0, FRAMES - 2 - 16 + 1, 8):
        window = slice(first, first + 16)
        row = []
        for motion in (velocity, acceleration):
            for parts in POOLS:
                mask = known[window][:, of(parts)]
                v = motion[window][:, of(parts)][mask]
                angle = np.arctan2(v[:, 1], v[:, 0])
                weight = np.log2(1 + np.linalg.norm(v, axis=1) / 0.25)
                row.append(np.histogram(angle, edges, weights=weight)[0] / max(1, mask.sum()))
        rows.append(np.concatenate(row))
    return rows


def frechet(a, b):
    a, b = np.array(a), np.array(b)
    s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = sqrtm(s @ t).real
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s + t - 2 * root))


GROUPS = {"body": ["torso", "leftArm", "rightArm"], "hand": ["leftHand", "rightHand"], "head": ["head"],
          "mouth": ["upperLip", "lowerLip", "jaw"]}


def motion(points, group):
    """Positions of a group; the mouth's less the mean of the head's points that are seen in most frames."""
    positions, seen = points
    own = positions[:, of(GROUPS[group])]
    if group == "mouth":
        head = [i for i in of(["head"]) if seen[:, i].mean() >= 0.5]
        own = own - positions[:, head].mean(axis=1, keepdims=True)
    return own, seen[:, of(GROUPS[group])]


def acceleration_error(made, truth, group, still=False):
    (p, seen), (q, known) = motion(made, group), motion(truth, group)
    second = lambda x: x[2:] - 2 * x[1:-1] + x[:-2]
    around = lambda m: m[2:] & m[1:-1] & m[:-2]
    mask = around(known) if still else around(known) & around(seen)
    error = np.linalg.norm((0 if still else second(p)) - second(q), axis=-1)
    return float(error[mask].mean())


def variance(made, truth, group):
    (p, seen), (q, known) = motion(made, group), motion(truth, group)
    both = (seen.mean(0) >= 0.5) & (known.mean(0) >= 0.5)
    return p.var(0)[both].sum(), q.var(0)[both].sum()


def opening(points):
    positions, seen = points
    lip = lambda name: positions[:, [i for i in of([name]) if seen[:, i].mean() >= 0.5], 1].mean(axis=1)
    return lip("lowerLip") - lip("upperLip")


made = [film(100 + 10 * i, 0.8) for i in range(FILMS)]
truth = [film(1000 + 10 * i, 1.0) for i in range(FILMS)]
rows = [[row for points in films for row in histograms(points)] for films in (made, truth)]
figures = {
    "fvmd:tracks": frechet(*rows),
    "fvmd:tracks/still": frechet(np.zeros_like(rows[0]), rows[1]),
    "fvmd:tracks/count": len(rows[0]),
    "fvmd:tracks/truth-count": len(rows[1]),
    "lip-likeness:points": float(np.mean([np.corrcoef(opening(a), opening(b))[0, 1] for a, b in zip(made, truth)])),
}
for group in GROUPS:
    figures[f"acc-err:points:{group}"] = float(np.mean([acceleration_error(a, b, group) for a, b in zip(made, truth)]))
    figures[f"acc-err:points:{group}/still"] = float(
        np.mean([acceleration_error(a, b, group, True) for a, b in zip(made, truth)]))
    pairs = np.array([variance(a, b, group) for a, b in zip(made, truth)])
    figures[f"variance:points:{group}"] = float(pairs[:, 0].sum() / pairs[:, 1].sum())

# Closed form: of diagonal covariances the distance is that of the means and of the deviations.
normal = np.random.default_rng(3).normal(size=(50, 4))
other = np.random.default_rng(4).normal(size=(7, 4)) * [1, 2, 0.5, 0] + [0, 1, 0, 0]
out = {
    "figures": figures,
    "histogram": rows[0][5].tolist(),
    "frechet": {"a": normal.tolist(), "b": other.tolist(), "value": frechet(normal, other)},
}
pathlib.Path(__file__).with_name("motion-set.json").write_text(json.dumps(out, indent=1) + "\n")
