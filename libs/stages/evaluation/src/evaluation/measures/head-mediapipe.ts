import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import type { HeadPose } from '../tracked/head-pose.ts';
import { SeenPerson } from '../tracked/seen-person.ts';
import { deviation } from '../tracked/statistics.ts';

const AXES = {
  yaw: 'to the right of the picture',
  pitch: 'chin down',
  roll: 'clockwise in the picture',
} as const satisfies Record<keyof HeadPose, string>;
type Axis = keyof typeof AXES;
type Name = `head-${Axis}:mediapipe`;

const figures = Object.fromEntries(
  Object.entries(AXES).map(([axis, where]) => [
    `head-${axis}:mediapipe`,
    {
      unit: '°',
      text: `deviation over time of the head's ${axis}; its course is ${where}, less the mean`,
      series: 'frames',
    },
  ]),
) as Record<Name, { unit: string; text: string; series: string }>;

/** How the head turns: deviation of yaw, pitch and roll of the mesh under a scaled orthographic camera. */
export const headMotion = defineMeasure({
  of: evaluationInputs,
  name: 'head:mediapipe',
  version: 1,
  source: 'DeMenthon and Davis 1995, with the canonical face of MediaPipe',
  needs: ['tracks'],
  figures,
  measure(given, _params, _ctx, share) {
    const pose = new SeenPerson(given, 'tracks', share).headPose;
    const axes = pose ? (Object.keys(AXES) as Axis[]) : [];
    return Object.fromEntries(
      axes.map((axis) => {
        const course = pose![axis];
        const middle = course.reduce((sum, value) => sum + value, 0) / course.length;
        return [
          `head-${axis}:mediapipe`,
          { value: deviation(course), series: [...course].map((value) => value - middle) },
        ];
      }),
    ) as { [K in Name]?: { value: number; series: number[] } };
  },
});
