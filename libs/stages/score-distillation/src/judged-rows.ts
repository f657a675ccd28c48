import { ddimStep, type NoiseSchedule } from '@soliloquy/motion-transformer';
import type { Rng } from '@soliloquy/tensor';

/** Sequences whose prediction is judged; x of `rows` one after the other. */
export interface Rows {
  /** B */
  readonly count: number;
  /** f32 [B, T, latent] noisy, standardised */
  readonly x: Float32Array;
  /** f32 [B, T, audio] standardised */
  readonly audio: Float32Array;
  /** f32 [B] noise step */
  readonly tau: Float32Array;
  /** f32 [B] number of the first frame, for position codes */
  readonly start: Float32Array;
}

/** A voice as the student hears it. */
export interface StudentVoice {
  /** F */
  readonly frames: number;
  /** f32 [F, audio] standardised */
  readonly condition: Float32Array;
}

/** Where a sequence is in its voice. */
export interface Place {
  /** number of the voice */
  readonly voice: number;
  /** first frame */
  readonly from: number;
}

/** Sizes of a sequence. */
export interface RowSize {
  /** T */
  readonly frames: number;
  readonly latent: number;
  readonly audio: number;
}

/** Position codes start at a random number below this. */
const STARTS = 1000;
/** Noise that a sequence of a voice has come down to, shares of the noise steps. */
const SIMULATED = { least: 0.025, most: 0.55 } as const;

/** Draws B places in voices of at least T frames. */
export function drawPlaces(voices: readonly StudentVoice[], count: number, T: number, rng: Rng): Place[] {
  return Array.from({ length: count }, () => {
    const [pick, where] = rng.uniform([2]).data;
    const voice = Math.floor(pick * voices.length);
    return { voice, from: Math.floor(where * (voices[voice].frames - T + 1)) };
  });
}

/** What is heard at places, f32 [B, T, audio]. */
function heardAt(voices: readonly StudentVoice[], places: readonly Place[], { frames: T, audio }: RowSize) {
  const heard = new Float32Array(places.length * T * audio);
  places.forEach(({ voice, from }, b) =>
    heard.set(voices[voice].condition.subarray(from * audio, (from + T) * audio), b * T * audio),
  );
  return heard;
}

function drawStarts(count: number, rng: Rng): Float32Array {
  return rng.uniform([count]).data.map((value) => Math.floor(value * STARTS));
}

/**
 * Sequences as sampling meets them (backward simulation, DMD2, Yin et al. 2024): from noise along two to `hops` DDIM
 * steps of the student itself, without a gradient, to a noise step of their own.
 *
 * @param predict f32 [B, T, latent] x̂_0 of the rows
 */
export async function simulatedRows(
  given: { readonly voices: readonly StudentVoice[]; readonly places: readonly Place[]; readonly hops: number },
  { size, schedule, rng }: { readonly size: RowSize; readonly schedule: NoiseSchedule; readonly rng: Rng },
  predict: (rows: Rows) => Promise<Float32Array>,
): Promise<Rows> {
  const { voices, places, hops } = given;
  const count = places.length;
  const { frames: T, latent } = size;
  const row = T * latent;
  const draws = rng.fork('draws');
  const taken = 2 + Math.floor(draws.uniform([1]).data[0] * (hops - 1));
  const last = draws
    .uniform([count])
    .data.map((value) =>
      Math.round((SIMULATED.least + value * (SIMULATED.most - SIMULATED.least)) * (schedule.steps - 1)),
    );
  const first = schedule.steps - 1;
  const at = (b: number, hop: number): number => Math.round(first + ((last[b] - first) * hop) / taken);
  const rows: Rows = {
    count,
    x: rng.fork('noise').normal([count, T, latent]).data,
    audio: heardAt(voices, places, size),
    tau: new Float32Array(count).fill(first),
    start: drawStarts(count, rng.fork('start')),
  };
  const fresh = rng.fork('hops');
  for (let hop = 0; hop < taken; hop++) {
    const clean = await predict(rows);
    const noise = fresh.normal([count, T, latent]).data;
    for (let b = 0; b < count; b++) {
      const cut = (values: Float32Array): Float32Array => values.subarray(b * row, (b + 1) * row);
      // Few noise steps, as in tests, may leave nothing to go from one to the next.
      if (at(b, hop + 1) < at(b, hop))
        ddimStep(schedule, cut(rows.x), cut(clean), at(b, hop), at(b, hop + 1), 1, cut(noise));
      rows.tau[b] = at(b, hop + 1);
    }
  }
  return rows;
}

/**
 * Sequences whose clean motion is known, noised: x_τ = √ᾱ x_0 + √(1 − ᾱ) ε, τ anywhere.
 *
 * @param clean f32 [F, latent] standardised of each voice
 */
export function noisedRows(
  given: {
    readonly voices: readonly StudentVoice[];
    readonly places: readonly Place[];
    readonly clean: readonly Float32Array[];
  },
  { size, schedule, rng }: { readonly size: RowSize; readonly schedule: NoiseSchedule; readonly rng: Rng },
): Rows {
  const { voices, places, clean } = given;
  const count = places.length;
  const { frames: T, latent } = size;
  const tau = rng
    .fork('tau')
    .uniform([count])
    .data.map((value) => Math.floor(value * schedule.steps));
  const x = rng.fork('noise').normal([count, T, latent]).data;
  places.forEach(({ voice, from }, b) => {
    const [signal, share] = [Math.sqrt(schedule.alphaBar[tau[b]]), Math.sqrt(1 - schedule.alphaBar[tau[b]])];
    for (let i = 0; i < T * latent; i++)
      x[b * T * latent + i] = signal * clean[voice][from * latent + i] + share * x[b * T * latent + i];
  });
  return { count, x, audio: heardAt(voices, places, size), tau, start: drawStarts(count, rng.fork('start')) };
}

/** Rows one after the other. */
export function joinRows(all: readonly Rows[]): Rows {
  const join = (of: (rows: Rows) => Float32Array): Float32Array => {
    const parts = all.map(of);
    const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  };
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    x: join(({ x }) => x),
    audio: join(({ audio }) => audio),
    tau: join(({ tau }) => tau),
    start: join(({ start }) => start),
  };
}
