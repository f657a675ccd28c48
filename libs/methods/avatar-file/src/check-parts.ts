import { Fault } from '@soliloquy/fault';
import { REGIONS } from '@soliloquy/ports/gaussians';
import { decodeSpz } from '@soliloquy/splat';
import { nonFiniteConstant } from '@soliloquy/tensor/onnx-constants';
import { readOnnxPorts, refuseExternalData } from '@soliloquy/tensor/onnx-metadata';
import { decodeSafetensors, type SafetensorsTensor } from '@soliloquy/tensor/safetensors';
import type { Parts } from './archive.ts';
import { AvatarError, REMEDY } from './avatar-error.ts';
import type { Manifest } from './manifest.ts';
import { OPTIONAL, REQUIRED } from './part-names.ts';

/** Of `person.safetensors`. */
const REGIONS_TENSOR = 'regions';

/**
 * That the parts hold what the manifest says, agree with one another, and are finite.
 *
 * @throws AvatarError `avatar.content`
 */
export async function checkParts({ manifest, files }: { manifest: Manifest; files: Parts }): Promise<void> {
  const known: readonly string[] = [...REQUIRED, ...OPTIONAL];
  for (const name of REQUIRED) if (!(name in files)) throw wrong(name, 'this part', 'none');
  for (const name of Object.keys(files))
    if (!known.includes(name)) throw wrong(name, `one of ${known.join(', ')}`, name);
  for (const [name, bytes] of Object.entries(files)) {
    if (name.endsWith('.onnx')) checkNetwork(name, bytes, manifest.networks[name]);
    if (name.endsWith('.safetensors')) checkTensors(name, bytes);
  }
  const unheld = Object.keys(manifest.networks).find((name) => !(name in files));
  if (unheld !== undefined) throw wrong(unheld, 'this network, which the manifest lists', 'none');
  checkBackground(manifest.background, files['background.png']);
  await checkGaussians(manifest.gaussians.count, files);
}

function checkNetwork(name: string, bytes: Uint8Array, listed: Manifest['networks'][string] | undefined): void {
  const { ports, bad } = reading(name, () => {
    refuseExternalData(bytes, name);
    return { ports: readOnnxPorts(bytes, name), bad: nonFiniteConstant(bytes, name) };
  });
  if (listed === undefined) throw wrong(name, 'its inputs and outputs in the manifest', 'none');
  for (const side of ['inputs', 'outputs'] as const)
    if (ports[side].join() !== listed[side].join())
      throw wrong(name, `${side} ${listed[side].join(', ')}`, ports[side].join(', ') || 'none');
  if (bad !== undefined) throw wrong(name, 'finite numbers', `another in ${bad}`);
}

function checkTensors(name: string, bytes: Uint8Array): void {
  for (const [tensor, { data }] of Object.entries(reading(name, () => decodeSafetensors(bytes).tensors))) {
    if (!(data instanceof Float32Array)) continue;
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw wrong(`${name}.${tensor}`, 'finite numbers', `${data[at]} at ${at}`);
  }
}

/** Width and height stand at fixed places of a PNG (RFC 2083, 4.1.1). */
function checkBackground({ width, height }: Manifest['background'], bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isPng = bytes.length > 24 && view.getUint32(0) === 0x89504e47;
  const got = isPng ? `${view.getUint32(16)}x${view.getUint32(20)}` : 'no PNG';
  if (got !== `${width}x${height}`) throw wrong('background.png', `${width}x${height}`, got);
}

async function checkGaussians(count: number, files: Parts): Promise<void> {
  const { opacityLogits } = await decodeSpz(files['gaussians.spz']).catch((cause: unknown) => {
    throw wrong('gaussians.spz', 'Gaussians', (cause as Error).message, cause);
  });
  if (opacityLogits.length !== count) throw wrong('gaussians.spz', `${count} Gaussians`, String(opacityLogits.length));
  const { [REGIONS_TENSOR]: regions } = decodeSafetensors(files['person.safetensors']).tensors;
  requireShape('person.safetensors.regions', regions, [count]);
  requireIndices('person.safetensors.regions', regions, REGIONS.length);
  const rig = decodeSafetensors(files['space/rig.safetensors']).tensors;
  const at = (name: string): string => `space/rig.safetensors.${name}`;
  const [particles, neighbours] = [rig.positions?.shape[0] ?? 0, rig.indices?.shape[1] ?? 0];
  requireShape(at('positions'), rig.positions, [particles, 3]);
  requireShape(at('regions'), rig.regions, [particles]);
  requireIndices(at('regions'), rig.regions, REGIONS.length);
  requireShape(at('indices'), rig.indices, [count, neighbours]);
  requireShape(at('weights'), rig.weights, [count, neighbours]);
  requireIndices(at('indices'), rig.indices, particles);
}

function requireShape(where: string, tensor: SafetensorsTensor | undefined, shape: readonly number[]): void {
  if (tensor?.shape.join() !== shape.join() || shape.includes(0))
    throw wrong(where, `[${shape.join(', ')}]`, tensor === undefined ? 'none' : `[${tensor.shape.join(', ')}]`);
}

function requireIndices(where: string, { data }: SafetensorsTensor, end: number): void {
  for (let i = 0; i < data.length; i++)
    if (!(data[i] >= 0 && data[i] < end)) throw wrong(where, `0 … ${end - 1}`, `${data[i]} at ${i}`);
}

/** What a reader gives; its own fault as one of the avatar. */
function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof AvatarError || !(cause instanceof Fault)) throw cause;
    throw wrong(name, cause.expected, cause.got, cause);
  }
}

function wrong(part: string, expected: string, got: string, cause?: unknown): AvatarError {
  return new AvatarError({ code: 'avatar.content', where: `avatar.${part}`, expected, got, remedy: REMEDY }, { cause });
}
