import { alignedSpace, type PackedAlignedSpace } from '@soliloquy/gaussian-codec/port';
import { decodeImage, encodePng, type Image } from '@soliloquy/media';
import { motionModel, type PackedMotionModel } from '@soliloquy/motion-transformer/port';
import { gaussians as gaussiansPort, parseValue, type Gaussians, type PortType } from '@soliloquy/ports';
import { decodeSpz, encodeSpz } from '@soliloquy/splat';
import { halveWeights } from '@soliloquy/tensor/half-weights';
import { readOnnxPorts } from '@soliloquy/tensor/onnx-metadata';
import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { Parts } from './archive.ts';
import { listParts, type Avatar } from './avatar.ts';
import { FORMAT, VERSION, type Manifest } from './manifest.ts';
import { inFolder, MOTION, SPACE } from './part-names.ts';

/** What an avatar is made of. */
export interface AvatarContents {
  readonly gaussians: Gaussians;
  /** what is behind the person, at the size that films are drawn at */
  readonly background: Image;
  readonly space: PackedAlignedSpace;
  readonly motion: PackedMotionModel;
}

/** What is written beside its contents. */
export interface AvatarAbout extends Pick<Manifest, 'name' | 'licence' | 'consent' | 'fps' | 'provenance'> {
  /** WebP, for a glance */
  readonly thumbnail: Uint8Array;
}

/**
 * Puts an avatar together. Gaussians become `.spz` (24-bit positions; opacity, colour, scale as bytes), weights of the
 * networks 16 bits; all else keeps every bit.
 */
export async function packAvatar(contents: AvatarContents, { thumbnail, ...about }: AvatarAbout): Promise<Avatar> {
  const { gaussians, background, space, motion } = contents;
  const { count, camera, regions } = gaussians;
  const files: Parts = {
    'gaussians.spz': await encodeSpz(gaussians),
    'person.safetensors': encodeSafetensors({ regions: { shape: [count], data: regions } }),
    'background.png': await encodePng(background),
    'thumbnail.webp': thumbnail,
    ...halved(SPACE, space.files),
    ...halved(MOTION, motion.files),
  };
  const networks = Object.entries(files).filter(([name]) => name.endsWith('.onnx'));
  const { name, licence, consent, fps, provenance } = about;
  return {
    manifest: {
      format: FORMAT,
      version: VERSION,
      name,
      licence,
      consent,
      fps,
      gaussians: { count, camera },
      background: { width: background.width, height: background.height },
      cards: { space: { ...space.card }, motion: { ...motion.card } },
      networks: Object.fromEntries(networks.map(([file, bytes]) => [file, readOnnxPorts(bytes, file)])),
      provenance,
      files: await listParts(files),
    },
    files,
  };
}

/**
 * The contents of an avatar that `readAvatar` took.
 *
 * @throws PortError where a model lacks what its kind declares
 */
export async function openAvatar({ manifest, files }: Avatar): Promise<AvatarContents> {
  const { count, camera } = manifest.gaussians;
  const { regions } = decodeSafetensors(files['person.safetensors']).tensors;
  const arrays = await decodeSpz(files['gaussians.spz']);
  const model = <T>(type: PortType<T>, kind: string, card: unknown, folder: string): T =>
    parseValue(type.schema, { kind, card, files: inFolder(files, folder) }, `avatar.${folder.slice(0, -1)}`);
  return {
    gaussians: parseValue(
      gaussiansPort.schema,
      { ...arrays, count, camera, regions: regions.data },
      'avatar.gaussians.spz',
    ),
    background: await decodeImage(files['background.png'], { name: 'background.png' }),
    space: model(alignedSpace, 'aligned-space', manifest.cards.space, SPACE),
    motion: model(motionModel, 'motion', manifest.cards.motion, MOTION),
  };
}

/** Files of a model in their folder, its networks with weights of 16 bits. */
function halved(folder: string, files: Parts): Parts {
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [
      `${folder}${name}`,
      name.endsWith('.onnx') ? halveWeights(bytes, name) : bytes,
    ]),
  );
}

/** sha256 of each file, as a run lists them: where an avatar comes from. */
export async function digestsOf(files: Parts): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries(await listParts(files)).map(([name, { sha256 }]) => [name, sha256]));
}
