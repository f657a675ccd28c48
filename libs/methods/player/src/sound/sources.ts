import { reasonOf } from '../fault.ts';
import type { SoundDesk } from './sound-desk.ts';

/** Something that is heard until it ends. */
export interface Source {
  readonly end: () => void;
  /** what is wrong with it from the start, in words */
  readonly trouble?: string | undefined;
}

/** What a source tells of itself. */
export interface SourceNews {
  /** by itself; the message says why, where nobody could expect it */
  readonly ended: (message?: string) => void;
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
  const source = mediaStream(desk, stream, {
    ...news,
    isAudible: false,
    ended: () => news.ended('The microphone is gone: connect it, or another, and talk again.'),
  });
  return {
    trouble: source.trouble,
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
  const connect = (track: MediaStreamTrack): (() => void) => {
    const disconnect = desk.connect(desk.context.createMediaStreamSource(new MediaStream([track])), isAudible);
    const leave = new AbortController();
    const { signal } = leave;
    track.addEventListener('ended', () => goOn('ended'), { signal });
    track.addEventListener('mute', () => trouble(MUTED), { signal });
    track.addEventListener('unmute', () => trouble(undefined), { signal });
    return () => {
      disconnect();
      leave.abort();
    };
  };
  const first = liveTrack(stream);
  if (first === undefined) throw new Error('This stream has no sound: give one with an audio track that is live.');
  let leave = connect(first);
  const goOn = (why: 'ended' | 'added'): void => {
    const track = liveTrack(stream);
    if (track === undefined) return why === 'ended' ? ended() : undefined;
    leave();
    leave = connect(track);
    trouble(track.muted ? MUTED : undefined);
  };
  // Chromium brings the sound of a call nowhere unless an element plays it.
  const pull = new Audio();
  pull.muted = true;
  pull.srcObject = stream;
  void pull.play().catch(() => undefined);
  // A call that goes on may bring another track.
  const added = (): void => goOn('added');
  stream.addEventListener('addtrack', added);
  return {
    trouble: first.muted ? MUTED : undefined,
    end() {
      stream.removeEventListener('addtrack', added);
      pull.srcObject = null;
      leave();
    },
  };
}

const MUTED = 'No sound comes from this source now.';

function liveTrack(stream: MediaStream): MediaStreamTrack | undefined {
  return stream.getAudioTracks().find(({ readyState }) => readyState === 'live');
}

/** A recording, in whatever form the browser decodes. @throws Error in words where it does not */
export async function recording(desk: SoundDesk, bytes: ArrayBuffer, { ended }: SourceNews): Promise<Source> {
  const buffer = await desk.context.decodeAudioData(bytes.slice(0)).catch((thrown: unknown) => {
    throw new Error('This is no sound that the browser can play: give WAV, MP3 or M4A.', { cause: thrown });
  });
  const node = new AudioBufferSourceNode(desk.context, { buffer });
  const disconnect = desk.connect(node, true);
  const over = (): void => ended();
  node.addEventListener('ended', over);
  node.start();
  return {
    end() {
      node.removeEventListener('ended', over);
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
    if (!samples.every(Number.isFinite)) throw new Error('player.push: expected finite samples, got others');
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
