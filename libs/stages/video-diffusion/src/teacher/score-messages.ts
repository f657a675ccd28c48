import { createHash } from 'node:crypto';
import type { Audio, Image } from '@soliloquy/ports';
import {
  decodeSafetensors,
  encodeSafetensors,
  fromFloat16Bits,
  toFloat16Bits,
  type Safetensors,
} from '@soliloquy/tensor/safetensors';

/** What a score program says hello with: another protocol is refused. */
export const PROTOCOL = 'soliloquy-score/1';

/**
 * Messages to and from a score program, each a safetensors file whose metadata says its `kind`.
 *
 * | kind      | from    | holds                                                                                   |
 * | --------- | ------- | --------------------------------------------------------------------------------------- |
 * | `hello`   | program | `protocol`, `name`                                                                      |
 * | `know`    | us      | `digest`, `what`, and `picture` u8 [h, w, 3], or `samples` f32 [n] and `rate`, or `text` |
 * | `known`   | program |                                                                                         |
 * | `score`   | us      | `pixels` f16 [F, h, w, 3] 0 … 1; three digests; `noise`, `seed`, `guidance`, `fps`        |
 * | `unknown` | program | `digests`, JSON: which of them it does not know                                         |
 * | `scored`  | program | `gradient` f32 or f16 [F, h, w, 3]; `distance`                                          |
 * | `refused` | program | `message`                                                                               |
 */
export type Answer = Safetensors & { readonly kind: string };

/** What never changes while a voice is scored: sent once, named by its digest. */
export interface Known {
  readonly digest: string;
  readonly message: Uint8Array;
}

export function knownPicture({ width, height, data }: Image): Known {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) rgb.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return known('picture', { picture: { shape: [height, width, 3], data: rgb } });
}

export function knownVoice({ samples, sampleRate }: Audio): Known {
  return known('voice', { samples: { shape: [samples.length], data: samples } }, { rate: String(sampleRate) });
}

export function knownPrompt(text: string): Known {
  return known('prompt', {}, { text });
}

function known(
  what: string,
  tensors: Parameters<typeof encodeSafetensors>[0],
  metadata: Readonly<Record<string, string>> = {},
): Known {
  const content = encodeSafetensors(tensors, { kind: 'know', what, ...metadata });
  const digest = createHash('sha256').update(content).digest('hex');
  return { digest, message: encodeSafetensors(tensors, { kind: 'know', what, digest, ...metadata }) };
}

/** What is asked of one piece of a film. */
export interface ScoreQuestion {
  /** f32 [F, h, w, 3] 0 … 1 */
  readonly pixels: Float32Array;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly picture: string;
  readonly voice: string;
  readonly prompt: string;
  /** share of the noise steps, 0 … 1 */
  readonly noise: number;
  readonly seed: number;
  readonly guidance: number;
  readonly fps: number;
}

/** Pixels go as f16, eleven bits of them: a film has eight. */
export function scoreMessage({ pixels, frames, height, width, ...said }: ScoreQuestion): Uint8Array {
  const metadata = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, String(value)]));
  return encodeSafetensors(
    { pixels: { shape: [frames, height, width, 3], data: toFloat16Bits(pixels) } },
    { kind: 'score', ...metadata },
  );
}

/** @throws SafetensorsError for bytes that are no message */
export function readAnswer(bytes: Uint8Array): Answer {
  const file = decodeSafetensors(bytes);
  return { ...file, kind: file.metadata.kind ?? 'none' };
}

/** f32 of an answer's gradient; undefined where it is of another shape or type. */
export function gradientOf({ tensors }: Answer, shape: readonly number[]): Float32Array | undefined {
  const gradient = tensors.gradient;
  if (gradient === undefined || gradient.shape.join() !== shape.join()) return undefined;
  if (gradient.data instanceof Float32Array) return gradient.data;
  return gradient.dtype === 'F16' ? fromFloat16Bits(gradient.data as Uint16Array) : undefined;
}
