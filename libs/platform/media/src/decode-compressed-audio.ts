import type { AudioSample, Input, InputAudioTrack } from 'mediabunny';
import type { Audio } from './audio.ts';
import { ChannelSums, opposedNotice } from './channel-sums.ts';
import { checkFlac, checkMp4Tables } from './check-tables.ts';
import { codecTitle, formatTitle } from './codec-titles.ts';
import { holdEventLoop, loadCodecs } from './load-codecs.ts';
import { firstLine, MediaError } from './media-error.ts';
import { mixDown } from './mix-down.ts';
import { findMp3, type Mp3 } from './mp3-info.ts';
import { resample } from './resample.ts';
import { flacOfOgg, isOgg, splitOgg, type OggLink } from './split-ogg.ts';

/** What a whole recording may lack at its end, seconds: decoders drop up to two packets. */
const LONGEST_GAP = 0.1;

/** Sound of a film begins sooner, seconds. */
const LATEST_START = 600;

export interface DecodeOptions {
  readonly name: string;
  /** longer sound is refused before all of it is decoded */
  readonly maxSeconds: number;
  /** Told what was done to the sound that its giver should know. */
  readonly notice: (message: string) => void;
}

/** Beyond what is allowed, seconds, that is still decoded: an encoder's padding, which is gone afterwards. */
const SLACK = 1;

/** MP3, M4A, OGG, FLAC and what else mediabunny reads, as mono. */
export async function decodeCompressedAudio(bytes: Uint8Array, options: DecodeOptions): Promise<Audio> {
  const { name } = options;
  try {
    if (isOgg(bytes)) return await decodeOgg(bytes, options);
    const mp3 = findMp3(bytes);
    return mp3 ? await decodeMp3(mp3, options) : await decodeFile(bytes, options);
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

/** mediabunny skips the information frame and leaves the silence that the encoder put around the sound. */
async function decodeMp3({ bytes, info }: Mp3, options: DecodeOptions): Promise<Audio> {
  const { name } = options;
  const lost = info?.expectedBytes === undefined ? 0 : info.expectedBytes - info.bytes;
  // Tools that edit tags leave the count off by a frame.
  if (info?.expectedBytes !== undefined && lost > Math.max(1500, 0.01 * info.expectedBytes)) {
    throw new MediaError({
      code: 'media.audio-truncated',
      where: name,
      expected: `${info.expectedBytes} bytes of MP3`,
      got: `${info.bytes}, ${lost} bytes missing`,
      remedy: 'copy the recording again',
    });
  }
  const { sampleRate, samples } = await decodeFile(bytes, options);
  const from = info?.startPadding ?? 0;
  return { sampleRate, samples: samples.slice(from, Math.max(from, samples.length - (info?.endPadding ?? 0))) };
}

/** Every file in an Ogg, one after another, at the rate of the first. */
async function decodeOgg(bytes: Uint8Array, options: DecodeOptions): Promise<Audio> {
  const { name, maxSeconds, notice } = options;
  const parts: Audio[] = [];
  let seconds = 0;
  for (const link of splitOgg(bytes)) {
    const stream =
      link.streams.find(({ codec }) => codec === 'opus' || codec === 'flac') ??
      link.streams.find(({ codec }) => codec === 'vorbis');
    if (!stream) throw unusable(name, `sound in ${soundsOf(link)} that cannot be decoded`);
    const part =
      stream.codec === 'flac'
        ? await decodeFile(flacOfOgg(link, stream.serial), options)
        : await decodeFile(link.bytes, options);
    parts.push(part);
    seconds += part.samples.length / part.sampleRate;
    if (seconds > maxSeconds + SLACK) break;
  }
  if (parts.length === 0) throw new Error('no page of it is whole');
  if (parts.length > 1) notice(`${name}: ${parts.length} recordings one after another in one file, taken as one`);
  return joined(parts);
}

const soundsOf = ({ streams }: OggLink): string =>
  streams
    .filter(({ codec }) => codec !== 'skeleton')
    .map(({ codec }) => codecTitle(codec))
    .join(', ') || codecTitle('unknown');

function joined(parts: readonly Audio[]): Audio {
  if (parts.length === 1) return parts[0];
  const { sampleRate } = parts[0];
  return { sampleRate, samples: concatenated(parts.map((part) => resample(part, sampleRate).samples)) };
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
}

function unusable(name: string, got: string): MediaError {
  return new MediaError({
    code: 'media.audio-format',
    where: name,
    expected: 'a WAV, MP3, M4A, OGG or FLAC recording',
    got: `${got}`,
    remedy: 'save it as WAV',
  });
}

/** The first track that can be decoded, of a file that mediabunny reads. */
async function decodeFile(bytes: Uint8Array, { name, maxSeconds, notice }: DecodeOptions): Promise<Audio> {
  checkFlac(bytes);
  checkMp4Tables(bytes);
  using _held = holdEventLoop();
  const { ALL_FORMATS, BufferSource, Input } = await loadCodecs();
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  if (!(await input.canRead().catch(() => false))) throw unusable(name, formatTitle(bytes) ?? 'something else');
  const tracks = await tracksInOrder(input);
  // The directory of an MP4 often stands at its end: cut off, it leaves a file without tracks.
  if (tracks.length === 0) throw unusable(name, 'a file without sound, or the first part of one');
  const others: string[] = [];
  let track: InputAudioTrack | undefined;
  for (const each of tracks) {
    if (await decodes(each)) {
      track = each;
      break;
    }
    others.push(await titleOf(each));
  }
  if (!track) throw unusable(name, `sound in ${[...new Set(others)].join(', ')} that cannot be decoded`);
  if (others.length > 0) notice(`${name}: sound in ${others.join(', ')} cannot be decoded, the next track is taken`);
  const seconds = await track.computeDuration({ metadataOnly: true });
  if (seconds > maxSeconds + SLACK)
    throw new MediaError({
      code: 'media.audio-too-long',
      where: `${name}.duration`,
      expected: `at most ${maxSeconds} s`,
      got: `${seconds.toFixed(1)} s`,
      remedy: 'cut it',
    });
  return await readTrackAudio(track, maxSeconds, (channel) => notice(opposedNotice(name, channel)));
}

/** Tracks of sound, the one first that a player would take. */
async function tracksInOrder(input: Input): Promise<InputAudioTrack[]> {
  const primary = await input.getPrimaryAudioTrack();
  return primary ? [primary, ...(await input.getAudioTracks()).filter((track) => track !== primary)] : [];
}

/** Whether a decoder takes the track: @napi-rs/webcodecs says yes to some and closes when it is set up. */
async function decodes(track: InputAudioTrack): Promise<boolean> {
  const codec = await track.getCodec();
  if (codec === null || !(await track.canDecode())) return false;
  if (isPcm(codec)) return true;
  const decoder = new AudioDecoder({ output: (data) => data.close(), error: () => {} });
  try {
    decoder.configure((await track.getDecoderConfig())!);
    // A decoder that could not be opened says so a turn later.
    await new Promise((resolve) => setTimeout(resolve, 0));
    return stateOf(decoder) === 'configured';
  } catch {
    return false;
  } finally {
    if (decoder.state !== 'closed') decoder.close();
  }
}

/** Read anew: it changes behind the compiler's back. */
const stateOf = (decoder: AudioDecoder): CodecState => decoder.state;

const isPcm = (codec: string): boolean => /^(pcm|ulaw|alaw)/.test(codec);

async function titleOf(track: InputAudioTrack): Promise<string> {
  const codec = await track.getCodec();
  const id = await track.getInternalCodecId();
  return codecTitle(codec ?? (typeof id === 'string' ? id : 'unknown'));
}

/**
 * A track decoded to mono: the mean of its channels, or the loudest where they cancel one another. What lies before
 * time 0 (an encoder's priming) is dropped, a late start is silence. The start is the first packet's, and samples are
 * counted from there: a decoder that works on several packets at once (FLAC, as many as there are cores) gives the
 * times of later ones.
 *
 * @param opposed called with the channel that stands for all
 */
export async function readTrackAudio(
  track: InputAudioTrack,
  maxSeconds: number,
  opposed: (channel: number) => void = () => {},
): Promise<Audio> {
  using _held = holdEventLoop();
  const sums = await sumsOf(track);
  const whole = await readChannel(track, maxSeconds, { sums });
  const only = sums?.opposed();
  if (only === undefined) return whole;
  opposed(only);
  return readChannel(track, maxSeconds, { only });
}

async function sumsOf(track: InputAudioTrack): Promise<ChannelSums | undefined> {
  const channels = await track.getNumberOfChannels();
  return channels > 1 ? new ChannelSums(channels, await track.getSampleRate()) : undefined;
}

async function readChannel(
  track: InputAudioTrack,
  maxSeconds: number,
  { sums, only }: { readonly sums?: ChannelSums; readonly only?: number },
): Promise<Audio> {
  const parts: Float32Array[] = [];
  let sampleRate = 0;
  let length = 0;
  let early = 0;
  for await (const sample of decodedSamples(track)) {
    try {
      if (sampleRate === 0) {
        sampleRate = sample.sampleRate;
        const start = Math.round((await startOf(track)) * sampleRate);
        // Silence costs a file nothing and us four bytes a sample.
        if (start > (Math.min(maxSeconds, LATEST_START) + SLACK) * sampleRate)
          throw new Error(`its sound begins after ${Math.round(start / sampleRate)} s`);
        if (start > 0) parts.push(new Float32Array(start));
        length = Math.max(0, start);
        early = Math.max(await opusPreSkip(track), -start);
      }
      const mono = mixDown(sample, only, sums).subarray(early);
      early = Math.max(0, early - sample.numberOfFrames);
      if (mono.length > 0) parts.push(mono);
      length += mono.length;
    } finally {
      sample.close();
    }
    if (length > (maxSeconds + SLACK) * sampleRate) break;
  }
  if (sampleRate === 0) throw new Error('no sound in it');
  const samples = concatenated(parts);
  // The last packet of a file is whole, what is heard of it is said by the track's duration. An MP3 says what its first
  // part has where several were put together.
  const heard = Math.round((await track.computeDuration({ metadataOnly: true })) * sampleRate);
  const missing = (heard - length) / sampleRate;
  if (missing > LONGEST_GAP && heard / sampleRate <= maxSeconds + SLACK)
    throw new Error(`${missing.toFixed(2)} of ${(heard / sampleRate).toFixed(2)} s missing`);
  const cut = heard > 0 && heard < length && (await track.getCodec()) !== 'mp3' && (await endsAsSaid(track));
  return { sampleRate, samples: cut ? samples.slice(0, heard) : samples };
}

/** Matroska and WebM need not say how long a packet is; the track seems to end where such a last one begins. */
async function endsAsSaid(track: InputAudioTrack): Promise<boolean> {
  const { EncodedPacketSink } = await loadCodecs();
  const last = await new EncodedPacketSink(track).getPacket(Infinity, { metadataOnly: true });
  return last === null || last.duration > 0;
}

/** When the first packet is heard, seconds. A stream of Ogg may have been running long before it was recorded. */
async function startOf(track: InputAudioTrack): Promise<number> {
  const { EncodedPacketSink, OggInputFormat } = await loadCodecs();
  const first = await new EncodedPacketSink(track).getFirstPacket({ metadataOnly: true });
  const seconds = first?.timestamp ?? 0;
  return (await track.input.getFormat()) instanceof OggInputFormat ? Math.min(0, seconds) : seconds;
}

/**
 * Packets that are given to a decoder at once. @napi-rs/webcodecs 1.3 drops what it decoded once a thousand or so wait
 * to be taken, without a word: on a busy machine a minute of sound was gone.
 */
const BATCH = 32;

/** The samples of a track in order. What mediabunny's own sink does, but for that it lets the queue grow. */
async function* decodedSamples(track: InputAudioTrack): AsyncGenerator<AudioSample> {
  const { AudioSample, AudioSampleSink, EncodedPacketSink } = await loadCodecs();
  if (isPcm((await track.getCodec()) ?? '')) return yield* new AudioSampleSink(track).samples();
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
