import type { TrackPart } from '@soliloquy/ports';
import { defineMeasure } from '@soliloquy/stage';
import { trackedAccelerationError } from '../../evaluation/tracked/acceleration.ts';
import { seenPairs, shotAt } from '../film-set.ts';
import { motionSetInputs } from '../inputs.ts';
import { countedFigures, overFilms } from '../over-films.ts';

const PARTS = {
  body: ['body'],
  face: ['face'],
  hand: ['leftHand', 'rightHand'],
} as const satisfies Record<string, readonly TrackPart[]>;
type Part = keyof typeof PARTS;
const GIVEN = Object.keys(PARTS) as Part[];
type Name = `acc-err:mediapipe:${Part}` | `acc-err:mediapipe:${Part}/still`;

const NOTE = { unit: 'px/frame²', better: 'lower' } as const;
const notes = Object.fromEntries(
  GIVEN.flatMap((part) => [
    [`acc-err:mediapipe:${part}`, { ...NOTE, text: `acceleration error of the ${part}'s points` }],
    [`acc-err:mediapipe:${part}/still`, { ...NOTE, text: `the same of standing still, the ${part}'s points` }],
  ]),
) as Record<Name, typeof NOTE & { text: string }>;

/** Mean of ‖Δ²p̂ − Δ²p‖ over the points that networks see in both films, film by film. */
export const setAccelerationError = defineMeasure({
  of: motionSetInputs,
  name: 'acc-err:mediapipe',
  version: 1,
  source: 'Kanazawa et al. 2019, on points of MediaPipe',
  needs: ['tracks', 'truthTracks'],
  figures: countedFigures(notes),
  measure(given, _params, _ctx, share) {
    const pairs = seenPairs(given, share);
    const at = shotAt(given.tracks);
    return Object.assign(
      {},
      ...GIVEN.flatMap((part) => {
        const errors = (isStill: boolean) =>
          pairs.map(({ made, truth }) =>
            trackedAccelerationError(isStill ? undefined : made.person, truth.person, PARTS[part]),
          );
        return [
          overFilms(`acc-err:mediapipe:${part}`, errors(false), at),
          overFilms(`acc-err:mediapipe:${part}/still`, errors(true), at),
        ];
      }),
    ) as ReturnType<typeof overFilms<Name>>;
  },
});
