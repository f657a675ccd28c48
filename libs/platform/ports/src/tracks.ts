import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import {
  arrayProblem,
  arraySchema,
  countProblem,
  indexProblem,
  positiveProblem,
  type Problem,
} from './array-schema.ts';
import { artifactFile, parseValue, PortError } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { metadataNumber, tensorReader } from './tensor-reader.ts';

/** Parts of a person whose points are tracked; left and right are the person's own. */
export const TRACK_PARTS = ['body', 'face', 'leftHand', 'rightHand'] as const;
export type TrackPart = (typeof TRACK_PARTS)[number];

/** What the points are, where they are those of a person. */
export interface TrackLabels {
  /** Q names, each once within its part, e.g. `leftWrist`, `indexTip`, `33` */
  readonly names: readonly string[];
  /** u8 [Q] index into `TRACK_PARTS` */
  readonly parts: Uint8Array;
}

/** Pixel tracks. */
export interface Tracks {
  /** F */
  readonly frames: number;
  readonly fps: number;
  /** Q */
  readonly points: number;
  /** pixels, of the film */
  readonly width: number;
  readonly height: number;
  /** f32 [F, Q, 2] pixels, pixel centres at .5; where a point is not seen, where it was seen last */
  readonly positions: Float32Array;
  /** f32 [F, Q] 0 … 1: how sure it is that the point is seen there */
  readonly visibility: Float32Array;
  /** Absent for points of no name, e.g. particles. */
  readonly labels?: TrackLabels;
}

/** Pixel tracks; safetensors with rate, film size and names in the metadata. */
export const tracks: PortType<Tracks> = {
  id: 'tracks',
  title: 'Tracks',
  viewer: 'tracks',
  hue: 310,
  schema: arraySchema<Tracks>(
    ({ frames, fps, points, width, height, positions, visibility, labels }) =>
      countProblem('frames', frames, 1) ??
      positiveProblem('fps', fps) ??
      countProblem('points', points, 1) ??
      countProblem('width', width, 1) ??
      countProblem('height', height, 1) ??
      arrayProblem('positions', positions, Float32Array, [frames, points, 2]) ??
      arrayProblem('visibility', visibility, Float32Array, [frames, points]) ??
      (labels && labelsProblem(labels, points)),
  ),
  files: [
    {
      name: 'tracks.safetensors',
      what: 'Q points over F frames of a film',
      fields: {
        positions: 'f32 [F, Q, 2] pixels; where a point is not seen, where it was seen last',
        visibility: 'f32 [F, Q] 0 … 1',
        fps: 'metadata: frames a second',
        width: 'metadata: of the film, pixels',
        height: 'metadata: of the film, pixels',
        parts: `optional: u8 [Q] index into ${TRACK_PARTS.join(', ')}`,
        names: 'metadata, with parts: JSON list of Q names, each once within its part',
      },
    },
  ],
  async encode({ frames, fps, points, width, height, positions, visibility, labels }) {
    const tensors = {
      positions: { shape: [frames, points, 2], data: positions },
      visibility: { shape: [frames, points], data: visibility },
      ...(labels && { parts: { shape: [points], data: labels.parts } }),
    };
    return {
      'tracks.safetensors': encodeSafetensors(tensors, {
        fps: String(fps),
        width: String(width),
        height: String(height),
        ...(labels && { names: JSON.stringify(labels.names) }),
      }),
    };
  },
  async decode(files) {
    const { tensors, metadata } = decodeSafetensors(artifactFile(files, 'tracks.safetensors', 'tracks'));
    const { f32, u8 } = tensorReader(tensors, 'tracks');
    const positions = f32('positions');
    const [frames, points] = tensors.positions.shape;
    const number = (name: string): number => metadataNumber(metadata, name, 'tracks');
    return parseValue(
      tracks.schema,
      {
        frames,
        points,
        fps: number('fps'),
        width: number('width'),
        height: number('height'),
        positions,
        visibility: f32('visibility'),
        ...(metadata.names !== undefined && { labels: { names: namesOf(metadata.names), parts: u8('parts') } }),
      },
      'tracks',
    );
  },
  preview: ({ frames, fps, points, labels }) => ({
    summary: `${points} points${partsText(labels)} over ${frames} frames at ${fps} fps`,
    file: 'tracks.safetensors',
  }),
};

function labelsProblem({ names, parts }: TrackLabels, points: number): Problem | undefined {
  const path = 'labels.names';
  if (!Array.isArray(names) || names.length !== points || names.some((name) => typeof name !== 'string' || name === ''))
    return { path, message: `expected ${points} names, got ${Array.isArray(names) ? names.length : typeof names}` };
  const problem =
    arrayProblem('labels.parts', parts, Uint8Array, [points]) ??
    indexProblem('labels.parts', parts, TRACK_PARTS.length);
  if (problem) return problem;
  const known = new Set<string>();
  for (const [i, name] of names.entries()) {
    const key = `${TRACK_PARTS[parts[i]]}.${name}`;
    if (known.has(key)) return { path, message: `expected each name once, got ${key} twice` };
    known.add(key);
  }
  return undefined;
}

function namesOf(text: string): string[] {
  try {
    return JSON.parse(text) as string[];
  } catch {
    throw new PortError({
      code: 'port.artifact',
      where: 'tracks.names',
      expected: 'a list of names',
      got: 'text that is no JSON',
      remedy: 'compute it again',
    });
  }
}

/** e.g. ` (body 33, face 478)` */
function partsText(labels: TrackLabels | undefined): string {
  if (labels === undefined) return '';
  const counts = TRACK_PARTS.map((part, i) => [part, labels.parts.filter((of) => of === i).length] as const);
  return ` (${counts.flatMap(([part, count]) => (count > 0 ? `${part} ${count}` : [])).join(', ')})`;
}
