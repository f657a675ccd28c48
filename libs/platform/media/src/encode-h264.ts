import { setAvcRate } from './avc-rate.ts';
import { encoderCores, openOnCores } from './encoder-cores.ts';
import { loadCodecs } from './load-codecs.ts';

/**
 * `intermediate` is for films that another stage computes with: visually lossless. `film` is for people.
 *
 * The codec package offers x264 in two ways. By bitrate it limits the buffer while it cuts the picture into slices for
 * its threads, and then no two encodes are alike. By quantizer it ignores the number and encodes at constant rate
 * factor 23, always the same bytes: so that is used. x264 weighs a frame's complexity by how long it is shown, q ~
 * (complexity · 0.04 s / duration)^0.4, so the quality is chosen by the rate that the encoder is told: 8 fps is worth 4
 * steps of the quantizer, 1 fps 11 (x264's limit).
 */
export const QUALITIES = { film: { encoderRate: 8 }, intermediate: { encoderRate: 1 } } as const;
export type VideoQuality = keyof typeof QUALITIES;

/**
 * Copies of the first frame that are encoded and not written: x264 starts at the plain rate factor and moves at most 4
 * steps a frame.
 */
const WARM_UP = 8;

/** Frames that may wait in the encoder. */
const QUEUE = 6;

/** A compressed frame, in order. */
export interface H264Packet {
  readonly data: Uint8Array;
  readonly key: boolean;
  /** With the first packet: what a decoder needs to know. */
  readonly meta?: EncodedVideoChunkMetadata;
}

/** An H.264 encoder: frames go in by `encode`, packets come out of `take`, as many as frames once `flush` is done. */
export interface H264Encoder {
  /** @param planes u8 [width height 3/2], BT.709 limited range; copied */
  encode(planes: Uint8Array, key: boolean): Promise<void>;
  /** Packets that are ready and were not taken yet. */
  take(): H264Packet[];
  flush(): Promise<void>;
  close(): void;
}

/**
 * Start an H.264 encoder (High profile, no frames out of order).
 *
 * @param fps written into the stream; the encoder itself is told another (see QUALITIES)
 * @param cores that the encoder sees: other numbers give other bytes
 */
export async function openH264Encoder(
  film: { width: number; height: number; fps: number },
  quality: VideoQuality,
  cores = encoderCores(),
): Promise<H264Encoder> {
  await loadCodecs();
  const { width, height, fps } = film;
  // The codec package keeps its callbacks for ever, and with them all that stands here: a film may hold its frames.
  const size = { width, height, fps };
  const rate = { fps, level: levelOf(width, height, fps) };
  let ready: H264Packet[] = [];
  let failed: Error | undefined;
  let wake = (): void => {};
  let described: EncodedVideoChunkMetadata | undefined;
  let warmed = 0;
  let given = 0;
  let got = 0;
  const encoder = new VideoEncoder({
    output: (chunk, meta) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      const config = meta?.decoderConfig;
      if (config?.description)
        described = { decoderConfig: { ...config, description: setAvcRate(bytesOf(config.description), rate) } };
      if (warmed === WARM_UP)
        ready.push({
          data,
          key: chunk.type === 'key',
          ...(got + ready.length === 0 && described && { meta: described }),
        });
      else warmed += 1;
      wake();
    },
    error: (error) => {
      failed = error;
      wake();
    },
  });
  // High profile
  const codec = `avc1.6400${rate.level.toString(16)}`;
  const framerate = QUALITIES[quality].encoderRate;
  openOnCores(
    () => encoder.configure({ codec, width, height, framerate, bitrateMode: 'quantizer', avc: { format: 'avc' } }),
    cores,
  );
  const progressOrFailure = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  const give = (planes: Uint8Array, key: boolean): void => {
    const frame = videoFrame(planes, size, given);
    encoder.encode(frame, { keyFrame: key });
    frame.close();
  };
  const encode = async (planes: Uint8Array, key: boolean): Promise<void> => {
    if (given === 0) for (let i = 0; i < WARM_UP; i++) give(planes, i === 0);
    give(planes, key);
    given += 1;
    while (!failed && given - got - ready.length > QUEUE) await progressOrFailure();
    if (failed) throw failed;
  };
  return {
    encode,
    take() {
      const taken = ready;
      ready = [];
      got += taken.length;
      return taken;
    },
    async flush() {
      await encoder.flush();
      if (failed) throw failed;
    },
    close() {
      if (encoder.state !== 'closed') encoder.close();
    },
  };
}

/** @param planes u8 I420, BT.709 limited range; @param index of the frame in the film */
function videoFrame(
  planes: Uint8Array,
  film: { width: number; height: number; fps: number },
  index: number,
): VideoFrame {
  return new VideoFrame(planes as Uint8Array<ArrayBuffer>, {
    format: 'I420',
    codedWidth: film.width,
    codedHeight: film.height,
    timestamp: Math.round((index * 1e6) / film.fps),
    duration: Math.round(1e6 / film.fps),
    colorSpace: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false },
  });
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** Levels of H.264 (ITU-T H.264 Table A-1): level_idc, macroblocks a second, macroblocks a frame. */
const LEVELS = [
  [30, 40_500, 1620],
  [31, 108_000, 3600],
  [32, 216_000, 5120],
  [40, 245_760, 8192],
  [42, 522_240, 8704],
  [50, 589_824, 22_080],
  [51, 983_040, 36_864],
  [52, 2_073_600, 36_864],
] as const;

/** The lowest level, as level_idc, that takes the film. */
function levelOf(width: number, height: number, fps: number): number {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const level = LEVELS.find(([, rate, frame]) => blocks <= frame && blocks * fps <= rate) ?? LEVELS[LEVELS.length - 1];
  return level[0];
}
