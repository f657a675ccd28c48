import { z } from 'zod';
import { parseValue, PortError, type PortType } from '@soliloquy/ports';
import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { APPEARANCE } from '../appearance-numbers.ts';

/** Arrays of a clip, and what one row of each holds. */
const ARRAYS = {
  tokens: { per: 'frame', what: 'f32 [F, D] shifts of the canonical points from rest, units of the face' },
  appearance: { per: 'frame', what: `f32 [F, ${APPEARANCE.length}] ${APPEARANCE.join(', ')}` },
  heard: { per: 'frame', what: 'f32 [F, W] what is heard at each frame' },
  person: { per: 'clip', what: 'f32 [8] who it is: `PERSON_NUMBERS`' },
  manner: { per: 'clip', what: 'f32 [3] how it moves: `MANNER_NUMBERS`' },
  followed: { per: 'clip', what: "f32 [4] share of each part's points that were followed: torso, arms, head, mouth" },
} as const;
const WIDTHS: Partial<Record<keyof typeof ARRAYS, number>> = {
  appearance: APPEARANCE.length,
  person: 8,
  manner: 3,
  followed: 4,
};

const array: z.ZodType<Float32Array> = z.instanceof(Float32Array).refine((data) => data.every(Number.isFinite), {
  error: 'expected finite numbers, got one that is not; compute it again',
});

const schema = z
  .object({
    frames: z.int().min(1),
    fps: z.number().positive(),
    /** version of the set of points */
    points: z.string(),
    /** sha256 of the network that heard the voice */
    phoneEncoder: z.string(),
    tokens: array,
    appearance: array,
    heard: array,
    person: array,
    manner: array,
    followed: array,
  })
  .superRefine((clip, ctx) => {
    for (const [name, { per, what }] of Object.entries(ARRAYS) as [keyof typeof ARRAYS, (typeof ARRAYS)['tokens']][]) {
      const rows = per === 'frame' ? clip.frames : 1;
      const width = clip[name].length / rows;
      if (!Number.isInteger(width) || width === 0 || (WIDTHS[name] ?? width) !== width)
        ctx.addIssue({ code: 'custom', path: [name], message: `expected ${what}, got f32 [${clip[name].length}]` });
    }
  });

/** What a film of somebody talking teaches: how the canonical points move, what is heard, and who it is. */
export type FlowClip = z.infer<typeof schema>;

const FILE = 'flow-clip.safetensors';

/** A film as points that move, beside what is heard; safetensors. */
export const flowClip: PortType<FlowClip> = {
  id: 'flow-clip',
  title: 'Flow of a clip',
  hue: 315,
  schema,
  files: [
    {
      name: FILE,
      what: 'F frames of one person who talks',
      fields: {
        ...Object.fromEntries(Object.entries(ARRAYS).map(([name, { what }]) => [name, what])),
        fps: 'metadata: frames a second',
        points: 'metadata: version of the set of points',
        phoneEncoder: 'metadata: sha256 of the network that heard the voice',
      },
    },
  ],
  async encode({ frames, fps, points, phoneEncoder, ...arrays }) {
    const tensors = Object.entries(arrays).map(([name, data]) => {
      const isPerFrame = ARRAYS[name as keyof typeof ARRAYS].per === 'frame';
      return [name, { shape: isPerFrame ? [frames, data.length / frames] : [data.length], data }] as const;
    });
    return { [FILE]: encodeSafetensors(Object.fromEntries(tensors), { fps: String(fps), points, phoneEncoder }) };
  },
  async decode(files) {
    if (!Object.hasOwn(files, FILE))
      throw new PortError({
        code: 'port.artifact',
        where: 'flow-clip.files',
        expected: FILE,
        got: Object.keys(files).join(', ') || 'none',
        remedy: 'compute it again',
      });
    const { tensors, metadata } = decodeSafetensors(files[FILE]);
    const arrays = Object.fromEntries(Object.keys(ARRAYS).map((name) => [name, tensors[name]?.data]));
    const { points, phoneEncoder, fps } = metadata;
    return parseValue(
      schema,
      { ...arrays, frames: tensors.tokens?.shape[0], fps: Number(fps), points, phoneEncoder },
      'flow-clip',
    );
  },
  preview: ({ frames, fps, points }) => ({
    summary: `${frames} frames at ${fps} fps of the points ${points}`,
    file: FILE,
  }),
};
