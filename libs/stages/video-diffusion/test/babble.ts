import type { Audio } from '@soliloquy/ports';

const RATE = 16000;

/**
 * Something like speech: a buzz whose loudness rises and falls with syllables, a hiss now and then, and a pause from 2
 * to 2.5 s.
 */
export function babble(seconds: number): Audio {
  const known = made.get(seconds) ?? makeBabble(seconds);
  made.set(seconds, known);
  return known;
}

const made = new Map<number, Audio>();

function makeBabble(seconds: number): Audio {
  let state = 1;
  const noise = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;
  const samples = Float32Array.from({ length: Math.round(RATE * seconds) }, (_, i) => {
    const t = i / RATE;
    if (t > 2 && t < 2.5) return 0;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.3 * t + 2 * Math.sin(2.1 * t)));
    const loud = syllable ** 0.7 * (0.55 + 0.45 * Math.sin(1.7 * t + 1));
    let voice = 0;
    for (let h = 1; h <= 24; h++)
      voice +=
        (Math.sin(2 * Math.PI * (125 + 12 * Math.sin(3 * t)) * h * t) / h) *
        (1 + 2 * Math.exp(-(((125 * h - 750) / 300) ** 2)));
    return 0.12 * loud * voice + (syllable === 0 ? 0.02 * noise() : 0);
  });
  return { sampleRate: RATE, samples };
}

export function silence(seconds: number): Audio {
  return { sampleRate: RATE, samples: new Float32Array(Math.round(RATE * seconds)) };
}

/** Pearson's correlation of `a[f]` with `b[f + lag]`. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>, lag = 0): number {
  const pairs: [number, number][] = [];
  for (let f = 0; f < a.length; f++) if (f + lag >= 0 && f + lag < b.length) pairs.push([a[f], b[f + lag]]);
  const mean = (k: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[k], 0) / pairs.length;
  const [ma, mb] = [mean(0), mean(1)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [x, y] of pairs) {
    ab += (x - ma) * (y - mb);
    aa += (x - ma) ** 2;
    bb += (y - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
