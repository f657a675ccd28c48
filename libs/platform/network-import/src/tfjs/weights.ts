import { sizeOf, type Constant } from '../constant.ts';
import { ImportError } from '../import-error.ts';

/** A weight as TensorFlow.js's manifest describes it. */
interface ManifestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

/** What a stored element is: its bytes, and the number it stands for. */
interface Encoding {
  readonly bytes: number;
  read(view: DataView, at: number): number;
}

/**
 * Reads the weights of a TensorFlow.js model: f32, f16, or u8 and u16 that stand for min + q · scale.
 *
 * @param manifest text of `…-weights_manifest.json`
 * @param shards   the files that the manifest's groups name, in their order, one after another
 * @param where    names the file in faults
 * @returns        by name; what is stored in f16 stays so
 * @throws ImportError `network.malformed`
 */
export function readTfjsWeights(manifest: string, shards: Uint8Array, where: string): ReadonlyMap<string, Constant> {
  const malformed = (got: string): ImportError =>
    new ImportError({
      code: 'network.malformed',
      where,
      expected: 'weights of a TensorFlow.js model',
      got,
      remedy: 'install its package again',
    });
  const view = new DataView(shards.buffer, shards.byteOffset, shards.byteLength);
  const weights = new Map<string, Constant>();
  let at = 0;
  for (const weight of manifestOf(manifest, malformed)) {
    const encoding = encodingOf(weight);
    if (encoding === undefined) throw malformed(`${weight.name} of ${weight.quantization?.dtype ?? weight.dtype}`);
    const count = sizeOf(weight.shape);
    const end = at + count * encoding.bytes;
    if (end > shards.length) throw malformed(`${shards.length} bytes, of which ${weight.name} ends at ${end}`);
    const from = at;
    const data =
      weight.quantization?.dtype === 'float16'
        ? new Uint16Array(Uint8Array.from(shards.subarray(from, end)).buffer)
        : Float32Array.from({ length: count }, (_, i) => encoding.read(view, from + i * encoding.bytes));
    weights.set(weight.name, { shape: weight.shape, data });
    at = end;
  }
  if (at !== shards.length) throw malformed(`${shards.length} bytes for ${at} bytes of weights`);
  return weights;
}

function manifestOf(text: string, malformed: (got: string) => ImportError): ManifestWeight[] {
  let groups: unknown;
  try {
    groups = JSON.parse(text);
  } catch {
    throw malformed('a manifest that is no JSON');
  }
  const weights = Array.isArray(groups) ? groups.flatMap((group) => (group as { weights?: unknown })?.weights) : [];
  if (weights.length === 0 || !weights.every(isWeight)) throw malformed('a manifest that lists no weights');
  return weights;
}

function isWeight(value: unknown): value is ManifestWeight {
  const { name, shape, dtype } = (value ?? {}) as Partial<ManifestWeight>;
  const isShape = Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && n >= 0);
  return typeof name === 'string' && isShape && typeof dtype === 'string';
}

function encodingOf({ dtype, quantization }: ManifestWeight): Encoding | undefined {
  if (dtype !== 'float32') return undefined;
  if (quantization === undefined) return { bytes: 4, read: (view, at) => view.getFloat32(at, true) };
  const { scale, min } = quantization;
  if (quantization.dtype === 'float16') return { bytes: 2, read: () => Number.NaN };
  if (scale === undefined || min === undefined) return undefined;
  if (quantization.dtype === 'uint8') return { bytes: 1, read: (view, at) => view.getUint8(at) * scale + min };
  return quantization.dtype === 'uint16'
    ? { bytes: 2, read: (view, at) => view.getUint16(at, true) * scale + min }
    : undefined;
}
