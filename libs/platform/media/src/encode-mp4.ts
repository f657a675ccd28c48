import { type AacPackets, encodeAac } from './encode-aac.ts';
import { holdEventLoop, loadCodecs } from './load-codecs.ts';
import { MediaError } from './media-error.ts';
import { zeroMp4Clock } from './mp4-clock.ts';
import type { Video } from './video.ts';
import { rgbaToI420 } from './yuv.ts';

/**
 * Bits for one pixel of one frame, and at least so many a second (small frames cost more each).
 * `intermediate` is for films that another stage computes with: visually lossless. `film` is for people.
 */
export const QUALITIES = {
  intermediate: { bitsPerPixel: 0.8, leastBitsPerSecond: 1_500_000 },
  film: { bitsPerPixel: 0.35, leastBitsPerSecond: 600_000 },
} as const;
export type VideoQuality = keyof typeof QUALITIES;

export interface EncodeMp4Options {
  /** Default `film` */
  readonly quality?: VideoQuality;
  /** Stored as the file's comment tag. */
  readonly comment?: string;
  /** Stops the encoding with its reason. */
  readonly signal?: AbortSignal;
  /** Called after each frame. */
  readonly onFrame?: (done: number, total: number) => void;
}

/**
 * A film as MP4: H.264 (4:2:0, BT.709 limited range, said so in the file; a key frame each second) and, where it has sound, AAC at 48 kHz, cut at the film's end.
 * Frames are read one at a time. Alpha and matte are not in it. Same film, same bytes: no clock is written.
 *
 * @throws MediaError video-size when a side is odd or there is no frame
 */
export async function encodeMp4(video: Video, options: EncodeMp4Options = {}): Promise<Uint8Array> {
  const { width, height, fps, frames } = video;
  if (width % 2 !== 0 || height % 2 !== 0 || width < 16 || height < 16) {
    throw new MediaError('video-size', `encode-mp4.size: expected even sides of at least 16 pixels (H.264 4:2:0), got ${width}x${height}; take the size from evenSize`);
  }
  if (frames < 1 || !(fps > 0)) throw new MediaError('video-size', `encode-mp4.frames: expected at least one frame at a positive rate, got ${frames} at ${fps} fps; give a longer film`);

  using _held = holdEventLoop();
  const { BufferTarget, EncodedAudioPacketSource, Mp4OutputFormat, Output, Quality, VideoSample, VideoSampleSource } = await loadCodecs();
  const { bitsPerPixel, leastBitsPerSecond } = QUALITIES[options.quality ?? 'film'];
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const pictures = new VideoSampleSource({
    codec: 'avc',
    quality: new Quality({ bitrate: Math.round(Math.max(leastBitsPerSecond, width * height * fps * bitsPerPixel)) }),
    keyFrameInterval: 1,
  });
  output.addVideoTrack(pictures, { frameRate: fps });
  let sound: AacPackets | undefined;
  const soundSource = new EncodedAudioPacketSource('aac');
  if (video.audio && video.audio.samples.length > 0) {
    sound = await encodeAac(video.audio, frames / fps);
    output.addAudioTrack(soundSource);
  }
  if (options.comment !== undefined) output.setMetadataTags({ comment: options.comment });

  let done = 0;
  let packet = 0;
  const addSoundUntil = async (seconds: number): Promise<void> => {
    for (; sound && packet < sound.packets.length && sound.packets[packet].timestamp < seconds; packet++) await soundSource.add(sound.packets[packet], packet === 0 ? sound.meta : undefined);
  };
  try {
    await output.start();
    const planes = new Uint8Array((width * height * 3) / 2);
    for await (const frame of video.read()) {
      options.signal?.throwIfAborted();
      if (frame.length !== width * height * 4) throw new MediaError('video-size', `encode-mp4.frame: expected u8 [${height}, ${width}, 4], got ${frame.length} bytes at frame ${done}; give RGBA frames of the film's size`);
      rgbaToI420(frame, width, height, planes);
      const sample = new VideoSample(planes, {
        format: 'I420',
        codedWidth: width,
        codedHeight: height,
        timestamp: done / fps,
        duration: 1 / fps,
        colorSpace: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false },
      });
      await addSoundUntil(done / fps);
      await pictures.add(sample);
      sample.close();
      done += 1;
      options.onFrame?.(done, frames);
    }
    if (done !== frames) throw new MediaError('video-size', `encode-mp4.frames: expected ${frames}, got ${done}; the film's reader ended at another frame than it says`);
    await addSoundUntil(Number.POSITIVE_INFINITY);
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => {});
    throw error;
  }
  if (!target.buffer) throw new Error('encode-mp4.output: expected a finished file, got none; report this with the version of mediabunny');
  const bytes = new Uint8Array(target.buffer);
  zeroMp4Clock(bytes);
  return bytes;
}
