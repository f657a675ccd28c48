import { readFileSync } from 'node:fs';
import { Fault } from '@soliloquy/fault';
import type { Image } from '@soliloquy/media';
import { lumaPlane, sample, scalePlane, shrinkImage, type Plane } from '@soliloquy/planes';
import { withScope, type Box, type CascadeClassifier, type Mat, type OpenCv } from './opencv.ts';

/** A square that holds a face from brow to chin, and how sure the cascades are of it. */
export interface FaceBox {
  /** centre, pixels */
  readonly x: number;
  readonly y: number;
  /** side, pixels */
  readonly size: number;
  /** radians by which the picture was turned for the face to stand upright; + is clockwise */
  readonly tilt: number;
  /** windows of both cascades that were hit */
  readonly votes: number;
}

/** The two cascades err in different places: a face is where both hit. */
const CASCADES = ['haarcascade_frontalface_default', 'haarcascade_frontalface_alt2'] as const;

/** How a picture is looked at. */
export interface Search {
  /** radians by which it is turned before: the cascades see faces tilted by up to about 0.2 */
  readonly tilt: number;
  /** its longer side then, pixels */
  readonly side: number;
}

/** Side of the smallest box that is looked for, pixels of the search. */
const LEAST_FACE = 28;
const loaded = new Map<string, CascadeClassifier>();

/** A cascade of `data/`, read once for each process. */
export function cascade(cv: OpenCv, name: string): CascadeClassifier {
  const known = loaded.get(name);
  if (known) return known;
  cv.FS_createDataFile(
    '/',
    `${name}.xml`,
    readFileSync(new URL(`../data/${name}.xml`, import.meta.url)),
    true,
    false,
    false,
  );
  const made = new cv.CascadeClassifier();
  if (!made.load(`${name}.xml`))
    throw new Fault({
      code: 'reference.argument',
      where: 'reference.data',
      expected: `the cascade ${name}`,
      got: 'a file that does not load',
      remedy: 'reinstall',
      audience: 'author',
    });
  loaded.set(name, made);
  return made;
}

/** All hits of one cascade in a grey plane, with the number of windows that agree. */
export function detect(
  cv: OpenCv,
  name: string,
  grey: Plane,
  minNeighbours: number,
  minSide: number,
  scaleFactor = 1.1,
): { box: Box; votes: number }[] {
  return withScope((keep) => {
    const mat = keep(greyMat(cv, grey));
    const boxes = keep(new cv.RectVector());
    const votes = keep(new cv.IntVector());
    cascade(cv, name).detectMultiScale2(
      mat,
      boxes,
      votes,
      scaleFactor,
      minNeighbours,
      0,
      new cv.Size(minSide, minSide),
      new cv.Size(0, 0),
    );
    return Array.from({ length: boxes.size() }, (_, i) => ({ box: boxes.get(i), votes: votes.get(i) }));
  });
}

function greyMat(cv: OpenCv, grey: Plane): Mat {
  const mat = new cv.Mat(grey.height, grey.width, cv.CV_8UC1);
  const { data } = mat;
  for (let i = 0; i < grey.data.length; i++) data[i] = Math.round(grey.data[i] * 255);
  return mat;
}

/**
 * Faces seen from the front, largest first, by two Haar cascades that must agree (Viola and Jones 2001; Lienhart and
 * Maydt 2002).
 */
export function detectFaces(cv: OpenCv, image: Image, { tilt, side }: Search): FaceBox[] {
  const scale = side / Math.max(image.width, image.height);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const small = scale < 1 ? lumaPlane(shrinkImage(image, width, height)) : scalePlane(lumaPlane(image), width, height);
  return detectUpright(cv, turned(small, tilt), tilt).map((face) => ({
    ...face,
    x: face.x / scale,
    y: face.y / scale,
    size: face.size / scale,
  }));
}

/** Faces of a plane that `turned` made, in pixels of the plane it was made from. */
function detectUpright(cv: OpenCv, padded: Padded, tilt: number): FaceBox[] {
  const first = detect(cv, CASCADES[0], padded.plane, 3, LEAST_FACE);
  const second = first.length > 0 ? detect(cv, CASCADES[1], padded.plane, 3, LEAST_FACE) : [];
  const faces: FaceBox[] = [];
  for (const a of first) {
    const b = second.filter((other) => overlap(a.box, other.box) > 0.45).sort((p, q) => q.votes - p.votes)[0];
    if (!b) continue;
    const x = (a.box.x + a.box.width / 2 + b.box.x + b.box.width / 2) / 2;
    const y = (a.box.y + a.box.height / 2 + b.box.y + b.box.height / 2) / 2;
    const centre = padded.toSource(x, y);
    faces.push({ ...centre, size: (a.box.width + b.box.width) / 2, tilt, votes: a.votes + b.votes });
  }
  return faces.sort((a, b) => b.size - a.size);
}

interface Padded {
  readonly plane: Plane;
  toSource(x: number, y: number): { x: number; y: number };
}

/**
 * The plane turned by `tilt` about its centre, with a border: a cascade's window wants room around a tightly cropped
 * face.
 */
function turned(plane: Plane, tilt: number): Padded {
  const border = Math.round(Math.max(plane.width, plane.height) * 0.08);
  const width = plane.width + 2 * border;
  const height = plane.height + 2 * border;
  const cos = Math.cos(tilt);
  const sin = Math.sin(tilt);
  const toSource = (x: number, y: number) => {
    const dx = x - width / 2;
    const dy = y - height / 2;
    return { x: plane.width / 2 + dx * cos - dy * sin, y: plane.height / 2 + dx * sin + dy * cos };
  };
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = toSource(x + 0.5, y + 0.5);
      data[y * width + x] = sample(plane, from.x, from.y);
    }
  }
  return { plane: { width, height, data }, toSource };
}

/** Intersection over union of two boxes. */
function overlap(a: Box, b: Box): number {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (a.width * a.height + b.width * b.height - w * h);
}
