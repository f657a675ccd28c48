"""Two-proportion z-tests, intervals of proportions, effect sizes and bootstrap intervals by SciPy and statsmodels.

Writes comparison.json beside itself.

    python3 comparison.py     # SciPy 1.10.1, statsmodels 0.13.5
"""
import json
import pathlib

import numpy as np
from scipy import stats
from statsmodels.stats import proportion
from statsmodels.stats.meta_analysis import effectsize_smd

rng = np.random.default_rng(23)

tails = [{"z": z, "p": float(2 * stats.norm.sf(abs(z)))}
         for z in (0.0, 1e-6, -0.5, 1.0, 1.959964, 1.9999999, 2.0, 2.5, -6.0, 13.0, 37.0)]

# 41 participants of five answers each among them.
proportions = []
for (x, n), (y, m) in (((30, 41), (11, 41)), ((21, 41), (20, 41)), ((150, 205), (55, 205)), ((1, 2), (0, 3)),
                       ((41, 41), (0, 41)), ((7, 7), (90, 120)), ((3, 1000), (12, 900))):
    z, p = proportion.proportions_ztest([x, y], [n, m])
    for level in (0.9, 0.95):
        proportions.append({
            "a": {"count": x, "of": n}, "b": {"count": y, "of": m}, "level": level, "z": float(z), "p": float(p),
            "interval": [float(v) for v in proportion.confint_proportions_2indep(
                x, n, y, m, method="newcomb", compare="diff", alpha=1 - level)],
            "wilson": [float(v) for v in proportion.proportion_confint(x, n, alpha=1 - level, method="wilson")],
            "h": float(proportion.proportion_effectsize(x / n, y / m)),
        })

effects = []
for n, m in ((2, 2), (5, 5), (4, 9), (30, 30)):
    a, b = rng.normal(size=n) + 0.7, rng.normal(size=m)
    g, _ = effectsize_smd(a.mean(), a.std(ddof=1), n, b.mean(), b.std(ddof=1), m)
    effects.append({"a": a.tolist(), "b": b.tolist(), "g": float(g),
                    "d": float(stats.ttest_ind(a, b).statistic * np.sqrt(1 / n + 1 / m)),
                    "dz": float(stats.ttest_rel(a, b).statistic / np.sqrt(n)) if n == m else None})

# The units that SciPy draws are those of the same generator: `drawn` has their places, a digit each.
bootstraps = []
draws = 199
for name, statistic in (("mean", np.mean), ("median", np.median)):
    for count in (3, 7, 10):
        x = rng.exponential(size=count)
        found = stats.bootstrap((x,), statistic, n_resamples=draws, method="BCa", confidence_level=0.9,
                                random_state=np.random.default_rng(count)).confidence_interval
        if not np.isfinite([found.low, found.high]).all():
            continue
        drawn = np.random.default_rng(count).integers(0, count, (draws, count))
        bootstraps.append({"statistic": name, "x": x.tolist(), "level": 0.9, "draws": draws,
                           "drawn": "".join(map(str, drawn.ravel())),
                           "interval": [float(found.low), float(found.high)]})

# The two arms of significance.json, paired by films and by seeds.
paired = json.loads(pathlib.Path(__file__).with_name("significance.json").read_text())["sweep"]
sweep = {}
for unit, axis in (("films", 0), ("seed", 1)):
    difference = np.mean(paired["a"], axis) - np.mean(paired["b"], axis)
    found = stats.bootstrap((difference,), np.mean, n_resamples=100_000, method="BCa", random_state=1,
                            batch=1000).confidence_interval
    sweep[unit] = {"interval": [float(found.low), float(found.high)],
                   "dz": float(difference.mean() / difference.std(ddof=1))}

out = {"tails": tails, "proportions": proportions, "effects": effects, "bootstraps": bootstraps,
       "sweep": sweep}
pathlib.Path(__file__).with_name("comparison.json").write_text(json.dumps(out, indent=1) + "\n")
