import { lookEvery, type Look, type SeenFace } from './look.ts';

/** A part of a film, frames. */
export interface ClipRange {
  readonly from: number;
  readonly to: number;
}

/** A clip with what was seen in it. */
export interface ChosenClip extends ClipRange {
  readonly presence: number;
  readonly eyes: number;
  readonly sharpness: number;
  readonly background: number;
}

/** Why parts of a film are left out, seconds of each. */
export type LeftOut = Record<'cut' | 'absent' | 'camera', number>;

/** Share of the looks in which the face must be seen. */
const PRESENT = 0.9;
/** Change around the person from which on the camera moves or the light changes, of brightness. */
const STEADY = 0.02;

/**
 * The clips of a film: one after the other, without a cut in them, the person seen nearly throughout, before a
 * background that stays.
 *
 * @param frames of the film; @param length of a clip, frames
 */
export function chooseClips(
  { frames, fps }: { readonly frames: number; readonly fps: number },
  { cuts, looks }: { readonly cuts: readonly number[]; readonly looks: readonly Look[] },
  { length, most }: { readonly length: number; readonly most: number },
): { readonly clips: ChosenClip[]; readonly leftOut: LeftOut } {
  const every = lookEvery(fps);
  const clips: ChosenClip[] = [];
  const leftOut: LeftOut = { cut: 0, absent: 0, camera: 0 };
  for (let from = 0; from + length <= frames && clips.length < most;) {
    const to = from + length;
    // The last cut within: everything before it is of no use.
    const cut = cuts.findLast((each) => each > from && each < to);
    if (cut !== undefined) {
      leftOut.cut += (cut - from) / fps;
      from = cut;
      continue;
    }
    const judged = judge(
      looks.filter(({ frame }) => frame >= from && frame < to),
      from,
    );
    if (judged.why === undefined) {
      clips.push({ from, to, ...judged.seen });
      from = to;
    } else {
      leftOut[judged.why] += every / fps;
      from += every;
    }
  }
  return { clips, leftOut };
}

type Judged =
  { readonly why: 'absent' | 'camera' } | { readonly why: undefined; readonly seen: Omit<ChosenClip, keyof ClipRange> };

function judge(looks: readonly Look[], from: number): Judged {
  const faces = looks.flatMap(({ person }) => person ?? []);
  const presence = faces.length / Math.max(1, looks.length);
  if (presence < PRESENT) return { why: 'absent' };
  const changes = looks.filter(({ frame, background }) => frame > from && !Number.isNaN(background));
  const background = mean(changes.map((look) => look.background));
  if (background > STEADY) return { why: 'camera' };
  return {
    why: undefined,
    seen: {
      presence,
      eyes: mean(faces.map(({ eyes }) => eyes)),
      sharpness: mean(faces.map(({ sharpness }) => sharpness)),
      background,
    },
  };
}

/**
 * The look that is fit for a reference picture: of those from the front with wide eyes and closed lips the sharpest.
 *
 * @param looks with a face, at least one
 */
export function chooseReference(looks: readonly Look[]): Look {
  const seen = looks.filter((look): look is Look & { person: SeenFace } => look.person !== undefined);
  const widest = quantile(
    seen.map(({ person }) => person.open),
    0.6,
  );
  const sharpest = quantile(
    seen.map(({ person }) => person.sharpness),
    0.9,
  );
  const cost = ({ person }: { readonly person: SeenFace }): number =>
    10 * person.mouth +
    4 * person.turned +
    5 * Math.max(0, 1 - person.open / widest) +
    Math.max(0, 1 - person.sharpness / sharpest);
  return seen.reduce((best, look) => (cost(look) < cost(best) ? look : best));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}
