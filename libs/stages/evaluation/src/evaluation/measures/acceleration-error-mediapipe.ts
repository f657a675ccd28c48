import type { TrackPart } from '@soliloquy/ports';
import { defineMeasure, StageError } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { trackedAccelerationError as errorOf } from '../tracked/acceleration.ts';
import { SeenPerson } from '../tracked/seen-person.ts';

const PARTS = {
  body: ['body'],
  face: ['face'],
  hand: ['leftHand', 'rightHand'],
} as const satisfies Record<string, readonly TrackPart[]>;
type Part = keyof typeof PARTS;
type Name = `acc-err:mediapipe:${Part}` | `acc-err:mediapipe:${Part}/still`;

const UNIT = 'px/frame²';
const figures = Object.fromEntries(
  Object.keys(PARTS).flatMap((part) => [
    [`acc-err:mediapipe:${part}`, { unit: UNIT, better: 'lower', text: `acceleration error of the ${part}'s points` }],
    [
      `acc-err:mediapipe:${part}/still`,
      { unit: UNIT, better: 'lower', text: `the same of standing still, the ${part}'s points` },
    ],
  ]),
) as Record<Name, { unit: string; better: 'lower'; text: string }>;

/** Mean of ‖Δ²p̂ − Δ²p‖ over the tracked points of both films, of those that both see. */
export const trackedAccelerationError = defineMeasure({
  of: evaluationInputs,
  name: 'acc-err:mediapipe',
  version: 1,
  source: 'Kanazawa et al. 2019, on points of MediaPipe',
  needs: ['tracks', 'truthTracks'],
  figures,
  measure(given, _params, _ctx, share) {
    const made = new SeenPerson(given, 'tracks', share).person;
    const truth = new SeenPerson(given, 'truthTracks', share).person;
    if (made.size !== truth.size)
      throw new StageError({
        code: 'stage.size-mismatch',
        where: 'evaluation.truthTracks',
        expected: `those of a film of ${made.size}`,
        got: truth.size,
        remedy: 'give both films the same area',
      });
    const at = `film ${made.size}, ${made.fps} fps`;
    return Object.fromEntries(
      (Object.keys(PARTS) as Part[]).flatMap((part) => {
        const [own, still] = [made, undefined].map((of) => errorOf(of, truth, PARTS[part]));
        return [
          [`acc-err:mediapipe:${part}`, own === undefined ? undefined : { value: own, at }],
          [`acc-err:mediapipe:${part}/still`, still === undefined ? undefined : { value: still, at }],
        ];
      }),
    ) as { [K in Name]?: { value: number; at: string } };
  },
});
