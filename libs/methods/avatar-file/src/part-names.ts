/** Files of the models within the archive: those of their port types, in a folder each. */
export const SPACE = 'space/';
export const MOTION = 'motion/';

/** Parts that every avatar has. */
export const REQUIRED = [
  'background.png',
  'gaussians.spz',
  'person.safetensors',
  'thumbnail.webp',
  `${SPACE}audio.onnx`,
  `${SPACE}decoder.onnx`,
  `${SPACE}encoder.onnx`,
  `${SPACE}motion.onnx`,
  `${SPACE}rig.safetensors`,
  `${MOTION}scales.safetensors`,
  `${MOTION}transformer.onnx`,
] as const;

/** Parts that it may have. */
export const OPTIONAL = [`${MOTION}blinks.safetensors`, `${MOTION}refinement.onnx`] as const;

/** The files of one model, without their folder. */
export function inFolder(files: Readonly<Record<string, Uint8Array>>, folder: string): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, bytes]) =>
      name.startsWith(folder) ? [[name.slice(folder.length), bytes]] : [],
    ),
  );
}
