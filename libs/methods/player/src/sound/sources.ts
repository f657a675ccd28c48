import { reasonOf } from '../fault.ts';
import type { SoundDesk } from './sound-desk.ts';

/** Something that is heard until it ends. */
export interface Source {
  readonly end: () => void;
}

/** What a source tells of itself. */
export interface SourceNews {
  readonly ended: () => void;
  /** in words for a person; undefined: it goes on */
  readonly trouble: (message: string | undefined) => void;
}

/** What `getUserMedia` refuses with, in words. */
const REFUSALS: Readonly<Record<string, string>> = {
  NotAllowedError: 'The microphone may not be used: allow it for this page, then try again.',
  NotFoundError: 'There is no microphone here: connect one, or play a file.',
  NotReadableError: 'The microphone cannot be read: another program may hold it.',
};

/** @throws Error in words where there is none, or it is refused */
export async function microphone(desk: SoundDesk, news: SourceNews): Promise<Source> {
  if (navigator.mediaDevices === undefined)
    throw new Error('This page may not use a microphone: open it from this machine, or by https.');
  const stream = await navigator.mediaDevices
    .getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } })
    .catch((thrown: Error) => {
      throw new Error(REFUSALS[thrown.name] ?? `The microphone did not start: ${reasonOf(thrown)}`, { cause: thrown });
    });
  const source = mediaStream(desk, stream, { isAudible: false, ...news });
  return {
    end() {
      source.end();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

/** @param stream of a call, a microphone or whatever else; its tracks are left running when it ends here */
export function mediaStream(
  desk: SoundDesk,
  stream: MediaStream,
  { isAudible, ended, trouble }: SourceNews & { readonly isAudible: boolean },
): Source {
  const [track] = stream.getAudioTracks();
  if (track === undefined) throw new Error('This stream has no sound: give one with an audio track.');
  const node = desk.context.createMediaStreamSource(stream);
  const disconnect = desk.connect(node, isAudible);
  const muted = (): void => trouble('No sound comes from this source now.');
  const unmuted = (): void => trouble(undefined);
  track.addEventListener('ended', ended);
  track.addEventListener('mute', muted);
  track.addEventListener('unmute', unmuted);
  return {
    end() {
      disconnect();
      track.removeEventListener('ended', ended);
      track.removeEventListener('mute', muted);
      track.removeEventListener('unmute', unmuted);
    },
  };
}

/** A recording, in whatever form the browser decodes. @throws Error in words where it does not */
export async function recording(desk: SoundDesk, bytes: ArrayBuffer, { ended }: SourceNews): Promise<Source> {
  const buffer = await desk.context.decodeAudioData(bytes.slice(0)).catch((thrown: unknown) => {
    throw new Error('This is no sound that the browser can play: give WAV, MP3 or M4A.', { cause: thrown });
  });
  const node = new AudioBufferSourceNode(desk.context, { buffer });
  const disconnect = desk.connect(node, true);
  node.addEventListener('ended', ended);
  node.start();
  return {
    end() {
      node.removeEventListener('ended', ended);
      node.stop();
      disconnect();
    },
  };
}

/** Sound that is pushed in, e.g. by a voice agent: one piece is played after the other, without gaps. */
export class PushedSound implements Source {
  readonly #desk: SoundDesk;
  readonly #gain: GainNode;
  readonly #disconnect: () => void;
  #until = 0;

  constructor(desk: SoundDesk) {
    this.#desk = desk;
    this.#gain = desk.context.createGain();
    this.#disconnect = desk.connect(this.#gain, true);
  }

  /** @param samples f32 -1 … 1, mono @param sampleRate 8 000 … 192 000 Hz @throws Error for another rate */
  push(samples: Float32Array, sampleRate: number): void {
    if (!(sampleRate >= 8000 && sampleRate <= 192_000))
      throw new Error(`player.push: expected a rate of 8000 to 192000 Hz, got ${sampleRate}`);
    if (samples.length === 0) return;
    const { context } = this.#desk;
    const buffer = new AudioBuffer({ length: samples.length, sampleRate });
    buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0);
    const node = new AudioBufferSourceNode(context, { buffer });
    node.connect(this.#gain);
    const at = Math.max(this.#until, context.currentTime + 0.02);
    node.start(at);
    this.#until = at + buffer.duration;
  }

  end(): void {
    this.#disconnect();
  }
}
