import type { Audio } from '@soliloquy/ports';
import { gaussianMean, smoothstep } from '@soliloquy/signal';
import { PHONES, shippedPhoneEncoder, type Phone } from '@soliloquy/speech-features/phone-encoder';

/** Moments a second at which phones are heard. */
const RATE = 100;
/** How probable phones are where lips begin to follow them, and where they do so entirely. */
const FOLLOWED = { from: 0.15, to: 0.45 } as const;
/** Lips are there so long before and after the phone is heard, or a film misses it between two frames. Seconds. */
const LONGER = 0.022;
/** Lips take about this long, seconds (standard deviation). */
const SOFT = 0.015;

/** Phones at which lips do what loudness does not tell. */
const LIP_PHONES = { closed: ['p', 'b', 'm'], onTeeth: ['f', 'v'] } as const satisfies Record<string, readonly Phone[]>;

/** Where in a film lips do what loudness does not tell: f32 [F] 0 … 1 each. */
export interface HeardLips {
  /** both lips on each other: p, b, m */
  readonly closed: Float32Array;
  /** lower lip on the upper teeth: f, v */
  readonly onTeeth: Float32Array;
}

/**
 * Hears where lips close, by the phone encoder that comes along: the probabilities of p, b and m together, and of f and
 * v. A film's frame is about (f + 0.5) / fps; the encoder hears 80 ms beyond.
 *
 * @param audio mono, any rate
 */
export async function heardLips(
  audio: Audio,
  { fps, frames }: { readonly fps: number; readonly frames: number },
): Promise<HeardLips> {
  const moments = Math.max(1, Math.ceil((frames / fps) * RATE));
  const { encoder } = await shippedPhoneEncoder();
  try {
    const { posteriors } = await encoder.hear(audio, { fps: RATE, frames: moments });
    const curve = (phones: readonly Phone[]): Float32Array => {
      const columns = phones.map((phone) => PHONES.indexOf(phone));
      const heard = Float64Array.from({ length: moments }, (_, i) =>
        columns.reduce((sum, column) => sum + posteriors[i * PHONES.length + column], 0),
      );
      const lips = lipCurve(heard);
      return Float32Array.from({ length: frames }, (_, f) => between(lips, ((f + 0.5) / fps) * RATE - 0.5));
    };
    return { closed: curve(LIP_PHONES.closed), onTeeth: curve(LIP_PHONES.onTeeth) };
  } finally {
    await encoder.dispose();
  }
}

/** How far lips follow what is heard: a little before and after it, and not at once. */
function lipCurve(heard: Float64Array): Float64Array {
  const reach = Math.round(LONGER * RATE);
  const longer = heard.map((_, i) => Math.max(...heard.subarray(Math.max(0, i - reach), i + reach + 1)));
  return gaussianMean(
    longer.map((probable) => smoothstep(FOLLOWED.from, FOLLOWED.to, probable)),
    SOFT * RATE,
  );
}

/** A value between two moments. */
function between(values: Float64Array, at: number): number {
  const before = Math.min(values.length - 1, Math.max(0, Math.floor(at)));
  const after = Math.min(values.length - 1, before + 1);
  return values[before] + Math.min(1, Math.max(0, at - before)) * (values[after] - values[before]);
}
