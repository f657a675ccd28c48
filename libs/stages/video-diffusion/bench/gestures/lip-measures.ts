import type { Timings } from '@soliloquy/ports';
import type { MouthMotion } from '../../src/puppet/mouth-motion.ts';

/** Lips are closed below this gap, iod. */
const CLOSED = 0.03;

/** The phones that are told of, by name. */
export const LIP_GROUPS: Readonly<Record<string, readonly string[]>> = {
  p: ['p'],
  b: ['b'],
  m: ['m'],
  'f v': ['f', 'v'],
  'n ng': ['n', 'ng'],
  't d': ['t', 'd'],
  'k g': ['k', 'g'],
  'w r l': ['w', 'r', 'l'],
  vowels: ['aa', 'ae', 'ah', 'ao', 'aw', 'ax', 'ay', 'eh', 'er', 'ey', 'ih', 'iy', 'ow', 'oy', 'uh', 'uw'],
};
const LABIALS = [...LIP_GROUPS.p, ...LIP_GROUPS.b, ...LIP_GROUPS.m, ...LIP_GROUPS['f v']];

/**
 * Gap between the lips in the middle of the mouth, f64 [F] iod: as `mouth.ts` paints it, one unit of the face (eyes to
 * mouth, about 65 mm) being about one iod (63 mm).
 */
export function lipGap({ jawOpen, lipPart }: MouthMotion): Float64Array {
  return Float64Array.from(
    jawOpen,
    (jaw, f) => 0.15 * jaw + 0.032 * lipPart[f] * (1 - jaw) + 0.022 * Math.max(jaw, 0.7 * lipPart[f]),
  );
}

/** Counts of one group of phones. */
export interface Closures {
  phones: number;
  /** closed in a frame of the phone, or in one beside it */
  near: number;
  /** closed in the frame at its middle */
  middle: number;
}

/** Gap between the lips over the frames of a film, iod. */
interface LipGap {
  readonly gap: Float64Array;
  readonly fps: number;
}

/**
 * Whether lips close at one of the phones. One beside a pause is left out, and any but a labial beside a labial: its
 * lips are on their way.
 */
export function closureAt(
  phones: Timings['phones'],
  i: number,
  { gap, fps }: LipGap,
): { readonly group: string; readonly near: boolean; readonly middle: boolean } | undefined {
  const { phone, start, end } = phones[i];
  const group = Object.keys(LIP_GROUPS).find((name) => LIP_GROUPS[name].includes(phone));
  const beside = [phones[i - 1]?.phone ?? 'pau', phones[i + 1]?.phone ?? 'pau'];
  if (group === undefined || beside.includes('pau')) return undefined;
  if (!LABIALS.includes(phone) && beside.some((name) => LABIALS.includes(name))) return undefined;
  const closed = (from: number, until: number): boolean =>
    gap.subarray(Math.max(0, Math.round(from)), Math.round(until) + 1).some((value) => value < CLOSED);
  const [first, last] = [start * fps - 0.5, end * fps - 0.5];
  return { group, near: closed(first - 1, last + 1), middle: closed((first + last) / 2, (first + last) / 2) };
}

/** Adds how often lips close at phones. */
export function countClosures(into: Map<string, Closures>, phones: Timings['phones'], lips: LipGap): void {
  for (let i = 0; i < phones.length; i++) {
    const closure = closureAt(phones, i, lips);
    if (!closure) continue;
    const counts = into.get(closure.group) ?? { phones: 0, near: 0, middle: 0 };
    counts.phones++;
    if (closure.near) counts.near++;
    if (closure.middle) counts.middle++;
    into.set(closure.group, counts);
  }
}
