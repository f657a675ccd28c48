import type { Hearing } from './hearings.ts';
import { MelStream } from './mel-stream.ts';
import { PhoneStream, type PhoneNetwork } from './phones/phone-stream.ts';

/** Ways to hear that are told while somebody speaks. `embedding` hears 380 ms of what comes after, too much of it. */
export const STREAMED_HEARINGS = ['phones', 'mel'] as const satisfies readonly Hearing[];
export type StreamedHearing = (typeof STREAMED_HEARINGS)[number];

export function isStreamed(hearing: Hearing): hearing is StreamedHearing {
  return (STREAMED_HEARINGS as readonly Hearing[]).includes(hearing);
}

/** Ears for a voice that goes on. */
export interface StreamEars {
  /** Frames that are heard. */
  readonly frames: number;
  /** s beyond the middle of a frame that are heard before it is told */
  readonly reach: number;
  /** @param samples f32 -1 … 1, what follows; one piece after the other */
  push(samples: Float32Array): void | Promise<void>;
  /** Hears the frames that sound has begun for; what follows is silence. */
  end(): void | Promise<void>;
  /** Features f32 [to - from, features]; before frame 0 silence, beyond what is heard its last frame. */
  rows(from: number, to: number): Float32Array;
  /** Forgets frames before this one. */
  forget(before: number): void;
  /** Whether somebody speaks at a frame, by what is heard so far. */
  isSpoken(frame: number): boolean;
}

/**
 * Ears that hear as a model does. They need nothing of Node.
 *
 * @param sampleRate Hz, whole, of all that is pushed
 * @param phones     the phone encoder, asked for where the model hears by phones
 */
export async function openStreamEars(
  hearing: StreamedHearing,
  { sampleRate, fps }: { readonly sampleRate: number; readonly fps: number },
  phones: () => Promise<PhoneNetwork>,
): Promise<StreamEars> {
  return hearing === 'mel' ? new MelStream(sampleRate, fps) : PhoneStream.open(await phones(), sampleRate, fps);
}
