"""Reference of basis and encoder in NumPy (f64): python3 make_golden.py > numpy.json

Components by SVD of the standardised rows, not by an eigendecomposition of their covariance; ridge regression in its
primal form, not in the dual one.
"""
import json

import numpy as np

rng = np.random.default_rng(17)
PARTS = [0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 6, 7, 8]  # POINT_PARTS of 13 points
GROUPS = [[0, 1, 2], [3, 4, 5, 6], [7, 8, 9], [10, 11, 12]]  # torso, arms, head, mouth
WIDTHS = {"torso": 2, "arms": 3, "head": 3, "mouth": 2}
D = 2 * (len(PARTS) + 1)
spans = []
at = 0
for name, members in zip(WIDTHS, GROUPS):
    size = 2 * (len(members) + (name == "head"))
    spans.append((name, at, at + size))
    at += size
assert at == D

rows = (rng.standard_normal((30, 9)) @ rng.standard_normal((9, D)) * 0.3 + 0.05 * rng.standard_normal((30, D))).round(4)
rows[:, 4] *= 0.01  # a number that hardly moves is not blown up
mean = rows.mean(0)
deviation = rows.std(0)
encoder, decoder, explained = [], [], {}
for name, a, b in spans:
    usual = np.sort(deviation[a:b])[(b - a) >> 1]
    w = 1 / np.maximum(deviation[a:b], usual / 2)
    x = (rows[:, a:b] - mean[a:b]) * w
    _, s, vt = np.linalg.svd(x, full_matrices=False)
    values = s**2 / len(rows)
    k = WIDTHS[name]
    explained[name] = float(values[:k].sum() / values.sum())
    for i in range(k):
        v = vt[i] * np.sign(vt[i][np.argmax(np.abs(vt[i]))])
        scale = (values[i] * values[0]) ** 0.25
        e, d = np.zeros(D), np.zeros(D)
        e[a:b], d[a:b] = v * w / scale, v / w * scale
        encoder.append(e)
        decoder.append(d)
encoder, decoder = np.array(encoder), np.array(decoder).T
latent = (rows - mean) @ encoder.T

pictures = (latent[:, :4] @ rng.standard_normal((4, 24)) + 0.1 * rng.standard_normal((30, 24))).round(4)
ridge = 3e-3
gram = pictures.T @ pictures
matrix = np.linalg.solve(gram + ridge * np.trace(gram) / len(rows) * np.eye(24), pictures.T @ latent).T

json.dump(
    {
        "numpy": np.__version__,
        "parts": PARTS,
        "widths": WIDTHS,
        "rows": rows.ravel().tolist(),
        "explained": explained,
        "encoder": encoder.ravel().round(7).tolist(),
        "decoder": decoder.ravel().round(7).tolist(),
        "latent": latent.ravel().round(7).tolist(),
        "pictures": pictures.ravel().tolist(),
        "ridge": ridge,
        "matrix": matrix.ravel().round(7).tolist(),
    },
    __import__("sys").stdout,
)
