"""Trajectories of samplers in f64, from the equations of the papers, for trajectories.json.

python3 trajectories.py > trajectories.json      (numpy alone; written with numpy 2.4)

Each sampler is written in another form than the TypeScript: DDIM as Euler's method on x/sqrt(abar) (Song et al. 2021,
equation 14), Euler on the denoiser D (Karras et al. 2022), DPM-Solver++ 2M by its exponential integrator in lambda
(Lu et al. 2022, algorithm 2), latent consistency by its consistency function (Luo et al. 2023), flow matching by
integrating the velocity (Esser et al. 2024). Tables of times are those of Lin et al. 2024, table 2.
"""
import json
import numpy as np

T = 1000
START = np.linspace(-1.5, 1.5, 6)


def noise(step):
    """Fixed numbers of deviation about 1."""
    return np.sin(np.arange(6) * 2.3 + step * 1.7) * np.sqrt(2)


def model(x, t):
    return np.tanh(x) * (0.5 + 0.4 * np.cos(t / 300)) + 0.1


def abar(schedule="scaled_linear", start=0.00085, end=0.012, zero=False):
    grid = np.arange(T) / (T - 1)
    if schedule == "linear":
        beta = start + (end - start) * grid
    elif schedule == "scaled_linear":
        beta = (start ** 0.5 + (end ** 0.5 - start ** 0.5) * grid) ** 2
    else:
        f = lambda s: np.cos((s + 0.008) / 1.008 * np.pi / 2) ** 2
        u = np.arange(T)
        beta = np.minimum(1 - f((u + 1) / T) / f(u / T), 0.999)
    bar = np.exp(np.cumsum(np.log1p(-beta)))
    if zero:
        root = np.sqrt(bar)
        root = (root - root[-1]) * root[0] / (root[0] - root[-1])
        bar = root ** 2
    return bar


def times(spacing, n, offset=0, whole=True):
    if spacing == "leading":
        return np.array([offset + (T // n) * i for i in range(n)][::-1], float)
    if spacing == "trailing":
        return np.array([np.rint(T - T / n * i) - 1 for i in range(n)])
    ends = np.interp(np.arange(n), [0, n - 1], [0, T - 1])[::-1]
    return np.rint(ends) if whole else ends


def split(kind, out, x, a, s):
    """(x0, eps) of an output, x = a x0 + s eps, a^2 + s^2 = 1."""
    if kind == "epsilon":
        return (x - s * out) / a, out
    if kind == "v_prediction":
        return a * x - s * out, s * x + a * out
    return out, (x - a * out) / s


def ddim(bar, n, spacing, kind, offset=1, one=False):
    ts = times(spacing, n, offset).astype(int)
    x, path = START.copy(), []
    for t in ts:
        before = bar[t - T // n] if t - T // n >= 0 else (1.0 if one else bar[0])
        a, s = np.sqrt(bar[t]), np.sqrt(1 - bar[t])
        x0, eps = split(kind, model(x, t), x, a, s)
        if bar[t] > 0:
            # d(x / sqrt(abar)) = eps d(sqrt((1 - abar) / abar))
            y = x / a + (np.sqrt((1 - before) / before) - s / a) * eps
            x = y * np.sqrt(before)
        else:
            x = np.sqrt(before) * x0 + np.sqrt(1 - before) * eps
        path.append(x.tolist())
    return ts.tolist(), path


def levels(bar, n, spacing, karras, offset=0):
    sigma = np.sqrt(1 / bar - 1)
    ts = times(spacing, n, offset, whole=False)
    at = np.interp(ts, np.arange(T), sigma)
    if karras:
        i = np.arange(n)
        at = (at[0] ** (1 / 7) + i / (n - 1) * (at[-1] ** (1 / 7) - at[0] ** (1 / 7))) ** 7
        ts = np.interp(np.log(at), np.log(sigma), np.arange(T))
    return ts, np.append(at, 0.0)


def denoiser(kind, x, sigma, t):
    """D(x; sigma) of a network that sees x / sqrt(sigma^2 + 1)."""
    c = 1 / np.sqrt(sigma ** 2 + 1)
    return split(kind, model(x * c, t), x * c, c, sigma * c)[0]


def euler(bar, n, spacing, kind, karras=False, offset=0, ancestral=False):
    ts, sigma = levels(bar, n, spacing, karras, offset)
    x, path = START * 3, []
    for i, t in enumerate(ts):
        d = denoiser(kind, x, sigma[i], t)
        if ancestral:
            # A posterior of variance up^2 whose mean is reached by going down to `down`.
            ratio = sigma[i + 1] / sigma[i]
            down = sigma[i + 1] * ratio
            up = sigma[i + 1] * np.sqrt(1 - ratio ** 2)
        else:
            down, up = sigma[i + 1], 0.0
        x = d + down / sigma[i] * (x - d) + up * noise(i)
        path.append(x.tolist())
    return ts.tolist(), path


def dpm(bar, n, spacing, kind, karras=False, final="zero", low=True, offset=1):
    sigma = np.sqrt(1 / bar - 1)
    if spacing == "linspace":
        ts = np.rint(np.arange(n + 1) * (T - 1) / n)[::-1][:-1]
    elif spacing == "leading":
        ts = (np.arange(n + 1) * (T // (n + 1)))[::-1][:-1] + offset
    else:
        ts = times("trailing", n)
    at = sigma[ts.astype(int)]
    if karras:
        i = np.arange(n)
        at = (sigma[-1] ** (1 / 7) + i / (n - 1) * (sigma[0] ** (1 / 7) - sigma[-1] ** (1 / 7))) ** 7
        ts = np.rint(np.interp(np.log(at), np.log(sigma), np.arange(T)))
    at = np.append(at, 0.0 if final == "zero" else sigma[0])
    with np.errstate(divide="ignore"):
        lam = -np.log(at)
    alpha = 1 / np.sqrt(1 + at ** 2)
    x, path, x0s = START.copy(), [], []
    for i, t in enumerate(ts):
        a, s = alpha[i], at[i] * alpha[i]
        x0s.append(split(kind, model(x, t), x, a, s)[0])
        h = lam[i + 1] - lam[i]
        d = x0s[-1]
        last = i == n - 1 and (final == "zero" or (low and n < 15))
        if i > 0 and not last:
            r = (lam[i] - lam[i - 1]) / h
            d = (1 + 1 / (2 * r)) * x0s[-1] - 1 / (2 * r) * x0s[-2]
        x = at[i + 1] * alpha[i + 1] / s * x - alpha[i + 1] * np.expm1(-h) * d
        path.append(x.tolist())
    return ts.tolist(), path


def lcm(bar, n, kind, original=50):
    k = T // original
    grid = np.arange(1, original + 1) * k - 1
    ts = grid[::-1][np.floor(np.arange(n) * original / n).astype(int)]
    x, path = START.copy(), []
    for i, t in enumerate(ts):
        a, s = np.sqrt(bar[t]), np.sqrt(1 - bar[t])
        x0 = split(kind, model(x, t), x, a, s)[0]
        u = (10.0 * t / 0.5) ** 2
        f = x / (1 + u) + np.sqrt(u / (1 + u)) * 0.5 * x0 / 0.5
        x = f if i == n - 1 else np.sqrt(bar[ts[i + 1]]) * f + np.sqrt(1 - bar[ts[i + 1]]) * noise(i)
        path.append(x.tolist())
    return ts.tolist(), path


def flow(n, shift=None, tokens=None, even=False):
    if tokens is None:
        g = lambda s: shift * s / (1 + (shift - 1) * s)
        sigma = g(np.linspace(1, 1 / n, n) if even else np.linspace(g(1.0), g(1.0 / T), n))
    else:
        mu = np.interp(tokens, [256, 4096], [0.5, 1.15])
        s = np.linspace(1, 1 / n if even else 1 / T, n)
        sigma = 1 / (1 + np.exp(-mu) * (1 / s - 1))
    full = np.append(sigma, 0)
    x, path = START.copy(), []
    for i in range(n):
        x = x - (full[i] - full[i + 1]) * model(x, sigma[i] * T)
        path.append(x.tolist())
    return (sigma * T).tolist(), path


SD = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
cases = []


def case(name, scheduler, config, steps, result, **more):
    ts, path = result
    about = {"name": name, "scheduler": scheduler, "config": config, "steps": steps}
    cases.append({**about, "timesteps": ts, "path": path, **more})


sd = abar()
for spacing in ["leading", "trailing", "linspace"]:
    for n in [4, 7, 16]:
        one = {"steps_offset": 1, "set_alpha_to_one": False, "clip_sample": False, "timestep_spacing": spacing}
        case(f"ddim {spacing} {n}", "ddim", {**SD, **one}, n, ddim(sd, n, spacing, "epsilon"))
        case(f"euler {spacing} {n}", "euler", {**SD, "timestep_spacing": spacing}, n, euler(sd, n, spacing, "epsilon"))
        case(f"dpm {spacing} {n}", "dpm-solver++-2m", {**SD, "steps_offset": 1, "timestep_spacing": spacing},
             n, dpm(sd, n, spacing, "epsilon"))
for kind in ["v_prediction", "sample"]:
    more = {"prediction_type": kind}
    case(f"ddim {kind}", "ddim",
         {**SD, **more, "clip_sample": False, "steps_offset": 1, "set_alpha_to_one": False}, 5,
         ddim(sd, 5, "leading", kind))
    case(f"euler {kind}", "euler", {**SD, **more}, 5, euler(sd, 5, "linspace", kind))
    case(f"euler ancestral {kind}", "euler-ancestral", {**SD, **more}, 5,
         euler(sd, 5, "linspace", kind, ancestral=True))
    case(f"dpm {kind}", "dpm-solver++-2m", {**SD, **more}, 5, dpm(sd, 5, "linspace", kind))
    case(f"lcm {kind}", "lcm", {**SD, **more}, 4, lcm(sd, 4, kind))
case("euler karras", "euler", {**SD, "use_karras_sigmas": True}, 8, euler(sd, 8, "linspace", "epsilon", karras=True))
case("dpm karras", "dpm-solver++-2m", {**SD, "use_karras_sigmas": True}, 8,
     dpm(sd, 8, "linspace", "epsilon", karras=True))
case("dpm sigma_min", "dpm-solver++-2m",
     {**SD, "final_sigmas_type": "sigma_min", "lower_order_final": False}, 20,
     dpm(sd, 20, "linspace", "epsilon", final="sigma_min", low=False))
case("euler ancestral turbo", "euler-ancestral", {**SD, "timestep_spacing": "trailing"}, 4,
     euler(sd, 4, "trailing", "epsilon", ancestral=True))
case("euler ancestral long", "euler-ancestral", {**SD, "timestep_spacing": "leading", "steps_offset": 1}, 12,
     euler(sd, 12, "leading", "epsilon", offset=1, ancestral=True))
for n in [1, 2, 4, 8]:
    case(f"lcm {n}", "lcm", SD, n, lcm(sd, n, "epsilon"))
zero = {**SD, "rescale_betas_zero_snr": True, "prediction_type": "v_prediction", "timestep_spacing": "trailing",
        "clip_sample": False, "set_alpha_to_one": True}
case("ddim zero terminal snr", "ddim", zero, 6, ddim(abar(zero=True), 6, "trailing", "v_prediction", one=True))
cosine = {"beta_schedule": "squaredcos_cap_v2"}
case("ddim cosine", "ddim", {**cosine, "clip_sample": False, "set_alpha_to_one": True, "steps_offset": 0}, 6,
     ddim(abar("cosine"), 6, "leading", "epsilon", offset=0, one=True))
linear = {"beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02}
case("euler linear", "euler", linear, 6, euler(abar("linear", 0.0001, 0.02), 6, "linspace", "epsilon"))
for shift in [1.0, 3.0]:
    case(f"flow shift {shift}", "flow-match-euler", {"shift": shift}, 6, flow(6, shift=shift))
case("flow even levels", "flow-match-euler", {"shift": 3.0}, 4, flow(4, shift=3.0, even=True), evenLevels=True)
for tokens in [256, 1024, 4096]:
    sizes = {"use_dynamic_shifting": True, "base_shift": 0.5, "max_shift": 1.15}
    case(f"flow {tokens} tokens", "flow-match-euler", sizes, 4, flow(4, tokens=tokens), tokens=tokens)
    case(f"flow {tokens} tokens, even levels", "flow-match-euler", sizes, 4, flow(4, tokens=tokens, even=True),
         tokens=tokens, evenLevels=True)


def rounded(value):
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


for each in cases:
    each["timesteps"], each["path"] = rounded(each["timesteps"]), rounded(each["path"])
tables = {
    "betas": {name: rounded([1 - b[0], *(1 - b[1:] / b[:-1])][::111])
              for name, b in [("scaled_linear", abar()), ("squaredcos_cap_v2", abar("cosine"))]},
    "zeroSnr": rounded(abar(zero=True)[::111].tolist()),
}
print(json.dumps({"cases": cases, "tables": tables}))
