import type { AudioSample, InputAudioTrack } from 'mediabunny';
import type { Audio } from './audio.ts';
import { holdEventLoop, loadCodecs } from './load-codecs.ts';
import { firstLine, MediaError } from './media-error.ts';
import { mixDown } from './mix-down.ts';
import { readMp3Info } from './mp3-info.ts';

/** What a whole recording may lack at its end, seconds: decoders drop up to two packets. */
const LONGEST_GAP = 0.1;

/**
 * MP3, M4A, OGG, FLAC and what else mediabunny reads, as mono.
 *
 * @param maxSeconds longer sound is refused before it is decoded
 */
export async function decodeCompressedAudio(bytes: Uint8Array, name: string, maxSeconds: number): Promise<Audio> {
  using _held = holdEventLoop();
  const { ALL_FORMATS, BufferSource, Input } = await loadCodecs();
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const refuse = (got: string, cause?: unknown): MediaError =>
    new MediaError(
      {
        code: 'media.audio-format',
        where: name,
        expected: 'a WAV, MP3, M4A, OGG or FLAC recording',
        got,
        remedy: 'save it as WAV',
      },
      { cause },
    );
  if (!(await input.canRead().catch(() => false))) throw refuse('something else');
  try {
    const track = await input.getPrimaryAudioTrack();
    // The directory of an MP4 often stands at its end: cut off, it leaves a file without tracks.
    if (!track) throw refuse('a file without sound, or the first part of one');
    if (!(await track.canDecode()))
      throw refuse(`sound in ${(await track.getCodec()) ?? 'an unknown codec'} that cannot be decoded`);
    const seconds = await track.computeDuration({ metadataOnly: true });
    if (seconds > maxSeconds)
      throw new MediaError({
        code: 'media.audio-too-long',
        where: `${name}.duration`,
        expected: `at most ${maxSeconds} s`,
        got: `${seconds.toFixed(1)} s`,
        remedy: 'cut it',
      });
    const mp3 = (await track.getCodec()) === 'mp3' ? readMp3Info(bytes) : undefined;
    // Tools that edit tags leave the count off by a frame.
    if (mp3?.expectedBytes !== undefined && mp3.expectedBytes - mp3.bytes > Math.max(1500, 0.01 * mp3.expectedBytes)) {
      throw new MediaError({
        code: 'media.audio-truncated',
        where: name,
        expected: `${mp3.expectedBytes} bytes of MP3`,
        got: `${mp3.bytes}, ${mp3.expectedBytes - mp3.bytes} bytes missing`,
        remedy: 'copy the recording again',
      });
    }
    const { sampleRate, samples } = await readTrackAudio(track, maxSeconds);
    // mediabunny skips the information frame and leaves the silence that the encoder put around the sound.
    return mp3
      ? {
          sampleRate,
          samples: samples.slice(mp3.startPadding, Math.max(mp3.startPadding, samples.length - mp3.endPadding)),
        }
      : { sampleRate, samples };
  } catch (cause) {
    if (cause instanceof MediaError) throw cause;
    throw new MediaError(
      {
        code: 'media.audio-truncated',
        where: name,
        expected: 'a whole recording',
        got: `a truncated or damaged one (${firstLine(cause)})`,
        remedy: 'copy the recording again',
      },
      { cause },
    );
  }
}

/** A track decoded to mono. What lies before time 0 (an encoder's priming) is dropped, a late start is silence. */
export async function readTrackAudio(track: InputAudioTrack, maxSeconds: number): Promise<Audio> {
  using _held = holdEventLoop();
  const parts: Float32Array[] = [];
  let sampleRate = 0;
  let length = 0;
  const opusDelay = await opusPreSkip(track);
  for await (const sample of decodedSamples(track)) {
    try {
      if (sampleRate === 0) {
        sampleRate = sample.sampleRate;
        const late = Math.round(sample.timestamp * sampleRate);
        if (late > 0) parts.push(new Float32Array(late));
        length = Math.max(0, late);
      }
      const early =
        parts.length === 0
          ? Math.min(sample.numberOfFrames, Math.max(opusDelay, Math.round(-sample.timestamp * sampleRate)))
          : 0;
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
  const missing = (heard - length) / sampleRate;
  if (missing > LONGEST_GAP && heard / sampleRate <= maxSeconds)
    throw new Error(`${missing.toFixed(2)} of ${(heard / sampleRate).toFixed(2)} s missing`);
  return { sampleRate, samples: heard > 0 && heard < length ? samples.slice(0, heard) : samples };
}

/**
 * Packets that are given to a decoder at once. @napi-rs/webcodecs 1.3 drops what it decoded once a thousand or so wait
 * to be taken, without a word: on a busy machine a minute of sound was gone.
 */
const BATCH = 32;

/** The samples of a track in order. What mediabunny's own sink does, but for that it lets the queue grow. */
async function* decodedSamples(track: InputAudioTrack): AsyncGenerator<AudioSample> {
  const { AudioSample, AudioSampleSink, EncodedPacketSink } = await loadCodecs();
  if ((await track.getCodec())?.startsWith('pcm')) return yield* new AudioSampleSink(track).samples();
  const ready: AudioSample[] = [];
  const failures: Error[] = [];
  const decoder = new AudioDecoder({
    output: (data) => void ready.push(new AudioSample(data)),
    error: (error) => void failures.push(error),
  });
  try {
    decoder.configure((await track.getDecoderConfig())!);
    let given = 0;
    for await (const packet of new EncodedPacketSink(track).packets()) {
      decoder.decode(packet.toEncodedAudioChunk());
      if (++given % BATCH !== 0) continue;
      // At least one turn of the event loop, in which what was decoded is handed over.
      do await new Promise((resolve) => setTimeout(resolve, 1));
      while (decoder.decodeQueueSize > 0 && failures.length === 0);
      if (failures.length > 0) throw failures[0];
      yield* ready.splice(0);
    }
    await decoder.flush();
    if (failures.length > 0) throw failures[0];
    yield* ready.splice(0);
  } finally {
    for (const sample of ready) sample.close();
    if (decoder.state !== 'closed') decoder.close();
  }
}

/**
 * Samples at the start of an Opus stream that are not to be heard (RFC 7845 §4.2); mediabunny leaves them in. Frames of
 * Opus are at least as long.
 */
async function opusPreSkip(track: InputAudioTrack): Promise<number> {
  const description = (await track.getCodec()) === 'opus' ? (await track.getDecoderConfig())?.description : undefined;
  if (!description) return 0;
  const head = ArrayBuffer.isView(description)
    ? new DataView(description.buffer, description.byteOffset, description.byteLength)
    : new DataView(description);
  return head.byteLength >= 12 ? head.getUint16(10, true) : 0;
}
