import { FACE } from '@soliloquy/whole-body/points';
import { distances, type PersonTracks } from './person-tracks.ts';
import { median } from './statistics.ts';

/** Points of an eye: its corners, and two pairs above and below (Soukupová and Čech 2016). */
const EYES = [
  {
    corners: [FACE.rightEyeOuter, FACE.rightEyeInner],
    pairs: [
      [160, 144],
      [158, 153],
    ],
  },
  {
    corners: [FACE.leftEyeInner, FACE.leftEyeOuter],
    pairs: [
      [385, 380],
      [387, 373],
    ],
  },
] as const;

/** A gap below this share of the film's median is a shut eye. */
export const SHUT = 0.4;
/** seconds: 2 to 10 frames at 25 a second, half a frame more on both sides; longer is a closed eye and no blink */
const BLINK = [0.06, 0.42] as const;

/** Pixels between the outer corners of the eyes, median over frames. */
function eyeSpan(person: PersonTracks): number {
  return median(distances(person.path('face', FACE.leftEyeOuter), person.path('face', FACE.rightEyeOuter)));
}

/** How far the lips are apart, inner edges, at every frame: f64 [F] distances of the outer corners of the eyes. */
export function lipOpening(person: PersonTracks): Float64Array {
  const [upper, lower] = [FACE.upperLipBottom, FACE.lowerLipTop].map((point) => person.path('face', point));
  const span = eyeSpan(person);
  return distances(upper, lower).map((pixels) => pixels / span);
}

/**
 * How far the eyes are open at every frame, mean of both, over the film's median: f64 [F]. Of one eye it is the aspect
 * ratio (‖p2 − p6‖ + ‖p3 − p5‖) / 2‖p1 − p4‖ (Soukupová and Čech 2016).
 */
export function lidGap(person: PersonTracks): Float64Array {
  const between = ([a, b]: readonly [number, number]): Float64Array =>
    distances(person.path('face', a), person.path('face', b));
  const ratios = EYES.map(({ corners, pairs }) => {
    const width = between(corners);
    const [first, second] = pairs.map(between);
    return width.map((pixels, f) => (first[f] + second[f]) / (2 * pixels));
  });
  const open = ratios[0].map((ratio, f) => (ratio + ratios[1][f]) / 2);
  const usual = median(open);
  return open.map((ratio) => ratio / usual);
}

/** How often the eyes blink: stretches of shut eyes that last as long as a blink does. */
export function countBlinks(gap: Float64Array, fps: number): number {
  let blinks = 0;
  let shut = 0;
  for (let frame = 0; frame <= gap.length; frame++) {
    if (gap[frame] < SHUT) {
      shut++;
      continue;
    }
    const seconds = shut / fps;
    if (seconds >= BLINK[0] && seconds <= BLINK[1]) blinks++;
    shut = 0;
  }
  return blinks;
}
