import type { Audio, Image, LandmarkPoint, Landmarks } from '@soliloquy/ports';

const RATE = 16000;

/**
 * A head with neck and shoulders, or a whole upper body with arms, painted pixel by pixel with some texture; alpha is
 * exact. `size` is the picture's side.
 */
export function paintedPerson(
  size: number,
  body: 'face' | 'arms' = 'face',
): { image: Image; background: Image; landmarks: Landmarks } {
  const unit = body === 'face' ? size * 0.22 : size * 0.085;
  const mouth = { x: size / 2, y: body === 'face' ? size * 0.62 : size * 0.27 };
  const image = { width: size, height: size, data: new Uint8ClampedArray(4 * size * size) };
  const background = { width: size, height: size, data: new Uint8ClampedArray(4 * size * size) };
  const limbs =
    body === 'face'
      ? []
      : [
          [
            [2.4, 2.6],
            [2.9, 5.2],
          ],
          [
            [2.9, 5.2],
            [4.9, 5.6],
          ],
          [
            [-2.4, 2.6],
            [-2.9, 5.2],
          ],
          [
            [-2.9, 5.2],
            [-4.9, 5.6],
          ],
        ];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = 4 * (y * size + x);
      background.data.set([70 + ((x * 7 + y * 3) % 40), 90 + ((x + 5 * y) % 30), 110, 255], i);
      const a = (x + 0.5 - mouth.x) / unit;
      const b = (y + 0.5 - mouth.y) / unit;
      const texture = 14 * Math.sin(x * 1.3) * Math.sin(y * 1.1);
      let colour: readonly number[] | undefined;
      if (Math.abs(a) < 2.4 && b > 1.7 + 0.12 * a * a) colour = [60, 90, 150];
      if (limbs.some(([[a0, b0], [a1, b1]]) => segmentDistance(a, b, a0, b0, a1, b1) < 0.4)) colour = [200, 150, 130];
      if (Math.abs(a) < 0.5 && b > 0.3 && b < 2) colour = [190, 140, 120];
      if ((a / 1.0) ** 2 + ((b + 0.75) / 1.5) ** 2 < 1) colour = [215, 165, 140];
      if ((a / 0.4) ** 2 + (b / 0.13) ** 2 < 1) colour = [175, 90, 90];
      if (Math.abs(a) < 0.4 && Math.abs(b) < 0.02) colour = [80, 30, 30];
      for (const side of [-0.42, 0.42]) {
        if (((a - side) / 0.17) ** 2 + ((b + 1) / 0.08) ** 2 < 1)
          colour = Math.hypot(a - side, b + 1) < 0.07 ? [40, 30, 25] : [240, 240, 240];
        if (((a - side) / 0.25) ** 2 + ((b + 1.32) / 0.05) ** 2 < 1) colour = [60, 40, 30];
      }
      if (colour) image.data.set([colour[0] + texture, colour[1] + texture, colour[2] + texture, 255], i);
      else image.data.set([...background.data.subarray(i, i + 3), 0], i);
    }
  }
  const at = (a: number, b: number): LandmarkPoint => ({ x: mouth.x + a * unit, y: mouth.y + b * unit, confidence: 1 });
  const points: Landmarks['points'] = {
    headTop: at(0, -2.25),
    chin: at(0, 0.72),
    noseTip: at(0, -0.4),
    leftEar: at(1, -0.8),
    rightEar: at(-1, -0.8),
    leftBrow: at(0.42, -1.32),
    rightBrow: at(-0.42, -1.32),
    leftEye: at(0.42, -1),
    leftEyeInner: at(0.25, -1),
    leftEyeOuter: at(0.59, -1),
    leftEyeTop: at(0.42, -1.08),
    leftEyeBottom: at(0.42, -0.92),
    rightEye: at(-0.42, -1),
    rightEyeInner: at(-0.25, -1),
    rightEyeOuter: at(-0.59, -1),
    rightEyeTop: at(-0.42, -1.08),
    rightEyeBottom: at(-0.42, -0.92),
    mouthLeft: at(0.4, 0),
    mouthRight: at(-0.4, 0),
    upperLipTop: at(0, -0.13),
    mouthCenter: at(0, 0),
    lowerLipBottom: at(0, 0.13),
    ...(body === 'arms' && {
      leftShoulder: at(2.2, 2.3),
      rightShoulder: at(-2.2, 2.3),
      leftElbow: at(2.9, 5.2),
      rightElbow: at(-2.9, 5.2),
      leftWrist: at(4.3, 5.5),
      rightWrist: at(-4.3, 5.5),
      leftHand: at(4.7, 5.6),
      rightHand: at(-4.7, 5.6),
    }),
  };
  return { image, background, landmarks: { width: size, height: size, points } };
}

/**
 * Something like speech: a buzz whose loudness rises and falls with syllables, a hiss now and then, and a pause from 2
 * to 2.5 s.
 */
export function babble(seconds: number): Audio {
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

function segmentDistance(x: number, y: number, x0: number, y0: number, x1: number, y1: number): number {
  const t = Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)));
  return Math.hypot(x - x0 - t * (x1 - x0), y - y0 - t * (y1 - y0));
}
