import type { InputVideoTrack, VideoSample } from 'mediabunny';
import { checkMp4Tables } from './check-tables.ts';
import { readTrackAudio } from './decode-compressed-audio.ts';
import { holdEventLoop, loadCodecs } from './load-codecs.ts';
import { firstLine, MediaError } from './media-error.ts';
import { snapRate } from './open-mp4.ts';
import { checkRange, type FrameData, type Video } from './video.ts';
import { i420ToRgba } from './yuv.ts';

export interface FootageOptions {
  /** What messages call it. */
  readonly name?: string;
  /** Frames a second; the film's own when left out, the usual one where they vary. */
  readonly fps?: number;
  /** Longer footage is refused, seconds. */
  readonly most?: number;
}

/** How a film's frames lie in its file. */
interface Track {
  /** pixels, as the file has them */
  readonly width: number;
  readonly height: number;
  /** degrees, clockwise, by which a viewer turns them */
  readonly rotation: 0 | 90 | 180 | 270;
  /** of the frames, seconds on the clock that the sound has too, ascending */
  readonly times: readonly number[];
}

const MOST_SECONDS = 1800;

/**
 * A film as somebody recorded it (MP4, MOV, WebM, Matroska), at one rate: of frames that come at varying intervals the
 * nearest in time is shown, so none is off by more than half an interval. It is turned upright as a player would. Sound
 * and frames keep the clock of the file: the film begins where both are at 0.
 *
 * @throws MediaError video-format when there is no film in it that can be decoded
 */
export async function openFootage(bytes: Uint8Array, options: FootageOptions = {}): Promise<Video> {
  using _held = holdEventLoop();
  const { name = 'footage', most = MOST_SECONDS } = options;
  const { ALL_FORMATS, BufferSource, Input } = await loadCodecs();
  try {
    checkMp4Tables(bytes);
    using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
    const picture = await input.getPrimaryVideoTrack();
    if (!picture) throw new Error('no picture track');
    if (!(await picture.canDecode()))
      throw new Error(`${(await picture.getCodec()) ?? 'an unknown codec'} that cannot be decoded`);
    const { track, end } = await readTrack(picture);
    if (end > most) throw new Error(`${Math.round(end)} s, more than ${most}`);
    const sound = await input.getPrimaryAudioTrack();
    const audio = sound ? await readTrackAudio(sound, Number.POSITIVE_INFINITY) : undefined;
    const fps = options.fps ?? usualRate(track.times, end);
    const frames = Math.max(1, Math.round(end * fps));
    const shown = nearest(track.times, fps, frames);
    const turned = track.rotation % 180 === 90;
    const header = {
      width: turned ? track.height : track.width,
      height: turned ? track.width : track.height,
      fps,
      frames,
      ...(audio && { audio }),
    };
    return { ...header, read: (from = 0, to = frames) => readFrames(bytes, track, shown, [from, to]) };
  } catch (cause) {
    throw new MediaError(
      {
        code: 'media.video-format',
        where: name,
        expected: 'a film: MP4, MOV or WebM',
        got: `${bytes.length} bytes that are none (${firstLine(cause)})`,
        remedy: 'give another file, e.g. exported as MP4 with H.264',
      },
      { cause },
    );
  }
}

async function readTrack(picture: InputVideoTrack): Promise<{ track: Track; end: number }> {
  const { EncodedPacketSink } = await loadCodecs();
  const [width, height] = [await picture.getCodedWidth(), await picture.getCodedHeight()];
  if (width % 2 !== 0 || height % 2 !== 0) throw new Error(`odd sides ${width}x${height}`);
  const times: number[] = [];
  let last = 0;
  for await (const packet of new EncodedPacketSink(picture).packets(undefined, undefined, { metadataOnly: true })) {
    times.push(packet.timestamp);
    last = packet.duration;
  }
  if (times.length === 0) throw new Error('no frame');
  times.sort((a, b) => a - b);
  const rotation = await picture.getRotation();
  return { track: { width, height, rotation, times }, end: (times.at(-1) as number) + last };
}

/** Of the intervals between frames the one in the middle says the rate, or their mean where they are alike. */
function usualRate(times: readonly number[], end: number): number {
  if (times.length < 3) return snapRate(times.length / Math.max(end - times[0], 1e-3));
  const intervals = times.slice(1).map((time, i) => time - times[i]);
  const middle = intervals.toSorted((a, b) => a - b)[intervals.length >> 1];
  const mean = ((times.at(-1) as number) - times[0]) / (times.length - 1);
  return snapRate(1 / (Math.abs(mean / middle - 1) < 0.02 ? mean : middle));
}

/** The frame of the file that is nearest to each frame of the film. */
function nearest(times: readonly number[], fps: number, frames: number): Uint32Array {
  const shown = new Uint32Array(frames);
  for (let frame = 0, at = 0; frame < frames; frame++) {
    const time = frame / fps;
    while (at + 1 < times.length && Math.abs(times[at + 1] - time) <= Math.abs(times[at] - time)) at++;
    shown[frame] = at;
  }
  return shown;
}

async function* readFrames(
  bytes: Uint8Array,
  track: Track,
  shown: Uint32Array,
  [from, to]: readonly [number, number],
): AsyncGenerator<FrameData> {
  checkRange(from, to, shown.length);
  if (from === to) return;
  const { ALL_FORMATS, BufferSource, Input, VideoSampleSink } = await loadCodecs();
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const picture = (await input.getPrimaryVideoTrack()) as InputVideoTrack;
  const { times, width, height } = track;
  const plain = new Uint8ClampedArray(width * height * 4);
  const turned = track.rotation === 0 ? plain : new Uint8ClampedArray(plain.length);
  const planes = new Uint8Array((width * height * 3) / 2);
  const [first, last] = [shown[from], shown[to - 1]];
  const slack = times.length > 1 ? (times[1] - times[0]) / 4 : 1e-3;
  let [frame, index] = [from, first];
  let held = holdEventLoop();
  try {
    for await (const sample of new VideoSampleSink(picture).samples(times[first], times[last] + slack)) {
      try {
        if (shown[frame] === index) await paint(sample, planes, plain, track);
      } finally {
        sample.close();
      }
      if (shown[frame] === index && turned !== plain) turn(plain, turned, track);
      for (; frame < to && shown[frame] === index; frame++) {
        // While the reader works on the frame nothing is waited for here.
        held[Symbol.dispose]();
        yield turned;
        held = holdEventLoop();
      }
      index++;
    }
    if (frame !== to) throw new Error(`${frame - from} of ${to - from} frames`);
  } catch (cause) {
    if (cause instanceof MediaError) throw cause;
    const got = `a damaged film (${firstLine(cause)})`;
    const told = { where: 'footage.read', expected: `frames ${from} to ${to}`, got, remedy: 'export it again' };
    throw new MediaError({ code: 'media.video-format', ...told }, { cause });
  } finally {
    held[Symbol.dispose]();
  }
}

async function paint(
  sample: VideoSample,
  planes: Uint8Array,
  rgba: Uint8ClampedArray,
  { width, height }: Track,
): Promise<void> {
  await sample.copyTo(planes, { format: 'I420' });
  const { matrix, fullRange } = sample.colorSpace;
  const isOld = matrix === 'smpte170m' || matrix === 'bt470bg';
  i420ToRgba(planes, width, height, { matrix: isOld ? 'bt601' : 'bt709', fullRange: fullRange === true }, rgba);
}

/** Turns a frame clockwise. */
function turn(from: Uint8ClampedArray, to: Uint8ClampedArray, { width, height, rotation }: Track): void {
  const [source, target] = [new Uint32Array(from.buffer), new Uint32Array(to.buffer)];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (rotation === 90) target[x * height + (height - 1 - y)] = source[at];
      else if (rotation === 180) target[(height - 1 - y) * width + (width - 1 - x)] = source[at];
      else target[(width - 1 - x) * height + y] = source[at];
    }
}
