import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { speedFigures } from '../tracked/limbs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';

const WIDTHS = 'shoulder widths';

/** Where wrists and elbows go, in distances of the shoulder joints, of the sides that are seen. */
export const arms = defineMeasure({
  of: evaluationInputs,
  name: 'arms:mediapipe',
  version: 1,
  source: 'joints of BlazePose, Bazarevsky et al. 2020',
  needs: ['tracks'],
  figures: {
    'wrist-reach:mediapipe': { unit: WIDTHS, text: 'root mean square distance of the wrists from their mean place' },
    'elbow-reach:mediapipe': { unit: WIDTHS, text: 'root mean square distance of the elbows from their mean place' },
    'wrist-speed:mediapipe': { unit: `${WIDTHS}/s`, text: 'mean speed of the wrists, after a mean of three frames' },
    'wrist-speed-95:mediapipe': { unit: `${WIDTHS}/s`, text: '95th percentile of that speed' },
    'wrist-moving:mediapipe': { text: 'share of the time in which a wrist is faster than 0.1 shoulder widths/s' },
    'wrist-together:mediapipe': { text: 'correlation of the speeds of the two wrists' },
  },
  measure(given, _params, _ctx, share) {
    const motion = new SeenPerson(given, 'tracks', share).arms;
    if (!motion) return {};
    const speed = speedFigures(motion);
    return {
      'wrist-reach:mediapipe': motion.wristReach,
      'elbow-reach:mediapipe': motion.elbowReach,
      'wrist-speed:mediapipe': speed.mean,
      'wrist-speed-95:mediapipe': speed.high,
      'wrist-moving:mediapipe': speed.moving,
      'wrist-together:mediapipe': speed.together,
    };
  },
});
