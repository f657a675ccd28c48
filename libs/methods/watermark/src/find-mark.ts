import { CODED_BITS, decodeId, encodeId } from './mark-code.ts';
import { chipSide, LAYOUT } from './mark-tile.ts';
import { residualOf, type LumaPlane } from './picture-residual.ts';
import { chipsAt, correlateSync, foldResidual, mirrored, type Fold, type PictureResidual } from './tile-fold.ts';

/** A mark that was found. */
export interface FoundMark {
  /** 16 hexadecimal digits */
  readonly id: string;
  /** Side of a chip over that of an uncropped picture of this size: 1 / √(share of the area that is left). */
  readonly scale: number;
  readonly flipped: boolean;
  /** How far the beginning of the tile stood out, standard deviations. */
  readonly sync: number;
  /** Share of the 416 coded bits that were wrong before the code corrected them. */
  readonly bitErrors: number;
}

/** A place where a tile may begin. */
interface Candidate {
  readonly scale: number;
  readonly flipped: boolean;
  readonly sync: number;
  readonly fold: Fold;
  readonly bin: number;
}

/** Scales that are looked at: from a picture with a quarter put around it to one of which half the area is left. */
const [LEAST_SCALE, MOST_SCALE] = [0.89, 1.45];
/** From one scale to the next: a third of a chip at the border, counted from the middle. */
const SCALE_STEP = 1.006;
/** Of one scale and side so many places are tried. */
const PEAKS = 3;
/** Of all scales so many places are tried, best first; each again a little to all sides. */
const [TRIED_FIRST, TRIED] = [4, 24];
/** Standard deviations from which on what is near a place is tried too. */
const WORTH_MORE = 5;
const NEARBY_SCALES = [1, 1.0015, 0.9985, 1.003, 0.997];
const NEARBY_PLACES = [0, 0.25];

/** How many times at most a checksum is looked at for one picture. */
const MOST_ATTEMPTS = (TRIED_FIRST + TRIED) * NEARBY_SCALES.length * NEARBY_PLACES.length ** 2;

/**
 * The chance that a picture without a mark shows one: each attempt passes the checksum of 32 bits one time in 2^32, and
 * there are at most MOST_ATTEMPTS (union bound; whatever is in the picture, since the code's bits are dealt out and
 * signed at random).
 */
export const FALSE_POSITIVES = MOST_ATTEMPTS / 2 ** 32;

/**
 * The mark in a picture or in the mean of some frames, without the original: wherever it was cropped, resized or
 * flipped left to right.
 *
 * @returns `undefined` where there is none that can be read
 */
export function findMark(plane: LumaPlane): FoundMark | undefined {
  const search = new Search(plane);
  return search.tryBest(search.candidatesAt(1), TRIED_FIRST) ?? search.tryBest(search.candidatesAtAll(), TRIED);
}

class Search {
  readonly #picture: PictureResidual;
  readonly #chip: number;

  constructor(plane: LumaPlane) {
    const { width, height } = plane;
    this.#chip = chipSide(width, height);
    this.#picture = { width, height, residual: residualOf(plane, Math.max(2, Math.round(2 * this.#chip))) };
  }

  /** The best places of every scale. */
  candidatesAtAll(): Candidate[] {
    const all: Candidate[] = [];
    for (let scale = LEAST_SCALE; scale <= MOST_SCALE; scale *= SCALE_STEP) all.push(...this.candidatesAt(scale));
    return all;
  }

  /** The best places of one scale. @param from where bins are counted from, pixels */
  candidatesAt(scale: number, from: readonly [number, number] = [0, 0]): Candidate[] {
    const straight = foldResidual(this.#picture, this.#chip * scale, from);
    const flipped = mirrored(straight);
    const [one, other] = correlateSync(straight, flipped);
    return [
      ...highest(one).map((found) => ({ ...found, scale, flipped: false, fold: straight })),
      ...highest(other).map((found) => ({ ...found, scale, flipped: true, fold: flipped })),
    ];
  }

  /** Tries the best of some candidates, each with what is near it. */
  tryBest(candidates: Candidate[], most: number): FoundMark | undefined {
    for (const found of candidates.toSorted((a, b) => b.sync - a.sync).slice(0, most)) {
      const mark = readAt(found);
      if (mark !== undefined) return mark;
      if (found.sync < WORTH_MORE) continue;
      for (const nearby of this.#near(found)) {
        const better = readAt(nearby);
        if (better !== undefined) return better;
      }
    }
    return undefined;
  }

  /** The best place of each fold a little to the side. */
  *#near(found: Candidate): Generator<Candidate> {
    const others = NEARBY_SCALES.flatMap((by) =>
      NEARBY_PLACES.flatMap((dx) => NEARBY_PLACES.map((dy) => ({ by, dx, dy }))),
    ).slice(1);
    const chip = this.#chip;
    const tried = others.map(
      ({ by, dx, dy }) =>
        this.candidatesAt(found.scale * by, [dx * chip, dy * chip])
          .filter(({ flipped }) => flipped === found.flipped)
          .toSorted((a, b) => b.sync - a.sync)[0],
    );
    yield* tried.toSorted((a, b) => b.sync - a.sync).filter(({ sync }) => sync > found.sync - 0.5);
  }
}

function highest(correlation: Float64Array): { bin: number; sync: number }[] {
  const best: { bin: number; sync: number }[] = [];
  let least = -Infinity;
  for (let bin = 0; bin < correlation.length; bin++) {
    const sync = correlation[bin];
    if (sync <= least) continue;
    best.push({ bin, sync });
    best.sort((a, b) => b.sync - a.sync);
    if (best.length > PEAKS) best.pop();
    if (best.length === PEAKS) least = best[PEAKS - 1].sync;
  }
  return best;
}

function readAt({ fold, bin, scale, flipped, sync }: Candidate): FoundMark | undefined {
  const seen = new Float64Array(CODED_BITS);
  chipsAt(fold, bin).forEach((value, chip) => {
    if (LAYOUT.bit[chip] >= 0) seen[LAYOUT.bit[chip]] += LAYOUT.sign[chip] * value;
  });
  const id = decodeId(seen);
  if (id === undefined) return undefined;
  const wrong = encodeId(id).reduce((sum, sign, i) => sum + (sign * seen[i] > 0 ? 0 : 1), 0);
  return { id, scale, flipped, sync, bitErrors: wrong / CODED_BITS };
}
