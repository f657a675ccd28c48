import { TRACK_PARTS, type TrackPart, type Tracks } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';

/** A point counts as seen from this visibility on. */
export const SEEN = 0.5;

/** One point of a person over the frames of a film. */
export interface PointPath {
  /** f64 [F] pixels; where the point is not seen, where it was last, or will be first */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** f64 [F] 0 … 1: how sure it is that it is seen; of a hand or face, that there is one */
  readonly visibility: Float64Array;
  /** u8 [F] 1 where it is seen */
  readonly seen: Uint8Array;
}

/** The points of the person of a film by part and name. */
export class PersonTracks {
  readonly frames: number;
  readonly fps: number;
  readonly size: string;
  readonly #where: string;
  readonly #tracks: Tracks;
  readonly #places: ReadonlyMap<string, number>;

  /**
   * @param where the input that they came from, e.g. `evaluation.tracks`
   * @throws StageError `stage.tracks-unnamed` when nothing says which point is which
   */
  constructor(where: string, tracks: Tracks) {
    const { labels, frames, fps, width, height } = tracks;
    if (!labels)
      throw new StageError({
        code: 'stage.tracks-unnamed',
        where,
        expected: 'the points of a person by name',
        got: `${tracks.points} points without names`,
        remedy: 'connect the tracks of tracking@1',
      });
    this.#where = where;
    this.frames = frames;
    this.fps = fps;
    this.size = `${width}x${height}`;
    this.#tracks = tracks;
    this.#places = new Map(labels.names.map((name, i) => [`${TRACK_PARTS[labels.parts[i]]}.${name}`, i]));
  }

  /** Whether a part was tracked, and is seen in at least half of the frames. */
  has(part: TrackPart): boolean {
    const [first] = this.namesOf(part);
    if (first === undefined) return false;
    const { seen } = this.path(part, first);
    return 2 * seen.reduce((sum, value) => sum + value, 0) >= this.frames;
  }

  namesOf(part: TrackPart): readonly string[] {
    const prefix = `${part}.`;
    return [...this.#places.keys()].flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  }

  /** @param name of a part that was tracked */
  path(part: TrackPart, name: string | number): PointPath {
    const place = this.#places.get(`${part}.${name}`);
    const { frames, points, positions, visibility } = this.#tracks;
    if (place === undefined)
      throw new StageError({
        code: 'stage.tracks-unnamed',
        where: this.#where,
        expected: `a point ${name} of ${part}`,
        got: 'none of this name',
        remedy: 'connect the tracks of tracking@1',
      });
    const at = (frame: number): number => frame * points + place;
    const seen = Uint8Array.from({ length: frames }, (_, f) => (visibility[at(f)] >= SEEN ? 1 : 0));
    // Before its part is found for the first time nothing is known of a point.
    let first = 0;
    while (first < frames - 1 && visibility[at(first)] === 0) first++;
    const course = (axis: 0 | 1): Float64Array =>
      Float64Array.from({ length: frames }, (_, f) => positions[2 * at(Math.max(f, first)) + axis]);
    return {
      x: course(0),
      y: course(1),
      visibility: Float64Array.from({ length: frames }, (_, f) => visibility[at(f)]),
      seen,
    };
  }
}

/** Pixels from one point to another at every frame: f64 [F]. */
export function distances(a: PointPath, b: PointPath): Float64Array {
  return a.x.map((x, f) => Math.hypot(x - b.x[f], a.y[f] - b.y[f]));
}
