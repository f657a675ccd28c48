import { Fault } from '@soliloquy/fault';
import type { Audio } from '@soliloquy/media';
import { slope } from './frame-levels.ts';
import type { Hearing } from './hearings.ts';
import { speechEnvelope } from './loudness.ts';
import type { PhoneEncoder } from './phones/phone-encoder.ts';
import { shippedPhoneEncoder } from './phones/shipped-encoder.ts';
import { openSpeechEmbedding, SPEECH_EMBEDDING_WIDTH } from './speech-embedding.ts';
import { speechFeatures, type SpeechFeatures } from './speech-features.ts';
import { isStreamed, openStreamEars, STREAMED_HEARINGS, type StreamEars } from './stream-ears.ts';

/** How a model hears, as its card keeps it. Cards from before there was a choice say nothing: they hear by mel. */
export interface HeardBy {
  readonly hearing?: Hearing;
  /** sha256 of the network that a model with `hearing: 'phones'` was learned with */
  readonly phoneEncoder?: string;
}

/** Something to hear voices with. */
export interface Ears {
  /** What a model that is learned with them keeps in its card. */
  readonly heardBy: HeardBy;
  /**
   * What is heard at each frame of a film, at (f + 0.5) / fps. By `mel`: `speechFeatures`. By `phones`: the code of the
   * phone encoder that comes with Soliloquy. By `embedding`: three windows of Google's speech embedding. Both have
   * `envelope` and `envelopeSlope` beside them, since neither tells how loud it is.
   *
   * @param audio mono, any rate
   */
  hear(audio: Audio, film: { readonly fps: number; readonly frames: number }): Promise<SpeechFeatures>;
  dispose(): Promise<void>;
}

/**
 * Opens the ears that a model hears with.
 *
 * @param heardBy of its card; or, to learn a new one, the hearing that is wanted
 * @throws Fault `speech-features.package` when the embedding's package is not there, `speech-features.encoder` when the
 *   model was learned with another phone encoder than the one that is here
 */
export async function openEars({ hearing = 'mel', phoneEncoder: learned }: HeardBy): Promise<Ears> {
  if (hearing === 'mel')
    return {
      heardBy: { hearing },
      hear: async (audio, film) => speechFeatures(audio, film),
      dispose: async () => {},
    };
  if (hearing === 'embedding') {
    const embedding = await openSpeechEmbedding();
    return {
      heardBy: { hearing },
      hear: async (audio, film) =>
        withLoudness(audio, film, {
          name: 'embedding',
          width: SPEECH_EMBEDDING_WIDTH,
          data: await embedding.hear(audio, film),
        }),
      dispose: () => embedding.dispose(),
    };
  }
  const { encoder, digest } = await phoneEncoderOf(learned);
  return {
    heardBy: { hearing, phoneEncoder: digest },
    hear: async (audio, film) =>
      withLoudness(audio, film, {
        name: 'phones',
        width: encoder.code,
        data: (await encoder.hear(audio, film)).code,
      }),
    dispose: () => encoder.dispose(),
  };
}

/**
 * Opens ears for a voice that goes on, which hear as a model does.
 *
 * @param heardBy of its card
 * @param stream  `sampleRate` Hz, whole; `fps` frames a second
 * @throws Fault `speech-features.streamed` where it hears by something that is not told piece by piece,
 *   `speech-features.encoder` as `openEars`
 */
export async function openEarsOfStream(
  { hearing = 'mel', phoneEncoder: learned }: HeardBy,
  stream: { readonly sampleRate: number; readonly fps: number },
): Promise<{ readonly ears: StreamEars; readonly dispose: () => Promise<void> }> {
  if (!isStreamed(hearing))
    throw new Fault({
      code: 'speech-features.streamed',
      where: 'hearing',
      expected: `one that is told piece by piece: ${STREAMED_HEARINGS.join(', ')}`,
      got: hearing,
      remedy: 'hear the whole recording, or learn with another hearing',
    });
  let encoder: PhoneEncoder | undefined;
  const ears = await openStreamEars(hearing, stream, async () => {
    ({ encoder } = await phoneEncoderOf(learned));
    return encoder.network;
  });
  return { ears, dispose: async () => encoder?.dispose() };
}

/** @throws Fault `speech-features.encoder` where a model was learned with another than the one that is here */
async function phoneEncoderOf(learned: string | undefined) {
  const shipped = await shippedPhoneEncoder();
  const { digest } = shipped;
  if (learned !== undefined && learned !== digest)
    throw new Fault({
      code: 'speech-features.encoder',
      where: 'hearing.phones',
      expected: `the phone encoder ${learned.slice(0, 12)} …, which the model was learned with`,
      got: `${digest.slice(0, 12)} …`,
      remedy: 'learn the model anew (run its alignment again)',
    });
  return shipped;
}

/** What was heard: f32 [F, width], whose numbers are called by the name and their place. */
interface Told {
  readonly name: string;
  readonly width: number;
  readonly data: Float32Array;
}

/** @returns what was told with the voice's envelope and the envelope's slope beside it */
function withLoudness(
  audio: Audio,
  { fps, frames }: { readonly fps: number; readonly frames: number },
  { name, width, data: told }: Told,
): SpeechFeatures {
  const envelope = speechEnvelope(audio, fps, frames);
  const names = [
    ...Array.from({ length: width }, (_, i) => `${name}${String(i).padStart(2, '0')}`),
    'envelope',
    'envelopeSlope',
  ];
  const dims = names.length;
  const data = new Float32Array(frames * dims);
  for (let f = 0; f < frames; f++) {
    data.set(told.subarray(f * width, (f + 1) * width), f * dims);
    data[f * dims + width] = envelope[f];
    data[f * dims + width + 1] = (slope((i) => envelope[i], f, frames, 1) * fps) / 25;
  }
  return { frames, dims, data, names };
}
