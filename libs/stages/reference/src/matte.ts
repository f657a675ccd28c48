import { resizedPupilFrame, toPupils, type PupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import { boxMean, cropImage, fillHoles, keepConnected, regionsOf, shrinkImage, type Plane } from '@soliloquy/planes';
import { cutByColor, LABEL } from './graph-cut.ts';
import type { OpenCv } from './opencv.ts';
import { skinLikeness } from './skin.ts';
import { softEdge } from './soft-edge.ts';

/** Longer side at which the graph is cut, pixels. */
const CUT_SIDE = 384;
const HEAD_SIDE = 260;
/** Reach of the soft edge, pupil distances. */
const EDGE = 0.07;

/**
 * Cut the person out: a graph cut between two iterated colour models (GrabCut, Rother, Kolmogorov and Blake 2004),
 * started from the proportions of a body below the face, the part that hangs together with the face kept, and the cut's
 * edge softened by a guided filter (He, Sun and Tang 2010) fitted at reduced size and applied at the picture's own.
 *
 * @returns f32 [height, width], 0 … 1, of the picture's size
 */
export function cutMatte(cv: OpenCv, image: Image, face: PupilFrame): Plane {
  const scale = Math.min(1, CUT_SIDE / Math.max(image.width, image.height));
  const width = Math.max(8, Math.round(image.width * scale));
  const height = Math.max(8, Math.round(image.height * scale));
  const small = shrinkImage(image, width, height);
  const frame = resizedPupilFrame(face, image, small);
  const person = cutByColor(cv, small, silhouettePrior(small, frame));
  cutHead(cv, image, face, person, width, height);
  closeTorso(person, frame, width, height);
  keepBody(person, frame, width, height);
  fillHoles(person, width, height, 1.2 * frame.unit ** 2);
  const hard: Plane = { width, height, data: Float32Array.from(person, (value) => value) };
  return softEdge(image, hard, EDGE * face.unit);
}

/**
 * Keeps what hangs together with the face, across gaps as wide as a wrist in shadow (0.5 units): a hand held out must
 * not be lost. In place.
 */
function keepBody(person: Uint8Array, frame: PupilFrame, width: number, height: number): void {
  const grown = boxMean({ width, height, data: Float32Array.from(person) }, Math.max(1, Math.round(0.25 * frame.unit)));
  const near = Uint8Array.from(grown.data, (value) => (value > 1e-4 ? 1 : 0));
  keepConnected(near, width, height, (x, y) => {
    const { u, v } = toPupils(frame, x + 0.5, y + 0.5);
    return (u / 0.7) ** 2 + ((v - 0.5) / 1) ** 2 < 1;
  });
  const least = 0.3 * frame.unit ** 2;
  for (const pixels of regionsOf(person, width, height))
    if (pixels.length < least || !near[pixels[0]]) for (const at of pixels) person[at] = 0;
}

/** Bays in the torso (a badge, a strap in the colours of the wall) are closed: there a body has none. In place. */
function closeTorso(person: Uint8Array, frame: PupilFrame, width: number, height: number): void {
  const radius = Math.max(1, Math.round(0.55 * frame.unit));
  // Grown by a box and shrunk again by the same.
  const grown = boxMean({ width, height, data: Float32Array.from(person) }, radius);
  const outside = grown.data.map((value) => (value > 1e-4 ? 0 : 1));
  const shrunk = boxMean({ width, height, data: outside }, radius);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = Math.abs(x + 0.5 - frame.x) / frame.unit;
      const down = (y + 0.5 - frame.y) / frame.unit;
      if (across < 2.2 && down > 2.6 && down < 10 && shrunk.data[y * width + x] < 1e-4) person[y * width + x] = 1;
    }
  }
}

/** Window around the head that is cut a second time, face coordinates. */
const HEAD = { left: -2.7, right: 2.7, top: -3.1, bottom: 2.1 };

/**
 * Cuts the head again with colour models of its own surroundings, at more pixels: one model for the whole picture takes
 * dark hair for dark wall. Overwrites `person` (u8 [height, width]) above the chin.
 */
function cutHead(cv: OpenCv, image: Image, face: PupilFrame, person: Uint8Array, width: number, height: number): void {
  const left = Math.max(0, Math.floor(face.x + HEAD.left * face.unit));
  const top = Math.max(0, Math.floor(face.y + HEAD.top * face.unit));
  const right = Math.min(image.width, Math.ceil(face.x + HEAD.right * face.unit));
  const bottom = Math.min(image.height, Math.ceil(face.y + HEAD.bottom * face.unit));
  const crop = cropImage(image, { left, top, width: right - left, height: bottom - top });
  const scale = Math.min(1, HEAD_SIDE / Math.max(crop.width, crop.height));
  const small = shrinkImage(
    crop,
    Math.max(8, Math.round(crop.width * scale)),
    Math.max(8, Math.round(crop.height * scale)),
  );
  const frame = resizedPupilFrame({ ...face, x: face.x - left, y: face.y - top }, crop, small);
  const head = cutByColor(cv, small, silhouettePrior(small, frame));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const px = ((x + 0.5) * image.width) / width;
      const py = ((y + 0.5) * image.height) / height;
      if (px < left || px >= right || py < top || py >= bottom || toPupils(face, px, py).v > 1.3) continue;
      const column = Math.min(small.width - 1, Math.floor(((px - left) * small.width) / crop.width));
      const row = Math.min(small.height - 1, Math.floor(((py - top) * small.height) / crop.height));
      person[y * width + x] = head[row * small.width + column];
    }
  }
}

/**
 * Labels for GrabCut from body proportions in distances between the pupils (one is about 63 mm): u8 [height, width].
 */
function silhouettePrior(image: Image, frame: PupilFrame): Uint8Array {
  const labels = new Uint8Array(image.width * image.height);
  // The body hangs upright below a tilted head.
  const upright: PupilFrame = {
    ...frame,
    x: frame.x - Math.sin(frame.tilt) * 1.6 * frame.unit,
    y: frame.y + (Math.cos(frame.tilt) - 1) * 1.6 * frame.unit,
    tilt: frame.tilt * 0.2,
  };
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const head = toPupils(frame, x + 0.5, y + 0.5);
      const body = toPupils(upright, x + 0.5, y + 0.5);
      const atSide = x < 0.02 * image.width || x >= 0.98 * image.width;
      // What reaches the picture's side far from the body is taken for background, so that its colours are known as
      // such.
      labels[y * image.width + x] =
        atSide && Math.abs(body.u) > 3.9 ? LABEL.background : priorLabel(head.u, head.v, Math.abs(body.u), body.v);
    }
  }
  seedHands(image, frame, labels);
  return labels;
}

/**
 * Skin within reach of the arms is likely the person's from the start: a wall of about its colour would take it
 * otherwise. In place.
 */
function seedHands(image: Image, frame: PupilFrame, labels: Uint8Array): void {
  const { width, height } = image;
  const likeness = skinLikeness(image, frame);
  const skin = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = Math.abs(x + 0.5 - frame.x) / frame.unit;
      const v = (y + 0.5 - frame.y) / frame.unit;
      if (likeness.data[y * width + x] > 0.3 && v > 2.6 && v < 14 && u < 7) skin[y * width + x] = 1;
    }
  }
  for (const pixels of regionsOf(skin, width, height)) {
    const area = pixels.length / frame.unit ** 2;
    if (area < 0.3 || area > 8) continue;
    for (const at of pixels) if (labels[at] === LABEL.likelyBackground) labels[at] = LABEL.likelyPerson;
  }
}

function priorLabel(headU: number, headV: number, across: number, down: number): number {
  const inEllipse = (v: number, ru: number, rv: number) => (headU / ru) ** 2 + ((headV - v) / rv) ** 2 < 1;
  if (inEllipse(0.4, 0.85, 1.3) || inEllipse(0, 0.95, 1.55)) return LABEL.person;
  if (inEllipse(0, 1.4, 2.1)) return LABEL.likelyPerson;
  if (headV < -2.7) return LABEL.background;
  if (down < 1.4) return across > 2.6 ? LABEL.background : LABEL.likelyBackground;
  if (across < 0.5 && down < 2.2) return LABEL.person;
  if (across < 1.25 && down > 3 && down < 8) return LABEL.person;
  // From the neck the shoulders widen to about 3.3 units either side of the middle.
  const shoulders = Math.min(3.3, 0.6 + (down - 1.5) * 1.5);
  if (across < shoulders && down < 12) return LABEL.likelyPerson;
  if (across < 2 && down < 25) return LABEL.likelyPerson;
  if (down > 29 || across > 9) return LABEL.background;
  if (down < 2.2 && across > 3.6) return LABEL.background;
  return LABEL.likelyBackground;
}
