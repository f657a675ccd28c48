import type { InputVideoTrack } from 'mediabunny';
import { checkMp4Tables } from './check-tables.ts';
import { readTrackAudio } from './decode-compressed-audio.ts';
import { holdEventLoop, loadCodecs } from './load-codecs.ts';
import { firstLine, MediaError } from './media-error.ts';
import { checkRange, type FrameData, type Video } from './video.ts';
import { i420ToRgba } from './yuv.ts';

/** Rates that a film's own clock is rounded to when it is within a thousandth: whole ones and the NTSC ones. */
const NTSC = [24000 / 1001, 30000 / 1001, 60000 / 1001];

/**
 * A film from an MP4, decoded as it is read: any range, again and again, never all frames at once. Its sound is decoded
 * at once, at its own rate. The file's bytes are held as long as the film is.
 *
 * @param name what messages call it
 * @throws MediaError video-format when there is no film in it that can be decoded
 */
export async function openMp4(bytes: Uint8Array, name = 'video'): Promise<Video> {
  using _held = holdEventLoop();
  const { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } = await loadCodecs();
  try {
    checkMp4Tables(bytes);
    using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw new Error('no picture track');
    if (!(await track.canDecode()))
      throw new Error(`${(await track.getCodec()) ?? 'an unknown codec'} that cannot be decoded`);
    const width = await track.getDisplayWidth();
    const height = await track.getDisplayHeight();
    if (width % 2 !== 0 || height % 2 !== 0) throw new Error(`odd sides ${width}x${height}`);
    const times: number[] = [];
    let last = 0;
    for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
      times.push(packet.timestamp);
      last = packet.duration;
    }
    if (times.length === 0) throw new Error('no frame');
    times.sort((a, b) => a - b);
    const fps = snapRate(times.length / (times[times.length - 1] - times[0] + last));
    const soundTrack = await input.getPrimaryAudioTrack();
    const audio = soundTrack ? await readTrackAudio(soundTrack, Number.POSITIVE_INFINITY) : undefined;
    const frames = times.length;
    return {
      width,
      height,
      fps,
      frames,
      ...(audio && { audio }),
      read: (from = 0, to = frames) => readFrames(bytes, { width, height, times }, from, to),
    };
  } catch (cause) {
    throw new MediaError(
      {
        code: 'media.video-format',
        where: name,
        expected: 'an MP4 with a film',
        got: `${bytes.length} bytes that are none (${firstLine(cause)})`,
        remedy: 'give another file',
      },
      { cause },
    );
  }
}

/** A rate as films have it, where it is within a two-thousandth of one. */
export function snapRate(rate: number): number {
  return [Math.round(rate), ...NTSC].find((known) => Math.abs(known - rate) < 0.001 * rate * 0.5) ?? rate;
}

async function* readFrames(
  bytes: Uint8Array,
  film: { width: number; height: number; times: readonly number[] },
  from: number,
  to: number,
): AsyncGenerator<FrameData> {
  const { width, height, times } = film;
  checkRange(from, to, times.length);
  if (from === to) return;
  const { ALL_FORMATS, BufferSource, Input, VideoSampleSink } = await loadCodecs();
  // A reader of its own each time, so that two ranges can be read at once and an abandoned one frees its decoder.
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const track = (await input.getPrimaryVideoTrack()) as InputVideoTrack;
  const planes = new Uint8Array((width * height * 3) / 2);
  const rgba = new Uint8ClampedArray(width * height * 4);
  let held = holdEventLoop();
  try {
    let index = from;
    // Half a frame's slack on either side: times are rounded in the file.
    const slack = times.length > 1 ? (times[1] - times[0]) / 2 : 1e-3;
    for await (const sample of new VideoSampleSink(track).samples(times[from], times[to - 1] + slack)) {
      try {
        await sample.copyTo(planes, { format: 'I420' });
        i420ToRgba(
          planes,
          width,
          height,
          {
            matrix:
              sample.colorSpace.matrix === 'smpte170m' || sample.colorSpace.matrix === 'bt470bg' ? 'bt601' : 'bt709',
            fullRange: sample.colorSpace.fullRange === true,
          },
          rgba,
        );
      } finally {
        sample.close();
      }
      index += 1;
      // While the reader works on the frame nothing is waited for here: an abandoned reader must not keep the process.
      held[Symbol.dispose]();
      yield rgba;
      held = holdEventLoop();
    }
    if (index !== to)
      throw new MediaError({
        code: 'media.video-format',
        where: 'video.read',
        expected: `frames ${from} to ${to}`,
        got: `${index - from} of them`,
        remedy: 'the file is damaged: make it again',
      });
  } catch (cause) {
    if (cause instanceof MediaError) throw cause;
    throw new MediaError(
      {
        code: 'media.video-format',
        where: 'video.read',
        expected: `frames ${from} to ${to}`,
        got: `a damaged film (${firstLine(cause)})`,
        remedy: 'make it again',
      },
      { cause },
    );
  } finally {
    held[Symbol.dispose]();
  }
}
