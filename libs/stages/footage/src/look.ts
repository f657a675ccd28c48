import { laplacianVariance } from '@soliloquy/image-quality';
import type { Image, Video } from '@soliloquy/media';
import { THUMB } from '@soliloquy/planes';
import { eyeSpan, FACE, Networks, PersonTracker, type Face, type WholeBody } from '@soliloquy/whole-body';

/** What was seen in one frame. */
export interface Look {
  readonly frame: number;
  /** The person who is followed; `undefined` where only others are, or nobody. */
  readonly person: SeenFace | undefined;
  /** How much what is around the person changed since the look before, 0 … 1; NaN for the first. */
  readonly background: number;
}

/** The face of a look. */
export interface SeenFace {
  /** Distance of the outer corners of the eyes, pixels. */
  readonly eyes: number;
  /** Height of the opening of the eyes over their width, mean of both. */
  readonly open: number;
  /** Gap of the lips over the width of the mouth. */
  readonly mouth: number;
  /** Asymmetry of the face to the nose, 0 from the front. */
  readonly turned: number;
  /** Variance of the Laplacian over the face. */
  readonly sharpness: number;
}

/** Looks a second. */
const EVERY = 5;
/** A face with less presence is none. */
const SURE = 0.5;

/** Frames between two looks. */
export function lookEvery(fps: number): number {
  return Math.max(1, Math.round(fps / EVERY));
}

/**
 * Follows the main person of a film, five looks a second. Somebody else, told by the face, is not taken for the person.
 *
 * @param thumbs of every frame
 */
export async function lookAtFilm(
  video: Video,
  thumbs: readonly Float32Array[],
  { threads, step }: { readonly threads: number; readonly step: (frame: number) => Promise<void> },
): Promise<Look[]> {
  const { width, height, fps } = video;
  const every = lookEvery(fps);
  const networks = new Networks({ threads });
  const looks: Look[] = [];
  try {
    const tracker = new PersonTracker(networks, { hands: false });
    let frame = 0;
    for await (const data of video.read()) {
      if (frame % every === 0) {
        await step(frame);
        const image = { width, height, data };
        const { person } = await tracker.next(image);
        const before = looks.at(-1);
        const change = before && changeAround(thumbs[before.frame], thumbs[frame], person, video);
        looks.push({ frame, person: faceOf(image, person?.face), background: change ?? Number.NaN });
      }
      frame++;
    }
  } finally {
    await networks.dispose();
  }
  return looks;
}

function faceOf(image: Image, face: Face | undefined): SeenFace | undefined {
  if (face === undefined || face.presence < SURE) return undefined;
  const { points } = face;
  const apart = (a: keyof typeof FACE, b: keyof typeof FACE): number =>
    Math.hypot(points[FACE[a]].x - points[FACE[b]].x, points[FACE[a]].y - points[FACE[b]].y);
  const open =
    (apart('leftEyeTop', 'leftEyeBottom') / apart('leftEyeInner', 'leftEyeOuter') +
      apart('rightEyeTop', 'rightEyeBottom') / apart('rightEyeInner', 'rightEyeOuter')) /
    2;
  const [left, right] = [apart('noseTip', 'leftEar'), apart('noseTip', 'rightEar')];
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const box = { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
  return {
    eyes: eyeSpan(face),
    open,
    mouth: apart('upperLipBottom', 'lowerLipTop') / apart('mouthLeft', 'mouthRight'),
    turned: Math.abs(left - right) / (left + right),
    sharpness: laplacianVariance(image.data, image.width, image.height, box, 4),
  };
}

/** Change of brightness that half of the picture around the person stays below. */
function changeAround(
  before: Float32Array,
  now: Float32Array,
  person: WholeBody | undefined,
  { width, height }: Video,
): number {
  const [cx, cy, reach] = circleOf(person, width, height);
  const changes: number[] = [];
  for (let v = 0; v < THUMB; v++)
    for (let u = 0; u < THUMB; u++) {
      const [x, y] = [((u + 0.5) * width) / THUMB, ((v + 0.5) * height) / THUMB];
      if (Math.hypot(x - cx, y - cy) > reach) changes.push(Math.abs(now[v * THUMB + u] - before[v * THUMB + u]));
    }
  changes.sort((a, b) => a - b);
  return changes[changes.length >> 1] ?? 0;
}

/** A circle that has the person in it as far as it leaves corners. */
function circleOf(person: WholeBody | undefined, width: number, height: number): [x: number, y: number, r: number] {
  if (person?.body === undefined) return [width / 2, height / 2, 0];
  const [hips, edge] = person.body.circle;
  const most = 0.55 * Math.hypot(width, height);
  return [hips[0], hips[1], Math.min(most, Math.hypot(edge[0] - hips[0], edge[1] - hips[1]))];
}
