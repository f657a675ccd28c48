import type { EncodedPacket } from 'mediabunny';
import { Fault } from '@soliloquy/fault';
import type { Audio } from './audio.ts';
import { loadCodecs } from './load-codecs.ts';
import { resample } from './resample.ts';

/** Rate of the sound in a film, Hz. */
export const FILM_SAMPLE_RATE = 48_000;
const BITRATE = 128_000;
/** Samples in an AAC packet, and what the encoder puts before the first sample. */
const PACKET = 1024;

/** AAC packets in order, with what a player needs before the first. */
export interface AacPackets {
  readonly packets: readonly EncodedPacket[];
  readonly meta: EncodedAudioChunkMetadata;
}

/**
 * Mono sound as AAC-LC at 48 kHz. The encoder's first packet is priming and gets time −1024 samples, so that sample 0
 * is heard at time 0; the last packet is cut to the sound's end. Times are set here because the encoder repeats one at
 * the end.
 *
 * @param seconds the sound is cut there
 */
export async function encodeAac(audio: Audio, seconds: number): Promise<AacPackets> {
  const { EncodedPacket } = await loadCodecs();
  const samples = resample(audio, FILM_SAMPLE_RATE).samples.subarray(0, Math.round(seconds * FILM_SAMPLE_RATE));
  const chunks: Uint8Array[] = [];
  let meta: EncodedAudioChunkMetadata | undefined;
  let failed: Error | undefined;
  const encoder = new AudioEncoder({
    output: (chunk, given) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      chunks.push(data);
      meta ??= given;
    },
    error: (error) => (failed = error),
  });
  encoder.configure({ codec: 'mp4a.40.2', sampleRate: FILM_SAMPLE_RATE, numberOfChannels: 1, bitrate: BITRATE });
  const block = 48 * PACKET;
  for (let from = 0; from < samples.length; from += block) {
    // Whole packets only: the last is filled with silence.
    const part = new Float32Array(Math.ceil(Math.min(block, samples.length - from) / PACKET) * PACKET);
    part.set(samples.subarray(from, from + block));
    const data = new AudioData({
      format: 'f32',
      sampleRate: FILM_SAMPLE_RATE,
      numberOfFrames: part.length,
      numberOfChannels: 1,
      timestamp: Math.round((from * 1e6) / FILM_SAMPLE_RATE),
      data: part,
    });
    encoder.encode(data);
    data.close();
  }
  await encoder.flush();
  encoder.close();
  if (failed) throw failed;
  if (!meta)
    throw new Fault({
      code: 'media.argument',
      where: 'encode-aac.meta',
      expected: 'a decoder configuration with the first packet',
      got: 'none',
      remedy: 'report this with the version of @napi-rs/webcodecs',
      audience: 'author',
    });

  const packets: EncodedPacket[] = [];
  chunks.forEach((data, index) => {
    const start = (index - 1) * PACKET;
    const length = Math.min(PACKET, samples.length - start);
    if (length > 0) packets.push(new EncodedPacket(data, 'key', start / FILM_SAMPLE_RATE, length / FILM_SAMPLE_RATE));
  });
  return { packets, meta };
}
