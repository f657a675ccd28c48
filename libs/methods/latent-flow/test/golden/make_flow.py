"""Moving least squares in NumPy: python3 make_flow.py > flow.json

About each node an affine motion by `numpy.linalg.lstsq` on the weighted design matrix [1 x y], ridge rows below it; not
the closed form of the library.
"""
import json
import sys

import numpy as np

rng = np.random.default_rng(5)
rest = rng.uniform([8, 6], [56, 42], (9, 2)).round(3)
moved = (rest + rng.uniform(-4, 4, (9, 2))).round(3)
step, columns, rows, radius = 8, 9, 7, 5.0
out = {}
for name, ridge in {"affine": 0.0, "stiff": 0.3}.items():
    carried = []
    for j in range(rows):
        for i in range(columns):
            v = np.array([i * step, j * step], float)
            w = 1 / (((v - rest) ** 2).sum(1) + radius**2) ** 2
            mean = (w[:, None] * rest).sum(0) / w.sum()
            design = np.hstack([np.ones((9, 1)), rest - mean]) * np.sqrt(w)[:, None]
            wanted = moved * np.sqrt(w)[:, None]
            held = np.sqrt(ridge * w.sum()) * radius * np.array([[0, 1, 0], [0, 0, 1]])
            fit = np.linalg.lstsq(np.vstack([design, held]), np.vstack([wanted, np.zeros((2, 2))]), rcond=None)[0]
            carried.append(fit[0] + (v - mean) @ fit[1:])
    out[name] = {"ridge": ridge, "carried": np.array(carried).ravel().round(6).tolist()}
json.dump(
    {
        "numpy": np.__version__,
        "rest": rest.ravel().tolist(),
        "moved": moved.ravel().tolist(),
        "step": step,
        "radius": radius,
        "size": [(columns - 1) * step, (rows - 1) * step],
        **out,
    },
    sys.stdout,
)
