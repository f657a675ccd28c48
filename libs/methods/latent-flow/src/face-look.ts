import { PLAIN_INSIDE, toPicture, type InsideLook, type Placement, type Point } from '@soliloquy/face';
import {
  colorTaker,
  numberOf,
  placesNow,
  type FaceReadouts,
  type Film,
  type Readout,
  type TakeColor,
} from './face-readouts.ts';
import { placeOnFace, type FaceState, type Sources } from './face-warp.ts';

/** Steps of a blink whose numbers are known. */
const BLINKS = 12;
/** A lid's number below this share of the shut one's is noise of what is tracked, or a glance. */
const QUIET = 0.06;
/** The inside of a mouth is lit as the picture makes likely where its numbers do not say otherwise. */
const PRIOR = 0.02;
const LOOKS = { light: [0.4, 1.8], teeth: [0, 1.4] } as const;
/** Samples of a mouth that must be open before its numbers are looked at. */
const LEAST_OPEN = 6;

/** Finds how a face is to be painted so that its numbers are as asked. */
export interface FaceLook {
  /** @returns 0 … 1, how far a lid is shut whose number is `number` */
  lid(side: 'left' | 'right', number: number): number;
  /**
   * @param numbers mouth dark and bright
   * @param tracks  f32 [Q, 2] film pixels
   * @param sources of a place of the frame
   */
  inside(
    numbers: readonly [number, number],
    state: FaceState,
    frame: { readonly tracks: Float32Array; readonly sources: (place: Point) => Sources },
  ): InsideLook;
}

/**
 * Lids by a table of what their numbers are while they are drawn shut. The inside of the mouth by least squares: a
 * pixel between the lips is light (A + teeth B), so both numbers are linear in light and light · teeth, once it is
 * known where the lips are.
 */
export function faceLook(readouts: FaceReadouts, film: Film): FaceLook {
  const take = colorTaker(readouts.still, film);
  const tables = { left: lidTable(readouts, 'left', take), right: lidTable(readouts, 'right', take) };
  return {
    lid: (side, number) => blinkOf(tables[side], number),
    inside([dark, bright], state, { tracks, sources }) {
      const [light, teeth] = [0, 1].map((k) =>
        seenInside(readouts, state, { readout: readouts.readouts[2 + k], tracks, sources, take }),
      );
      if (light.open < LEAST_OPEN) return PLAIN_INSIDE;
      return solveLook([
        { ...light, wanted: dark },
        { ...teeth, wanted: bright },
      ]);
    },
  };
}

/** f64 [BLINKS + 1], not falling */
function lidTable(known: FaceReadouts, side: 'left' | 'right', take: TakeColor): Float64Array {
  const readout = known.readouts[side === 'left' ? 0 : 1];
  const table = new Float64Array(BLINKS + 1);
  for (let step = 1; step <= BLINKS; step++) {
    const state = { leftLid: step / BLINKS, rightLid: step / BLINKS, inside: PLAIN_INSIDE, raise: 0 };
    const number = numberOf(readout, (i, color) => {
      const at = { x: readout.places[2 * i], y: readout.places[2 * i + 1] };
      paintedColor(known, state, { sources: { above: at, below: at }, take, color });
    });
    table[step] = Math.max(table[step - 1], number);
  }
  return table;
}

function blinkOf(table: Float64Array, number: number): number {
  const shut = table[BLINKS];
  const wanted = number < QUIET * shut ? 0 : number;
  if (!(shut > 0) || wanted <= 0) return 0;
  for (let step = 1; step <= BLINKS; step++)
    if (table[step] >= wanted)
      return (step - 1 + (wanted - table[step - 1]) / Math.max(1e-9, table[step] - table[step - 1])) / BLINKS;
  return 1;
}

/** The color that is painted at a place. @returns whether some of it lies between the lips */
function paintedColor(
  known: FaceReadouts,
  state: FaceState,
  { sources, take, color }: { readonly sources: Sources; readonly take: TakeColor; readonly color: Float64Array },
): boolean {
  const pixel: Placement = { u: 0, v: 0, red: 0, green: 0, blue: 0, cover: 0 };
  placeOnFace(known, state, sources, pixel);
  take(toPicture(known.face, pixel.u, pixel.v), color, 0);
  const { cover } = pixel;
  if (cover > 0) [pixel.red, pixel.green, pixel.blue].forEach((value, c) => (color[c] += cover * (value - color[c])));
  return cover > 0;
}

/** A number of a mouth as it would be: `none` without light, and what light and light · teeth add. */
interface SeenInside {
  readonly none: number;
  readonly light: number;
  readonly teeth: number;
  /** samples between the lips */
  readonly open: number;
}

function seenInside(
  known: FaceReadouts,
  state: FaceState,
  {
    readout,
    tracks,
    sources,
    take,
  }: {
    readonly readout: Readout;
    readonly tracks: Float32Array;
    readonly sources: (place: Point) => Sources;
    readonly take: TakeColor;
  },
): SeenInside {
  const now = placesNow(readout, tracks);
  const from = Array.from({ length: now.length / 2 }, (_, i) => sources({ x: now[2 * i], y: now[2 * i + 1] }));
  let open = 0;
  const number = (inside: InsideLook): number => {
    open = 0;
    return numberOf(readout, (i, color) => {
      if (paintedColor(known, { ...state, inside }, { sources: from[i], take, color })) open++;
    });
  };
  const none = number({ light: 0, teeth: 0 });
  const light = number({ light: 1, teeth: 0 });
  return { none, light: light - none, teeth: number({ light: 1, teeth: 1 }) - light, open };
}

/** min Σ (none + p light + q teeth − wanted)² + λ ((p − 1)² + (q − 1)²), then light = p, teeth = q / p. */
function solveLook(numbers: readonly (SeenInside & { readonly wanted: number })[]): InsideLook {
  let [pp, pq, qq, bp, bq] = [PRIOR, 0, PRIOR, 0, 0];
  for (const { none, light, teeth, wanted } of numbers) {
    const left = wanted - none - light - teeth;
    [pp, pq, qq] = [pp + light * light, pq + light * teeth, qq + teeth * teeth];
    [bp, bq] = [bp + light * left, bq + teeth * left];
  }
  const det = pp * qq - pq * pq;
  const bounded = (value: number, [least, most]: readonly [number, number]): number =>
    Math.min(most, Math.max(least, value));
  const light = bounded(1 + (bp * qq - bq * pq) / det, LOOKS.light);
  return { light, teeth: bounded((1 + (bq * pp - bp * pq) / det) / light, LOOKS.teeth) };
}
