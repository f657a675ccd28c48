"""Figures of made-up tracks of a person, by NumPy and SciPy. Writes tracks.json beside itself.

    python3 tracks.py     # NumPy 2.4.6, SciPy 1.17.1

Each formula is written anew from its definition; `hashed` and the tracks are the same in tracks.golden.test.ts.
"""
import json
import pathlib

import numpy as np
from scipy.spatial.transform import Rotation

FRAMES, FPS = 60, 25.0
PARTS = {"body": (0, 33), "face": (33, 478), "leftHand": (511, 21), "rightHand": (532, 21)}
POINTS = 553
SEEN = 0.5


def hashed(count, seed):
    """[count] in 0 … 1, of whole-number arithmetic: the same in every language."""
    i = np.arange(count, dtype=np.uint64)
    x = ((i * np.uint64(2654435761)) + np.uint64(seed * 40503)) % np.uint64(2**32)
    x = ((x ^ (x >> np.uint64(15))) * np.uint64(2246822519 % 2**31)) % np.uint64(2**32)
    return (x % np.uint64(65536)).astype(np.float64) / 65535


# Points above and below on the lids; first frames and lengths of when they are shut: two blinks, a twitch, a sleep.
LIDS = [(160, 144), (158, 153), (385, 380), (387, 373)]
SHUT = [(5, 3), (12, 1), (20, 10), (40, 12)]


def tracks(seed):
    """A place of its own for every point, about which it moves; visibility above a half for most."""
    rest = 40 + 400 * hashed(POINTS * 2, seed + 1).reshape(1, POINTS, 2)
    way = 12 * (hashed(FRAMES * POINTS * 2, seed + 2).reshape(FRAMES, POINTS, 2) - 0.5)
    visibility = 0.3 + 0.7 * hashed(FRAMES * POINTS, seed + 3).reshape(FRAMES, POINTS)
    # Face and hands have one visibility a frame: that of their first point. The right hand is hardly seen.
    for name, (first, count) in PARTS.items():
        if name != "body":
            visibility[:, first:first + count] = visibility[:, first:first + 1]
    first, count = PARTS["rightHand"]
    visibility[:, first:first + count] *= 0.6
    positions = rest + way
    for start, count in SHUT:
        for upper, lower in LIDS:
            a, b = PARTS["face"][0] + upper, PARTS["face"][0] + lower
            of = slice(start, start + count)
            positions[of, b] = positions[of, a] + 0.1 * (positions[of, b] - positions[of, a])
    return positions.astype(np.float32).astype(np.float64), visibility.astype(np.float32).astype(np.float64)


BODY = {"leftShoulder": 11, "rightShoulder": 12, "leftElbow": 13, "rightElbow": 14, "leftWrist": 15, "rightWrist": 16}


def face(positions, number):
    return positions[:, PARTS["face"][0] + number]


def length(a, b):
    return np.linalg.norm(a - b, axis=-1)


def lips(positions):
    span = np.median(length(face(positions, 33), face(positions, 263)))
    return length(face(positions, 13), face(positions, 14)) / span


def lids(positions):
    f = lambda i: face(positions, i)
    ratio = lambda p1, p2, p3, p4, p5, p6: (length(f(p2), f(p6)) + length(f(p3), f(p5))) / (2 * length(f(p1), f(p4)))
    both = (ratio(33, 160, 158, 133, 153, 144) + ratio(362, 385, 387, 263, 373, 380)) / 2
    return both / np.median(both)


def blinks(gap):
    shut = np.concatenate([[0], (gap < 0.4).astype(int), [0]])
    edges = np.flatnonzero(np.diff(shut))
    runs = edges[1::2] - edges[::2]
    return int(np.sum((runs >= 2) & (runs <= 10))) * 60 * FPS / FRAMES


# MediaPipe's canonical face, centimetres: x right, y up, z to the camera.
CANONICAL = {
    10: (0, 8.2618, 4.4815), 168: (0, 3.271, 5.236), 6: (0, 2.4733, 5.7886), 195: (0, 1.0594, 6.7746),
    1: (0, -1.1269, 7.4756), 33: (-4.4459, 2.664, 3.1734), 133: (-1.8564, 2.5852, 3.7579),
    362: (1.8564, 2.5852, 3.7579), 263: (4.4459, 2.664, 3.1734), 127: (-7.7431, 2.365, -2.0052),
    356: (7.7431, 2.365, -2.0052), 234: (-7.6642, 0.6731, -2.4359), 454: (7.6642, 0.6731, -2.4359),
}
MODEL = np.array(list(CANONICAL.values())) * (1, -1, -1)


def turned_head(seed):
    """[F, 13, 2] a canonical face under known rotations, 9 px a centimetre, with a little noise; [F, 3] degrees."""
    angles = 40 * (hashed(FRAMES * 3, seed).reshape(FRAMES, 3) - 0.5)
    noise = hashed(FRAMES * len(MODEL) * 2, seed + 1).reshape(FRAMES, len(MODEL), 2) - 0.5
    out = np.empty((FRAMES, len(MODEL), 2))
    for f in range(FRAMES):
        yaw, pitch, roll = angles[f]
        r = Rotation.from_euler("YXZ", (-yaw, pitch, roll), degrees=True).as_matrix()
        out[f] = (9 * MODEL @ r.T)[:, :2] + (200, 150)
    return out + noise, angles


def poses(seen):
    """Degrees [F, 3]: yaw, pitch, roll; least squares by lstsq, nearest rotation by singular values."""
    model = MODEL - MODEL.mean(0)
    out = []
    for points in seen:
        affine = np.linalg.lstsq(model, points - points.mean(0), rcond=None)[0].T
        u, _, vt = np.linalg.svd(affine, full_matrices=False)
        rows = u @ vt
        rotation = np.vstack([rows, np.cross(rows[0], rows[1])])
        yaw, pitch, roll = Rotation.from_matrix(rotation).as_euler("YXZ", degrees=True)
        out.append((-yaw, pitch, roll))
    return np.array(out)


def arms(positions, visibility):
    joint = lambda name: positions[:, BODY[name]]
    unit = np.median(length(joint("leftShoulder"), joint("rightShoulder")))
    sides = [s for s in ("left", "right")
             if all((visibility[:, BODY[s + j]] >= SEEN).mean() >= 0.5 for j in ("Wrist", "Elbow"))]
    rms = lambda p: np.sqrt(np.mean(np.sum((p - p.mean(0)) ** 2, -1)))

    def speed(p):
        padded = [p[max(0, f - 1):f + 2].mean(0) for f in range(FRAMES)]
        return np.linalg.norm(np.diff(padded, axis=0), axis=-1) * FPS / unit

    speeds = [speed(joint(s + "Wrist")) for s in sides]
    return {
        "wrist-reach:mediapipe": np.mean([rms(joint(s + "Wrist")) / unit for s in sides]),
        "elbow-reach:mediapipe": np.mean([rms(joint(s + "Elbow")) / unit for s in sides]),
        "wrist-speed:mediapipe": np.mean(speeds),
        "wrist-speed-95:mediapipe": np.percentile(np.concatenate(speeds), 95),
        "wrist-moving:mediapipe": np.mean(np.concatenate(speeds) > 0.1),
        **({"wrist-together:mediapipe": np.corrcoef(*speeds)[0, 1]} if len(sides) == 2 else {}),
    }


def fingers(positions, visibility):
    lengths = []
    for name in ("leftHand", "rightHand"):
        first, count = PARTS[name]
        seen = visibility[:, first] >= SEEN
        if seen.mean() < 0.5:
            continue
        hand = positions[seen, first:first + count]
        palm = length(hand[:, 0], hand[:, 9])
        for finger in range(5):
            joints = hand[:, 1 + 4 * finger:5 + 4 * finger]
            lengths.append(np.linalg.norm(np.diff(joints, axis=1), axis=-1).sum(1) / palm)
    return {
        "finger-length:mediapipe": np.mean([l.mean() for l in lengths]),
        "finger-change:mediapipe": np.mean([l.std() / l.mean() for l in lengths]),
    }


def presence(visibility):
    return np.mean([visibility[:, PARTS[name][0]].mean() for name in ("leftHand", "rightHand")])


def acceleration(made, truth):
    out = {}
    second = lambda p: p[:-2] - 2 * p[1:-1] + p[2:]
    around = lambda v: (v[:-2] >= SEEN) & (v[1:-1] >= SEEN) & (v[2:] >= SEEN)
    for part, names in {"body": ["body"], "face": ["face"], "hand": ["leftHand", "rightHand"]}.items():
        index = np.concatenate([np.arange(PARTS[n][0], sum(PARTS[n])) for n in names])
        for label, of in (("", made), ("/still", None)):
            seen = around(truth[1][:, index]) & (True if of is None else around(of[1][:, index]))
            error = (0 if of is None else second(of[0][:, index])) - second(truth[0][:, index])
            out[f"acc-err:mediapipe:{part}{label}"] = np.linalg.norm(error, axis=-1)[seen].mean()
    return out


def figures(made, truth):
    positions, visibility = made
    first = PARTS["face"][0]
    pose = poses(positions[:, [first + i for i in CANONICAL]])
    true_positions, true_visibility = truth
    return {
        "lip-motion:mediapipe": lips(positions).std(),
        "lip-motion:mediapipe/truth": lips(true_positions).std(),
        "lip-likeness:mediapipe": np.corrcoef(lips(positions), lips(true_positions))[0, 1],
        "blinks:mediapipe": blinks(lids(positions)),
        "blinks:mediapipe/truth": blinks(lids(true_positions)),
        "lid-gap:mediapipe": lids(positions).min(),
        "lid-gap:mediapipe/truth": lids(true_positions).min(),
        **{f"head-{axis}:mediapipe": pose[:, i].std() for i, axis in enumerate(("yaw", "pitch", "roll"))},
        "hand-presence:mediapipe": presence(visibility),
        "hand-presence:mediapipe/truth": presence(true_visibility),
        **{name + end: value for end, of in (("", made), ("/truth", truth)) for name, value in fingers(*of).items()},
        **arms(positions, visibility),
        **acceleration(made, truth),
    }


head, angles = turned_head(71)
result = {
    "figures": figures(tracks(11), tracks(22)),
    "head": np.round(head, 4).tolist(),
    "poses": poses(np.round(head, 4)).tolist(),
}
assert np.abs(np.array(result["poses"]) - angles).max() < 5
pathlib.Path(__file__).with_name("tracks.json").write_text(json.dumps(result, default=float) + "\n")
