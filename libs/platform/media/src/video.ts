import { Fault } from '@soliloquy/fault';
import type { Audio } from './audio.ts';

/**
 * One frame as it is read: u8 [height, width, 4] sRGB RGBA. The buffer belongs to the reader until it asks for the next
 * frame.
 */
export type FrameData = Uint8ClampedArray;

/**
 * A film whose frames are produced when they are read, so that five minutes never lie in memory at once.
 * A stage may return one whose frames are still to be computed: they are computed while the film is encoded.
 */
export interface Video {
  /** pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
  /** frames a second; part of the value, never assumed */
  readonly fps: number;
  /** number of frames */
  readonly frames: number;
  /** Frames `from` (inclusive) to `to` (exclusive), in order; may be called again and gives the same. */
  read(from?: number, to?: number): AsyncIterable<FrameData>;
  /** Coverage of the person, same size and frames; u8 [height, width] 0 … 255. */
  readonly matte?: VideoMatte;
  readonly audio?: Audio;
}

/** The matte of a film, read like its frames. */
export interface VideoMatte {
  /** u8 [height, width] each */
  read(from?: number, to?: number): AsyncIterable<Uint8ClampedArray>;
}

/** What a film is, without its frames. */
export type VideoHeader = Omit<Video, 'read'>;

/**
 * A film from a function that gives frames `from` (inclusive) to `to` (exclusive). It may give one buffer again and
 * again.
 *
 * @throws RangeError when a range outside the film is read
 */
export function videoFromFrames(
  header: VideoHeader,
  read: (from: number, to: number) => AsyncIterable<FrameData> | Iterable<FrameData>,
): Video {
  const { width, height, fps, frames, matte, audio } = header;
  return {
    width,
    height,
    fps,
    frames,
    ...(matte && { matte }),
    ...(audio && { audio }),
    async *read(from = 0, to = frames) {
      checkRange(from, to, frames);
      yield* read(from, to);
    },
  };
}

/** @throws RangeError unless 0 <= from <= to <= frames */
export function checkRange(from: number, to: number, frames: number): void {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= frames)) {
    throw new Fault({
      code: 'media.argument',
      where: 'video.read',
      expected: `0 <= from <= to <= ${frames}`,
      got: `${from} to ${to}`,
      remedy: 'ask for frames that the film has',
      audience: 'author',
    });
  }
}

/** Frames `from` to `to`, each in a buffer of its own: u8 [height, width, 4] each. */
export async function readAll(video: Pick<Video, 'read'>, from?: number, to?: number): Promise<FrameData[]> {
  const all: FrameData[] = [];
  for await (const frame of video.read(from, to)) all.push(frame.slice());
  return all;
}
