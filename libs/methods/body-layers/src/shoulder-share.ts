import { smoothstep } from '@soliloquy/signal';
import type { Arm } from './arms.ts';

/** From where on along the upper arm, beside it, and until where; widths of the shoulders. */
const ALONG = { begin: [-0.1, 0.1], end: [0.35, 0.75] } as const;
const BESIDE = [0.12, 0.34] as const;

/**
 * How much the trunk goes with an upper arm: the cloth around the shoulder, which would else stand out behind it.
 *
 * @param unit pixels between the joints of the shoulders
 * @returns    0 … 1 at a place, pixels
 */
export function shoulderShare(
  { shoulder, elbow }: Pick<Arm, 'shoulder' | 'elbow'>,
  unit: number,
): (x: number, y: number) => number {
  const length = Math.max(1, Math.hypot(elbow.x - shoulder.x, elbow.y - shoulder.y));
  const [ax, ay] = [(elbow.x - shoulder.x) / length, (elbow.y - shoulder.y) / length];
  return (x, y) => {
    const along = ((x - shoulder.x) * ax + (y - shoulder.y) * ay) / unit;
    const beside = Math.abs((y - shoulder.y) * ax - (x - shoulder.x) * ay) / unit;
    const [begin, end] = [smoothstep(...ALONG.begin, along), 1 - smoothstep(...ALONG.end, along)];
    return begin * end * (1 - smoothstep(...BESIDE, beside));
  };
}
