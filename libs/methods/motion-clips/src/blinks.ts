import { regionIndex } from '@soliloquy/gaussian-cloud';
import { drawBlinks, lidsOf } from '@soliloquy/motion-stream';
import type { Blinks } from '@soliloquy/motion-transformer';
import type { ParticleDeformation, RegionName } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';
import type { Rng } from '@soliloquy/tensor';

/** Frames before and after the middle of a blink that an example holds. */
const REACH = 8;
const LENGTH = 2 * REACH + 1;
/** seconds that a lid is more than half down; longer is no blink */
const LONGEST = 0.5;
/** A lid that goes down by less than this share of its height, or of this many times its usual unrest, shuts no eye. */
const LEAST_WAY = 0.25;
const LEAST_OVER_UNREST = 6;
/** The lid is up where it is less than this share of its way down. */
const UP = 0.1;

/** One blink of a clip. */
interface FoundBlink {
  /** frame of its middle */
  readonly middle: number;
  /** f32 [LENGTH, L, 3] world: where the particles of the lids are beyond where they are while the eye is open */
  readonly shift: Float32Array;
}

function membersOf(regions: ArrayLike<number>, names: readonly RegionName[]): number[] {
  const wanted = names.map(regionIndex);
  return Array.from(regions).flatMap((region, p) => (wanted.includes(region) ? [p] : []));
}

/**
 * The blinks of a clip: stretches in which the lids go down against the face by a good part of their height, and come
 * up again within half a second.
 */
export function findBlinks(clip: ParticleDeformation): FoundBlink[] {
  const { frames, fps, positions } = clip;
  const lids = lidsOf(clip.regions);
  const face = membersOf(clip.regions, ['upperFace']);
  if (lids.length === 0 || face.length === 0) return [];
  const down = closures(clip, lids, face);
  const heights = lids.map((p) => positions[p * 3 + 1]);
  const least = LEAST_WAY * (Math.max(...heights) - Math.min(...heights));
  const way = Math.max(...down);
  if (way < least || way < LEAST_OVER_UNREST * median(down.map(Math.abs))) return [];
  const found: FoundBlink[] = [];
  for (let frame = 0; frame < frames; frame++) {
    if (down[frame] < way / 2) continue;
    const first = frame;
    while (frame + 1 < frames && down[frame + 1] >= way / 2) frame++;
    const middle = Math.round((first + frame) / 2);
    const [start, end] = stretchOf(down, [first, frame], UP * way);
    // One that the clip cuts, or that lasts too long, is no example.
    const isWhole = start > 0 && end < frames - 1 && start >= middle - REACH && end <= middle + REACH;
    if (isWhole && (frame + 1 - first) / fps <= LONGEST)
      found.push({ middle, shift: shiftOf(clip, { lids, face, middle, start, end }) });
  }
  return found;
}

/** How far the lids are below where they usually are on the face, f64 [F] world. */
function closures(
  { frames, particles, translations }: ParticleDeformation,
  lids: readonly number[],
  face: readonly number[],
): Float64Array {
  const mean = (frame: number, of: readonly number[]): number =>
    of.reduce((sum, p) => sum + translations[(frame * particles + p) * 3 + 1], 0) / of.length;
  const down = Float64Array.from({ length: frames }, (_, frame) => mean(frame, lids) - mean(frame, face));
  const usual = median(down);
  return down.map((value) => value - usual);
}

/** From the first frame in which the lid is not up any more to the last, around those in which it is down. */
function stretchOf(down: Float64Array, [first, last]: readonly [number, number], up: number): [number, number] {
  let [start, end] = [first, last];
  while (start > 0 && down[start - 1] > up) start--;
  while (end < down.length - 1 && down[end + 1] > up) end++;
  return [start, end];
}

/** What the lids do against the face between the frames before and after the blink, on a straight line between them. */
function shiftOf(
  { particles, translations }: ParticleDeformation,
  blink: {
    readonly lids: readonly number[];
    readonly face: readonly number[];
    readonly middle: number;
    readonly start: number;
    readonly end: number;
  },
): Float32Array {
  const { lids, face, middle, start, end } = blink;
  const shift = new Float32Array(LENGTH * lids.length * 3);
  for (let axis = 0; axis < 3; axis++) {
    const at = (frame: number, p: number): number => translations[(frame * particles + p) * 3 + axis];
    const against = (frame: number, p: number): number =>
      at(frame, p) - face.reduce((sum, q) => sum + at(frame, q), 0) / face.length;
    for (let frame = start; frame <= end; frame++) {
      const share = (frame - start + 1) / (end - start + 2);
      lids.forEach((p, i) => {
        const open = (1 - share) * against(start - 1, p) + share * against(end + 1, p);
        shift[((frame - middle + REACH) * lids.length + i) * 3 + axis] = against(frame, p) - open;
      });
    }
  }
  return shift;
}

/** The clip with open eyes: f32 [F, P, 3] world. */
export function withoutBlinks(clip: ParticleDeformation, blinks: readonly FoundBlink[]): Float32Array {
  const translations = clip.translations.slice();
  for (const { middle, shift } of blinks) addShift(translations, clip.regions, { middle, shift }, -1);
  return translations;
}

/** What a model keeps of the blinks of its clips; undefined where they have none. */
export function blinksOfClips(
  clips: readonly ParticleDeformation[],
  found: readonly (readonly FoundBlink[])[],
): Blinks | undefined {
  const all = found.flat();
  if (all.length === 0) return undefined;
  const seconds = clips.reduce((sum, { frames, fps }) => sum + frames / fps, 0);
  return { examples: all.map(({ shift }) => shift), frames: LENGTH, interval: seconds / all.length };
}

/**
 * Blinks for a film, as `drawBlinks` draws them.
 *
 * @param film.translations f32 [F, P, 3] world, in which the lids change
 * @throws StageError `stage.count-mismatch` when the film has other lids than the clips
 */
export function addBlinks(
  film: { readonly translations: Float32Array; readonly regions: ArrayLike<number>; readonly fps: number },
  blinks: Blinks,
  rng: Rng,
): void {
  const { examples, frames } = blinks;
  const { translations, regions, fps } = film;
  const size = frames * lidsOf(regions).length * 3;
  if (examples.some(({ length }) => length !== size))
    throw new StageError({
      code: 'stage.count-mismatch',
      where: 'motion-sampling.model',
      expected: `blinks of the ${lidsOf(regions).length} particles of lids that the space has`,
      got: `${examples[0].length / (frames * 3)}`,
      remedy: 'connect the space that the model was trained in',
    });
  const seconds = translations.length / (regions.length * 3 * fps);
  for (const { time, shift } of drawBlinks(blinks, rng)) {
    if (time >= seconds) return;
    addShift(translations, regions, { middle: Math.floor(time * fps), shift }, 1);
  }
}

function addShift(
  translations: Float32Array,
  regions: ArrayLike<number>,
  { middle, shift }: FoundBlink,
  sign: 1 | -1,
): void {
  const lids = lidsOf(regions);
  const particles = regions.length;
  const frames = translations.length / (particles * 3);
  const length = shift.length / (lids.length * 3);
  for (let k = 0; k < length; k++) {
    const frame = middle + k - (length - 1) / 2;
    if (frame < 0 || frame >= frames) continue;
    lids.forEach((p, i) => {
      for (let axis = 0; axis < 3; axis++)
        translations[(frame * particles + p) * 3 + axis] += sign * shift[(k * lids.length + i) * 3 + axis];
    });
  }
}

function median(values: Float64Array): number {
  return values.toSorted()[values.length >> 1];
}
