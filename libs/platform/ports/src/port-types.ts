import { attributes } from './attributes.ts';
import { audio } from './audio.ts';
import { backbone } from './backbone.ts';
import { camera } from './camera.ts';
import { deformation } from './deformation-port.ts';
import { file } from './file.ts';
import { gaussians } from './gaussians-port.ts';
import { image } from './image.ts';
import { landmarks } from './landmarks.ts';
import { metrics } from './metrics.ts';
import { model } from './model.ts';
import { motion } from './motion.ts';
import type { PortType } from './port-type.ts';
import { report } from './report.ts';
import { text } from './text.ts';
import { timings } from './timings.ts';
import { tracks } from './tracks.ts';
import { video } from './video.ts';

const all: readonly unknown[] = [
  text,
  attributes,
  image,
  landmarks,
  audio,
  timings,
  video,
  camera,
  gaussians,
  deformation,
  tracks,
  motion,
  backbone,
  metrics,
  report,
  file,
];

/** Every port type by its id, but for `model<kind>`, of which there are as many as kinds. */
export const PORT_TYPES: Readonly<Record<string, PortType>> = Object.fromEntries(
  (all as PortType[]).map((type) => [type.id, type]),
);

/** The port type of an id, e.g. `image` or `model<motion>`; undefined when there is none. */
export function portTypeById(id: string): PortType | undefined {
  const kind = /^model<([a-z][a-z0-9-]*)>$/.exec(id)?.[1];
  if (kind !== undefined) return model(kind) as unknown as PortType;
  return Object.hasOwn(PORT_TYPES, id) ? PORT_TYPES[id] : undefined;
}
