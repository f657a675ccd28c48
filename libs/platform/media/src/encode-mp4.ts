import { Fault } from '@soliloquy/fault';
import { encodeAac, type AacPackets } from './encode-aac.ts';
import { openH264Encoder, type VideoQuality } from './encode-h264.ts';
import { holdEventLoop, loadCodecs } from './load-codecs.ts';
import { MediaError } from './media-error.ts';
import { zeroMp4Clock } from './mp4-clock.ts';
import type { Video } from './video.ts';
import { rgbaToI420 } from './yuv.ts';

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
 * A film as MP4: H.264 (4:2:0, BT.709 limited range, said so in the file; a key frame each second) and, where it has
 * sound, AAC at 48 kHz, cut at the film's end. Frames are read one at a time. Alpha and matte are not in it. Same film,
 * same bytes: no clock is written.
 *
 * @throws MediaError video-size when a side is odd or there is no frame
 */
export async function encodeMp4(video: Video, options: EncodeMp4Options = {}): Promise<Uint8Array> {
  const { width, height, fps, frames } = video;
  checkFilm(video);
  using _held = holdEventLoop();
  const { BufferTarget, EncodedAudioPacketSource, EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, Output } =
    await loadCodecs();
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const pictures = new EncodedVideoPacketSource('avc');
  const sounds = new EncodedAudioPacketSource('aac');
  output.addVideoTrack(pictures, { frameRate: fps });
  let sound: AacPackets | undefined;
  if (video.audio && video.audio.samples.length > 0) {
    sound = await encodeAac(video.audio, frames / fps);
    output.addAudioTrack(sounds);
  }
  if (options.comment !== undefined) output.setMetadataTags({ comment: options.comment });

  const encoder = await openH264Encoder(video, options.quality ?? 'film');
  let given = 0;
  let written = 0;
  let heard = 0;
  const writeReady = async (): Promise<void> => {
    for (const { data, key, meta } of encoder.take()) {
      for (; sound && heard < sound.packets.length && sound.packets[heard].timestamp < written / fps; heard++)
        await sounds.add(sound.packets[heard], heard === 0 ? sound.meta : undefined);
      await pictures.add(new EncodedPacket(data, key ? 'key' : 'delta', written / fps, 1 / fps), meta);
      written += 1;
    }
  };
  try {
    await output.start();
    const planes = new Uint8Array((width * height * 3) / 2);
    const keyInterval = Math.max(1, Math.round(fps));
    for await (const frame of video.read()) {
      options.signal?.throwIfAborted();
      checkFrame(video, frame, given);
      rgbaToI420(frame, width, height, planes);
      await encoder.encode(planes, given % keyInterval === 0);
      given += 1;
      await writeReady();
      options.onFrame?.(given, frames);
    }
    if (given !== frames)
      throw new MediaError({
        code: 'media.video-size',
        where: 'encode-mp4.frames',
        expected: `${frames}`,
        got: `${given}`,
        remedy: "the film's reader ended at another frame than it says",
      });
    await encoder.flush();
    await writeReady();
    for (; sound && heard < sound.packets.length; heard++)
      await sounds.add(sound.packets[heard], heard === 0 ? sound.meta : undefined);
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => {});
    throw error;
  } finally {
    encoder.close();
  }
  if (!target.buffer || written !== frames)
    throw new Fault({
      code: 'media.argument',
      where: 'encode-mp4.output',
      expected: `a finished file of ${frames} frames`,
      got: `${written}`,
      remedy: 'report this with the version of @napi-rs/webcodecs',
      audience: 'author',
    });
  const bytes = new Uint8Array(target.buffer);
  zeroMp4Clock(bytes);
  return bytes;
}

function checkFilm({ width, height, fps, frames }: Video): void {
  if (width % 2 !== 0 || height % 2 !== 0 || width < 16 || height < 16) {
    throw new MediaError({
      code: 'media.video-size',
      where: 'encode-mp4.size',
      expected: 'even sides of at least 16 pixels (H.264 4:2:0)',
      got: `${width}x${height}`,
      remedy: 'take the size from evenSize',
    });
  }
  if (frames < 1 || !(fps > 0))
    throw new MediaError({
      code: 'media.video-size',
      where: 'encode-mp4.frames',
      expected: 'at least one frame at a positive rate',
      got: `${frames} at ${fps} fps`,
      remedy: 'give a longer film',
    });
}

function checkFrame({ width, height }: Video, frame: Uint8ClampedArray, at: number): void {
  if (frame.length !== width * height * 4)
    throw new MediaError({
      code: 'media.video-size',
      where: 'encode-mp4.frame',
      expected: `u8 [${height}, ${width}, 4]`,
      got: `${frame.length} bytes at frame ${at}`,
      remedy: "give RGBA frames of the film's size",
    });
}
