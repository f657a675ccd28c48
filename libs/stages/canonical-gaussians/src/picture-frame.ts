import type { LandmarkName, Landmarks } from '@soliloquy/ports';

/** A point in pixels of the film. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The face's own axes in the picture, in pixels of the film: origin at the mouth, `down` from the eyes to the mouth,
 * `right` across it. Regions, saliency and hidden layers are all laid out in it, so a tilted head tilts them.
 */
export interface PictureFrame {
  /** film pixels per picture pixel */
  readonly scale: number;
  readonly point: (name: LandmarkName) => Point | undefined;
  readonly eyes: Point;
  readonly mouth: Point;
  /** unit vectors */
  readonly right: Point;
  readonly down: Point;
  /** pixels between the eyes' centres */
  readonly eyeDistance: number;
  /** pixels, half of the mouth's width */
  readonly mouthHalfWidth: number;
  /** pixels from the line between the lips to their outer edges */
  readonly upperLipHeight: number;
  readonly lowerLipHeight: number;
  /** pixels from the mouth line to the chin */
  readonly chinDistance: number;
  /** (u, v): pixels right of and below the mouth's centre along the face's axes */
  readonly toFace: (x: number, y: number) => { u: number; v: number };
}

/** @param width pixels of the film */
export function pictureFrame(landmarks: Landmarks, width: number): PictureFrame {
  const scale = width / landmarks.width;
  const point = (name: LandmarkName): Point | undefined => {
    const found = landmarks.points[name];
    return found && { x: found.x * scale, y: found.y * scale };
  };
  const face = (name: keyof Landmarks['points']): Point => point(name as LandmarkName)!;
  const left = face('leftEye');
  const rightEye = face('rightEye');
  const eyes = { x: (left.x + rightEye.x) / 2, y: (left.y + rightEye.y) / 2 };
  const eyeDistance = Math.max(1, Math.hypot(left.x - rightEye.x, left.y - rightEye.y));
  const right = { x: (left.x - rightEye.x) / eyeDistance, y: (left.y - rightEye.y) / eyeDistance };
  const down = { x: -right.y, y: right.x };
  const mouth = face('mouthCenter');
  const along = (p: Point): number => (p.x - mouth.x) * down.x + (p.y - mouth.y) * down.y;
  return {
    scale,
    point,
    eyes,
    mouth,
    right,
    down,
    eyeDistance,
    mouthHalfWidth:
      Math.hypot(face('mouthLeft').x - face('mouthRight').x, face('mouthLeft').y - face('mouthRight').y) / 2,
    upperLipHeight: Math.max(0.5, -along(face('upperLipTop'))),
    lowerLipHeight: Math.max(0.5, along(face('lowerLipBottom'))),
    chinDistance: Math.max(1, along(face('chin'))),
    toFace: (x, y) => ({
      u: (x - mouth.x) * right.x + (y - mouth.y) * right.y,
      v: (x - mouth.x) * down.x + (y - mouth.y) * down.y,
    }),
  };
}
