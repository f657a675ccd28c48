import type { Image, Landmarks } from '@soliloquy/ports';
import { paintedPerson, WHOLE_PERSON } from './painted-person.ts';

/** A person whose left forearm lies across the body, in a sleeve that is a little darker than the shirt. */
export interface CrossedArm {
  readonly image: Image;
  /** without that arm */
  readonly without: Image;
  readonly landmarks: Landmarks;
  readonly isHand: (index: number) => boolean;
  readonly isSleeve: (index: number) => boolean;
  readonly isHiddenCloth: (index: number) => boolean;
}

const SCALE = 3;
/** Places on the page of 128 x 192 units. */
const SHOULDER = [83, 73] as const;
const ELBOW = [95, 97] as const;
const WRIST = [72, 104] as const;
const TIP = [57, 105] as const;

/** 384 x 576 pixels, 114 between the shoulders. */
export function crossedArm(): CrossedArm {
  const whole = paintedPerson({ ...WHOLE_PERSON, width: SCALE * 128, height: SCALE * 192, scale: SCALE });
  const { width, height } = whole.image;
  const within = (a: readonly number[], b: readonly number[], radius: number) => (index: number) => {
    const [x, y] = [((index % width) + 0.5) / SCALE, (Math.floor(index / width) + 0.5) / SCALE];
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const t = Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy) < radius;
  };
  const upper = within(SHOULDER, ELBOW, 5.5);
  const forearm = within(ELBOW, WRIST, 4.5);
  const isHand = within(WRIST, TIP, 4);
  const isSleeve = (i: number): boolean => (upper(i) || forearm(i)) && !isHand(i);
  const without: Image = { ...whole.image, data: whole.image.data.slice() };
  // The hanging arm goes: right of the shirt there is background.
  for (let i = 0; i < width * height; i++)
    if ((i % width) / SCALE > 83.2 && i / width / SCALE > 64) without.data[4 * i + 3] = 0;
  const data = without.data.slice();
  const isShirt = (i: number): boolean => without.data[4 * i + 3] === 255;
  for (let i = 0; i < width * height; i++) {
    const fold = 6 * Math.sin(0.3 * (i % width)) + 4 * Math.sin(0.2 * (i / width));
    if (isSleeve(i)) data.set([48 + fold, 78 + fold, 134 + fold, 255], 4 * i);
    if (isHand(i)) data.set([214 + fold, 168 + fold, 140 + fold, 255], 4 * i);
  }
  const put = ([x, y]: readonly [number, number]) => ({ x: SCALE * x, y: SCALE * y, confidence: 1 });
  const points = {
    ...whole.landmarks.points,
    leftElbow: put(ELBOW),
    leftWrist: put(WRIST),
    leftHand: put([66, 104.5]),
    leftFingertip: put(TIP),
  };
  return {
    image: { width, height, data },
    without,
    landmarks: { ...whole.landmarks, points },
    isHand,
    isSleeve,
    isHiddenCloth: (i) => isShirt(i) && (isHand(i) || forearm(i)),
  };
}
