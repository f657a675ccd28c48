"""Writes speech.json: the features of two made-up sounds as the docstring of `speechFeatures` words them, in NumPy.

Run: python3 speech.py   (made with NumPy 2.4.6)
"""
import json
import pathlib

import numpy as np

SOUNDS = [
    # name, samples a second, seconds, frames a second, frames, frames that are kept
    ("a voice, a pause and a hiss", 16000, 0.93, 25, 26, [0, 1, 4, 7, 10, 12, 15, 18, 20, 22, 23, 25]),
    ("another rate, of film and of sound", 22050, 0.5, 30, 14, [0, 2, 5, 8, 11, 13]),
    ("a rate whose upper bands are empty", 8000, 0.4, 24, 9, [0, 3, 5, 7]),
]


def sound(rate, seconds):
    """f32: a buzz whose pitch glides from 110 Hz, a pause from 0.3 to 0.5 of it, then a hiss that fades."""
    i = np.arange(round(seconds * rate))
    t = (i + 0.5) / rate
    part = t / seconds
    buzz = sum(np.sin(2 * np.pi * h * (110 * t + 40 * t * t)) / h for h in range(1, 31))
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * 3.3 * t)
    x = (i * 2654435761 + 12345) % 2**32
    x = ((x ^ (x >> 15)) * 2246822519) % 2**32
    hiss = (x >> 8) / 2**23 - 1
    whole = 0.2 * buzz * swell * (part < 0.3) + (0.15 * hiss * (1 - part) + 0.05 * buzz) * (part >= 0.5)
    return whole.astype(np.float32).astype(np.float64)


def heard(x, first, count):
    """`count` samples from `first`; silence before and after."""
    at = np.arange(first, first + count)
    return np.where((at >= 0) & (at < len(x)), x[np.clip(at, 0, len(x) - 1)], 0)


def frame_rms(x, rate, fps, frames):
    half = rate / fps
    out = []
    for f in range(frames):
        centre = (f + 0.5) / fps * rate
        first, last = int(np.ceil(centre - half)), int(np.floor(centre + half))
        i = np.arange(first, last + 1)
        w = np.cos(np.pi * (i - centre) / half / 2) ** 2
        out.append(np.sqrt(np.average(heard(x, first, len(i)) ** 2, weights=w)))
    return np.array(out)


def reference_rms(x, rate):
    rms = frame_rms(x, rate, 25, int(np.ceil(len(x) / rate * 25)))
    active = rms[rms >= rms.max() / 100]
    return max(np.percentile(active, 90, method="lower"), 10 ** (-50 / 20))


def envelope_of(x, rate, fps, frames):
    """3 dB above the reference is 1, 34 dB below it 0."""
    loudness = lambda rms: rms**0.6
    full = loudness(reference_rms(x, rate) * 10 ** (3 / 20))
    floor = loudness(10 ** (-37 / 20))
    return np.clip((loudness(frame_rms(x, rate, fps, frames)) / full - floor) / (1 - floor), 0, 1)


class Spectrum:
    """Power per Hz under a Hann window."""

    def __init__(self, x, rate, seconds, padding):
        self.x, self.rate = x, rate
        self.length = int(np.floor(seconds * rate + 0.5))
        self.size = 2 ** int(np.ceil(np.log2(self.length * padding)))
        self.window = np.sin(np.pi * (np.arange(self.length) + 0.5) / self.length) ** 2
        self.hz = np.arange(self.size // 2 + 1) * rate / self.size

    def at(self, centre):
        first = int(np.floor(centre * self.rate - self.length / 2 + 0.5))
        spectrum = np.fft.rfft(self.window * heard(self.x, first, self.length), self.size)
        return np.abs(spectrum) ** 2 / (self.rate * np.sum(self.window**2))


def bands(hz):
    """[26, bins]: triangles on the mel scale, half a bin wider on each side, of sum 1, then lifted."""
    mel = np.linspace(2595 * np.log10(1 + 60 / 700), 2595 * np.log10(1 + 8000 / 700), 28)
    edges = 700 * (10 ** (mel / 2595) - 1)
    half = hz[1] / 2
    out = []
    for left, centre, right in zip(edges, edges[1:], edges[2:]):
        up = (hz - left + half) / (centre - left + half)
        down = (right - hz + half) / (right - centre + half)
        w = np.maximum(0, np.minimum(up, down))
        w[(hz < np.floor(left / hz[1]) * hz[1]) | (hz > np.ceil(right / hz[1]) * hz[1])] = 0
        out.append(w / (w.sum() or 1) * (1 + (hz / 500) ** 2))
    return np.array(out)


def slopes(values, reach):
    """Least squares over f ± reach, ends repeated."""
    d = np.arange(-reach, reach + 1)
    padded = np.pad(values, [(reach, reach)] + [(0, 0)] * (values.ndim - 1), mode="edge")
    return np.array([np.polyfit(d, padded[f : f + 2 * reach + 1], 1)[0] for f in range(len(values))])


def voicing(x, rate, fps, frames):
    spectrum = Spectrum(x, rate, 0.04, 2)
    kept = (spectrum.hz >= 60) & (spectrum.hz <= 1200)
    w = spectrum.window
    own = np.correlate(w, w, "full")[len(w) - 1 :]
    own = np.maximum(np.pad(own / own[0], (0, len(w))), 0.2)
    out = []
    for f in range(frames):
        lags = np.fft.irfft(spectrum.at((f + 0.5) / fps) * kept)
        shortest, longest = int(np.floor(rate / 400)), int(np.ceil(rate / 70))
        peaks = [
            lags[k] / lags[0] / own[k]
            for k in range(shortest, longest + 1)
            if lags[0] * spectrum.size > 1e-12 * spectrum.size and lags[k] >= lags[k - 1] and lags[k] >= lags[k + 1]
        ]
        out.append(min(1, max([0, *peaks])))
    return np.array(out)


def features(x, rate, fps, frames):
    decibels = lambda p: 10 * np.log10(p + 1e-12)
    reference, envelope = reference_rms(x, rate), envelope_of(x, rate, fps, frames)
    spectrum = Spectrum(x, rate, 0.025, 1)
    windows = max(1, int(np.floor(100 / fps + 0.5)))
    power = np.array([
        np.mean([spectrum.at((f + (w + 0.5) / windows) / fps) for w in range(windows)], axis=0) for f in range(frames)
    ]) / reference**2

    levels = np.maximum(-80, decibels(power @ bands(spectrum.hz).T))
    speaking = levels[envelope >= 0.15]
    mean = (2 * fps * -42 + speaking.sum(axis=0)) / (2 * fps + len(speaking))
    centred = np.maximum(-30, levels - mean)

    hz, width = spectrum.hz, spectrum.hz[1]
    speech = power * width * ((hz >= 60) & (hz <= 8000))
    total = speech.sum(axis=1) + 1e-12
    presence = np.sqrt(envelope)
    band = lambda low, high: speech[:, (hz >= low) & (hz < high)].sum(axis=1)
    level = lambda low, high: np.clip((decibels(2 * band(low, high)) + 30) / 30, 0, 1.5)
    scalars = [
        envelope,
        slopes(envelope, 1) * fps / 25,
        voicing(x, rate, fps, frames) * presence,
        presence * np.sqrt(speech @ hz**2 / total) / 4000,
        presence * (speech @ hz) / total / 4000,
        level(80, 400),
        level(400, 2200),
        level(3000, np.inf),
    ]
    return np.concatenate([centred / 15, slopes(centred, 2) * fps / 25 / 15, np.transpose(scalars)], axis=1)


cases = []
for name, rate, seconds, fps, frames, kept in SOUNDS:
    rows = features(sound(rate, seconds), rate, fps, frames)
    cases.append({
        "name": name,
        "rate": rate,
        "seconds": seconds,
        "fps": fps,
        "frames": frames,
        "rows": {str(f): [float(f"{value:.6g}") for value in rows[f]] for f in kept},
    })
text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
pathlib.Path(__file__).with_name("speech.json").write_text(f"[\n{text}\n]\n")
