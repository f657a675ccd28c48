import type { SafetensorsTensor } from '@soliloquy/tensor/safetensors';
import { PortError } from './port-error.ts';

type Tensors = Readonly<Record<string, SafetensorsTensor>>;

/** Takes arrays of the right element type out of decoded safetensors. */
export function tensorReader(
  tensors: Tensors,
  where: string,
): { f32(name: string): Float32Array; i32(name: string): Int32Array; u8(name: string): Uint8Array } {
  const take = <A>(name: string, kind: { new (...args: never[]): A; readonly name: string }): A => {
    const data: unknown = tensors[name]?.data;
    if (data instanceof kind) return data;
    throw new PortError({
      code: 'port.artifact',
      where: `${where}.${name}`,
      expected: kind.name,
      got: data === undefined ? 'nothing' : (data as object).constructor.name,
      remedy: 'compute it again',
    });
  };
  return {
    f32: (name) => take(name, Float32Array),
    i32: (name) => take(name, Int32Array),
    u8: (name) => take(name, Uint8Array),
  };
}

/** Numbers that travel as text in the metadata. */
export function metadataNumber(metadata: Readonly<Record<string, string>>, name: string, where: string): number {
  const value = Number(metadata[name] ?? Number.NaN);
  if (Number.isNaN(value))
    throw new PortError({
      code: 'port.artifact',
      where: `${where}.${name}`,
      expected: 'a number',
      got: metadata[name] ?? 'nothing',
      remedy: 'compute it again',
    });
  return value;
}
