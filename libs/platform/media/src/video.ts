import type { Audio } from './audio.ts';

/** One frame as it is read: u8 [height, width, 4] sRGB RGBA. The buffer belongs to the reader until it asks for the next frame. */
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
