"""Paired t-tests, intervals and permutation tests by SciPy, adjusted values by statsmodels.

Writes significance.json beside itself.

    python3 significance.py     # SciPy 1.10.1, statsmodels 0.13.5
"""
import json
import pathlib

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(18)
pairs = []
for count in (2, 3, 4, 5, 14, 15, 120):
    for shift in (0.0, 0.4, 3.0):
        a = rng.normal(size=count)
        b = a + shift + 0.3 * rng.normal(size=count)
        test = stats.ttest_rel(a, b)
        pairs.append({"a": a.tolist(), "b": b.tolist(), "t": float(test.statistic), "p": float(test.pvalue)})

tails = [{"t": t, "degrees": n, "p": float(2 * stats.t.sf(abs(t), n))}
         for n in (1, 2, 3, 7, 13, 40, 500) for t in (0.0, 1e-6, -0.5, 1.0, 2.5, 12.0, -60.0)]

families = [[float(p) for p in (rng.uniform(size=20) ** 3)], [0.04, 0.04, 0.04], [0.9, 0.01, 0.5, 0.01], [0.3]]
adjusted = [{"p": p, "q": multipletests(p, method="fdr_bh")[1].tolist()} for p in families]

# Two arms over films and seeds, as a sweep has them: films are paired by their means over seeds, seeds by theirs
# over films.
made = rng.normal(size=(3, 6))
other = made + 0.2 + 0.1 * rng.normal(size=(3, 6))
sweep = {"a": made.tolist(), "b": other.tolist()}
for unit, axis in (("films", 0), ("seed", 1)):
    test = stats.ttest_rel(made.mean(axis), other.mean(axis))
    sweep[unit] = {"t": float(test.statistic), "p": float(test.pvalue)}

# Groups of unequal size: F, and p by all ways to deal ten values.
groups = []
for sizes in ((5, 5), (3, 4, 3), (2, 8)):
    for shift in (0.0, 1.0, 3.0):
        of = [rng.normal(size=n) + shift * g for g, n in enumerate(sizes)]
        f = lambda *each, axis=-1: stats.f_oneway(*each, axis=axis).statistic
        exact = stats.permutation_test(of, f, permutation_type="independent", vectorized=True, n_resamples=np.inf,
                                       alternative="greater")
        groups.append({"of": [each.tolist() for each in of], "f": float(f(*of)), "p": float(exact.pvalue)})
intervals = []
for count in (2, 3, 9, 40):
    for level in (0.8, 0.95, 0.999):
        x = rng.normal(size=count) + 7
        low, high = stats.t.interval(level, count - 1, loc=x.mean(), scale=stats.sem(x))
        intervals.append({"x": x.tolist(), "level": level, "interval": [float(low), float(high)]})

out = {"pairs": pairs, "tails": tails, "adjusted": adjusted, "sweep": sweep, "groups": groups,
       "intervals": intervals}
pathlib.Path(__file__).with_name("significance.json").write_text(json.dumps(out, indent=1) + "\n")
