import { seededRandom } from '@soliloquy/random';
import { CODED_BITS, encodeId } from './mark-code.ts';

/** Chips on a side of the tile that repeats over the picture. */
export const TILE = 64;
/** Chips over the square root of a picture's area: a mark grows with its picture, so a resized one is found at once. */
const CHIPS_ACROSS = 128;
/** A smaller chip is lost between pixels: in pictures of less than 256x256 a mark has fewer chips. Pixels. */
const LEAST_CHIP = 2;
/** Chips of a tile that say where it begins; the others carry coded bits, each as often as any. */
const SYNC_CHIPS = TILE * TILE - 8 * CODED_BITS;
/** Decides which chip means what, and its sign. Public, like the rest: a mark is no secret. */
const KEY = 0x50_71_10;
/** Slower waves than this many chips are taken out: there pictures are strong. */
const SLOWEST = 5;

/** What each chip of a tile is for. */
interface TileLayout {
  /** i16 [64, 64]: the coded bit that a chip carries; −1 for those that say where the tile begins */
  readonly bit: Int16Array;
  /** i8 [64, 64] ±1: the sign of a chip where its bit is +1 */
  readonly sign: Int8Array;
}

/** The one layout of all marks: chips are dealt out at random, so that what is lost of a tile is lost of every bit. */
export const LAYOUT: TileLayout = (() => {
  const random = seededRandom(KEY);
  const bit = Int16Array.from({ length: TILE * TILE }, (_, i) => (i < SYNC_CHIPS ? -1 : (i - SYNC_CHIPS) % CODED_BITS));
  for (let i = bit.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [bit[i], bit[j]] = [bit[j], bit[i]];
  }
  return { bit, sign: Int8Array.from({ length: TILE * TILE }, () => (random() < 0.5 ? -1 : 1)) };
})();

/** The side of a chip in a picture that was not cropped, in pixels. */
export function chipSide(width: number, height: number): number {
  return Math.max(LEAST_CHIP, Math.sqrt(width * height) / CHIPS_ACROSS);
}

/**
 * The mean square of a mark where luma has variance v nearby, levels²: C2 / 100 + v / 50. SSIM (Wang et al. 2004, C2 =
 * 58.5 levels²) falls there by about 0.01 whatever v is.
 */
export function hiddenSquare(variance: number): number {
  return 0.585 + variance / 50;
}

/**
 * The mark of an id over a whole picture, before it is fitted to what is in the picture.
 *
 * @returns f32 [height, width], mean square 1
 */
export function markPattern(id: string, width: number, height: number): Float32Array {
  const chips = withoutSlow(chipsOf(id));
  const chip = chipSide(width, height);
  const across = placesOf(width, chip);
  const down = placesOf(height, chip);
  const pattern = new Float32Array(width * height);
  let squares = 0;
  for (let y = 0; y < height; y++) {
    const { first, second, share } = down[y];
    for (let x = 0; x < width; x++) {
      const { first: left, second: right, share: toRight } = across[x];
      const above = chips[first * TILE + left] * (1 - toRight) + chips[first * TILE + right] * toRight;
      const below = chips[second * TILE + left] * (1 - toRight) + chips[second * TILE + right] * toRight;
      const value = above * (1 - share) + below * share;
      pattern[y * width + x] = value;
      squares += value * value;
    }
  }
  const unit = 1 / Math.sqrt(squares / pattern.length);
  for (let i = 0; i < pattern.length; i++) pattern[i] *= unit;
  return pattern;
}

function chipsOf(id: string): Float64Array {
  const coded = encodeId(id);
  return Float64Array.from(LAYOUT.bit, (bit, i) => LAYOUT.sign[i] * (bit < 0 ? 1 : coded[bit]));
}

/** Each chip less the mean of those around it; the tile goes on at its edges. */
function withoutSlow(chips: Float64Array): Float64Array {
  const reach = (SLOWEST - 1) / 2;
  return chips.map((value, i) => {
    const row = Math.floor(i / TILE);
    let sum = 0;
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++)
        sum += chips[((row + dy + TILE) % TILE) * TILE + (((i % TILE) + dx + TILE) % TILE)];
    return value - sum / (SLOWEST * SLOWEST);
  });
}

/** Between which chips' middles each pixel's middle lies, and how far on the way to the second. */
function placesOf(pixels: number, chip: number): { first: number; second: number; share: number }[] {
  return Array.from({ length: pixels }, (_, i) => {
    const at = (i + 0.5) / chip - 0.5;
    const first = Math.floor(at);
    return { first: (first + TILE) % TILE, second: (first + 1) % TILE, share: at - first };
  });
}
