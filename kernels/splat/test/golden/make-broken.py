"""Writes five.ply, of splat-transform, with a row that cannot be drawn, and scenes with far Gaussians: NumPy 2.4.

Usage: make-broken.py FOLDER, where the scenes go, with what the Gaussians of the person alone are in scenes.json.
"""
import json
import pathlib
import sys

import numpy as np

here = pathlib.Path(__file__).parent
head, body = (here / "five.ply").read_bytes().split(b"end_header\n", 1)
names = [line.split()[2].decode() for line in head.split(b"\n") if line.startswith(b"property")]
rows = np.frombuffer(body, [(name, "<f4") for name in names])


def write(path, rows):
    lines = ["ply", "format binary_little_endian 1.0", f"element vertex {len(rows)}"]
    text = "\n".join([*lines, *(f"property float {name}" for name in rows.dtype.names), "end_header", ""])
    path.write_bytes(text.encode() + rows.tobytes())


for name, changes in {
    "five-nan": {"x": np.nan},
    "five-inf-scale": {"scale_1": np.inf},
    "five-zero-turn": {f"rot_{k}": 0 for k in range(4)},
    "five-opaque": {"opacity": np.inf},
    "five-clear": {"opacity": -np.inf},
}.items():
    broken = rows.copy()
    for field, value in changes.items():
        broken[field][2] = value
    write(here / f"{name}.ply", broken)

random = np.random.default_rng(3)
kinds = "x y z f_dc_0 f_dc_1 f_dc_2 opacity scale_0 scale_1 scale_2 rot_0 rot_1 rot_2 rot_3".split()
known = {}
for name, far in {
    "one-far": lambda: np.array([[4000, -3000, 8000]]),
    "shell": lambda: (lambda v: 60 * v / np.linalg.norm(v, axis=1, keepdims=True))(random.normal(size=(8, 3))),
    "heavy-tail": lambda: 5 * random.standard_cauchy(size=(8, 3)) + 20,
}.items():
    near = random.normal(size=(160, 3)) * (0.3, 0.9, 0.15) + (0.5, 1, 3)
    means = np.concatenate([near, far()])
    scene = np.zeros(len(means), [(kind, "<f4") for kind in kinds])
    scene["x"], scene["y"], scene["z"] = means.T
    scene["opacity"] = np.where(np.arange(len(means)) < len(near), 2, -2)
    for k in range(3):
        scene[f"scale_{k}"] = -3
    scene["rot_0"] = 1
    write(pathlib.Path(sys.argv[1]) / f"{name}.ply", random.permutation(scene))
    known[name] = {"centre": near.mean(0).tolist(), "spread": (3 * near.std(0)).tolist()}
(pathlib.Path(sys.argv[1]) / "scenes.json").write_text(json.dumps(known, indent=2) + "\n")
