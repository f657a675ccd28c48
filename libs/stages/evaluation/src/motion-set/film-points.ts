import type { PointPart } from '@soliloquy/latent-flow';
import { TRACK_PARTS, type Tracks } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';
import { isMostlySeen } from '../evaluation/tracked/limbs.ts';
import { PersonTracks, type PointPath } from '../evaluation/tracked/person-tracks.ts';
import { mean } from '../evaluation/tracked/statistics.ts';

/** The points of a film by name, as the point tracker gives them: `torso0`, `leftArm3`, … */
export class FilmPoints {
  readonly frames: number;
  readonly #paths: ReadonlyMap<string, PointPath>;

  /**
   * @param where the input that they came from
   * @throws StageError `stage.tracks-unnamed` for tracks without names, or by another tracker
   */
  constructor(where: string, tracks: Tracks) {
    const person = new PersonTracks(where, tracks);
    this.frames = person.frames;
    this.#paths = new Map(
      TRACK_PARTS.flatMap((part) => person.namesOf(part).map((name) => [name, person.path(part, name)] as const)),
    );
    if (!this.#paths.has('torso0'))
      throw new StageError({
        code: 'stage.tracks-unnamed',
        where,
        expected: 'points named torso0, leftArm0, …',
        got: `points named ${[...this.#paths.keys()].slice(0, 3).join(', ')}, …`,
        remedy: 'connect the tracks of tracking@1, backbone points',
      });
  }

  /** The points of some parts by name, in the tracker's order. */
  of(parts: readonly PointPart[]): ReadonlyMap<string, PointPath> {
    return new Map([...this.#paths].filter(([name]) => parts.includes(stemOf(name))));
  }

  /**
   * The same less the mean place of other parts' points, those that are seen in most frames: the motion that is a
   * part's own.
   */
  carried(parts: readonly PointPart[], by: readonly PointPart[]): ReadonlyMap<string, PointPath> {
    const carriers = [...this.of(by).values()].filter(isMostlySeen);
    if (carriers.length === 0) return this.of(parts);
    const courseOf = (axis: 'x' | 'y'): Float64Array =>
      Float64Array.from({ length: this.frames }, (_, f) => mean(carriers.map((path) => path[axis][f])));
    const [x, y] = [courseOf('x'), courseOf('y')];
    return new Map(
      [...this.of(parts)].map(([name, path]) => [
        name,
        { ...path, x: path.x.map((value, f) => value - x[f]), y: path.y.map((value, f) => value - y[f]) },
      ]),
    );
  }
}

/** `leftArm3` -> `leftArm` */
function stemOf(name: string): PointPart {
  return name.replace(/\d+$/, '') as PointPart;
}
