import type { InputAudioTrack } from 'mediabunny';
import type { Audio } from './audio.ts';
import { holdEventLoop, loadCodecs } from './load-codecs.ts';
import { MediaError, firstLine } from './media-error.ts';

/**
 * MP3, M4A, OGG, FLAC and what else mediabunny reads, as mono.
 *
 * @param maxSeconds longer sound is refused before it is decoded
 */
export async function decodeCompressedAudio(bytes: Uint8Array, name: string, maxSeconds: number): Promise<Audio> {
  using _held = holdEventLoop();
  const { ALL_FORMATS, BufferSource, Input } = await loadCodecs();
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const refuse = (got: string, cause?: unknown): MediaError => new MediaError('audio-format', `${name}: expected a WAV, MP3, M4A, OGG or FLAC recording, got ${got}; save it as WAV`, { cause });
  if (!(await input.canRead().catch(() => false))) throw refuse('something else');
  try {
    const track = await input.getPrimaryAudioTrack();
    if (!track) throw refuse('a file without sound');
    if (!(await track.canDecode())) throw refuse(`sound in ${(await track.getCodec()) ?? 'an unknown codec'} that cannot be decoded`);
    const seconds = await track.computeDuration({ metadataOnly: true });
    if (seconds > maxSeconds) throw new MediaError('audio-too-long', `${name}.duration: expected at most ${maxSeconds} s, got ${seconds.toFixed(1)} s; cut it`);
    return await readTrackAudio(track, maxSeconds);
  } catch (cause) {
    if (cause instanceof MediaError) throw cause;
    throw new MediaError('audio-truncated', `${name}: expected a whole recording, got a truncated or damaged one (${firstLine(cause)}); copy the recording again`, { cause });
  }
}

/** A track decoded to mono. What lies before time 0 (an encoder's priming) is dropped, a late start is silence. */
export async function readTrackAudio(track: InputAudioTrack, maxSeconds: number): Promise<Audio> {
  using _held = holdEventLoop();
  const { AudioSampleSink } = await loadCodecs();
  const parts: Float32Array[] = [];
  let sampleRate = 0;
  let length = 0;
  for await (const sample of new AudioSampleSink(track).samples()) {
    try {
      if (sampleRate === 0) {
        sampleRate = sample.sampleRate;
        const late = Math.round(sample.timestamp * sampleRate);
        if (late > 0) parts.push(new Float32Array(late));
        length = Math.max(0, late);
      }
      const early = parts.length === 0 ? Math.min(sample.numberOfFrames, Math.max(0, Math.round(-sample.timestamp * sampleRate))) : 0;
      const mono = mixDown(sample).subarray(early);
      if (mono.length > 0) parts.push(mono);
      length += mono.length;
    } finally {
      sample.close();
    }
    if (length > (maxSeconds + 1) * sampleRate) break;
  }
  if (sampleRate === 0) throw new Error('no sound in it');
  const samples = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  // The last packet of a file is whole, what is heard of it is said by the track's duration.
  const heard = Math.round((await track.computeDuration({ metadataOnly: true })) * sampleRate);
  return { sampleRate, samples: heard > 0 && heard < length ? samples.slice(0, heard) : samples };
}

/** Channels averaged, f32 [frames]. */
function mixDown(sample: { numberOfFrames: number; numberOfChannels: number; copyTo(into: Float32Array, options: { planeIndex: number; format: 'f32-planar' }): void }): Float32Array {
  const { numberOfFrames, numberOfChannels } = sample;
  const mono = new Float32Array(numberOfFrames);
  const plane = new Float32Array(numberOfFrames);
  for (let channel = 0; channel < numberOfChannels; channel++) {
    sample.copyTo(plane, { planeIndex: channel, format: 'f32-planar' });
    for (let i = 0; i < numberOfFrames; i++) mono[i] += plane[i] / numberOfChannels;
  }
  return mono;
}
