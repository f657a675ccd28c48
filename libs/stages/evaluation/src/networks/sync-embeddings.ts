import { mfcc, MFCC_HOP } from '@soliloquy/speech-features';
import type { OpenNetwork } from './open-network.ts';
import type { Pixels } from './sample-pixels.ts';
import { CROP_SIDE } from './sync-crops.ts';
import { EMBEDDING } from './sync-distances.ts';

/** frames of a window; rows of `mfcc` of a window, and of a frame */
const [FRAMES, ROWS, PER_FRAME] = [5, 20, 4];
const CEPSTRA = 13;
/** windows of one run of the network */
const BATCH = 4;

/** Windows that a film of 25 frames a second has: min(frames, ⌊samples / 640⌋) − 5, as the reference counts. */
export function syncWindows(frames: number, samples: number): number {
  return Math.max(0, Math.min(frames, Math.floor(samples / (MFCC_HOP * PER_FRAME))) - FRAMES);
}

/**
 * SyncNet's embeddings of a film: of lips, five crops in a row, BGR 0 … 255; of sound, 0.2 s of `mfcc` from the first
 * of these on.
 *
 * @param crops   224² of every frame at 25 a second
 * @param samples f32 16 kHz
 * @returns       f32 [windows, 1024] each
 */
export async function syncEmbeddings(
  { lips, audio }: { readonly lips: OpenNetwork; readonly audio: OpenNetwork },
  crops: readonly Pixels[],
  samples: Float32Array,
  step: (done: number, total: number) => Promise<void> = () => Promise.resolve(),
): Promise<{ lips: Float32Array; audio: Float32Array }> {
  const windows = syncWindows(crops.length, samples.length);
  const made = { lips: new Float32Array(windows * EMBEDDING), audio: new Float32Array(windows * EMBEDDING) };
  const sound = mfcc(samples);
  for (let first = 0; first < windows; first += BATCH) {
    const count = Math.min(BATCH, windows - first);
    const shapes = { lips: [count, 3, FRAMES, CROP_SIDE, CROP_SIDE], audio: [count, 1, CEPSTRA, ROWS] };
    const [seen] = await lips.run({ shape: shapes.lips, data: lipInput(crops, first, count) });
    const [heard] = await audio.run({ shape: shapes.audio, data: soundInput(sound, first, count) });
    made.lips.set(seen, first * EMBEDDING);
    made.audio.set(heard, first * EMBEDDING);
    await step(first + count, windows);
  }
  return made;
}

function lipInput(crops: readonly Pixels[], first: number, count: number): Float32Array {
  const size = CROP_SIDE ** 2;
  const out = new Float32Array(count * 3 * FRAMES * size);
  let at = 0;
  for (let window = first; window < first + count; window++)
    for (const channel of [2, 1, 0])
      for (let frame = window; frame < window + FRAMES; frame++) {
        const { data } = crops[frame];
        for (let i = 0; i < size; i++) out[at++] = data[4 * i + channel];
      }
  return out;
}

function soundInput({ data, rows }: ReturnType<typeof mfcc>, first: number, count: number): Float32Array {
  const out = new Float32Array(count * CEPSTRA * ROWS);
  let at = 0;
  for (let window = first; window < first + count; window++)
    for (let k = 0; k < CEPSTRA; k++)
      for (let row = PER_FRAME * window; row < PER_FRAME * window + ROWS; row++)
        out[at++] = row < rows ? data[row * CEPSTRA + k] : 0;
  return out;
}
