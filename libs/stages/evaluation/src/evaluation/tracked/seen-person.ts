import type { Tracks } from '@soliloquy/ports';
import type { Share } from '@soliloquy/stage';
import { motionBeats } from './beats.ts';
import { lidGap, lipOpening } from './face.ts';
import { headPose, type HeadPose } from './head-pose.ts';
import { armMotion, fingerLengths, type ArmMotion } from './limbs.ts';
import { PersonTracks } from './person-tracks.ts';

/** Inputs that are tracks of a person by networks. */
type TracksInput = 'tracks' | 'truthTracks';

/** What tracks say of a person, each computed once for all measures. Of a part that is hardly seen: undefined. */
export class SeenPerson {
  readonly person: PersonTracks;
  readonly #share: Share;
  readonly #where: TracksInput;

  /**
   * @param stage whose input `where` is
   * @throws StageError `stage.tracks-unnamed`
   */
  constructor(given: { readonly [K in TracksInput]?: Tracks }, where: TracksInput, share: Share, stage = 'evaluation') {
    this.person = share(where, () => new PersonTracks(`${stage}.${where}`, given[where]!));
    this.#share = share;
    this.#where = where;
  }

  get lipOpening(): Float64Array | undefined {
    return this.#ofFace('lips', lipOpening);
  }

  get lidGap(): Float64Array | undefined {
    return this.#ofFace('lids', lidGap);
  }

  get headPose(): HeadPose | undefined {
    return this.#ofFace('head', headPose);
  }

  get arms(): ArmMotion | undefined {
    return this.#share(`${this.#where} arms`, () => armMotion(this.person));
  }

  /** Seconds: beats of both hands. */
  get beats(): readonly number[] {
    return this.#share(`${this.#where} beats`, () => motionBeats(this.person));
  }

  get fingers(): readonly Float64Array[] {
    return this.#share(`${this.#where} fingers`, () => fingerLengths(this.person));
  }

  #ofFace<T>(what: string, compute: (person: PersonTracks) => T): T | undefined {
    return this.person.has('face') ? this.#share(`${this.#where} ${what}`, () => compute(this.person)) : undefined;
  }
}
