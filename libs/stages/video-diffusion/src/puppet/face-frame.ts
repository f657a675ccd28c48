import type { LandmarkName, Landmarks } from '@soliloquy/ports';

/** A point; film pixels unless its owner says otherwise. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The face's own coordinates: origin at the centre of the mouth, `a` along the mouth towards the right of the picture,
 * `b` towards the chin, one unit = the distance from between the eyes to the mouth. A face that is tilted in the
 * picture is upright here.
 */
export interface FaceFrame {
  /** film pixels of one unit */
  readonly unit: number;
  readonly toLocal: (x: number, y: number) => { readonly a: number; readonly b: number };
  readonly toFilm: (a: number, b: number) => Point;
  /** unit vector of `a` in the film */
  readonly across: Point;
  /** unit vector of `b` in the film */
  readonly down: Point;
  /** A landmark in face coordinates, if the picture shows it. */
  readonly local: (name: LandmarkName) => { readonly a: number; readonly b: number } | undefined;
  /** A landmark in film pixels, if the picture shows it. */
  readonly film: (name: LandmarkName) => (Point & { readonly confidence: number }) | undefined;
}

/** @param width film pixels; the landmarks' picture has the same aspect */
export function faceFrame(landmarks: Landmarks, width: number, height: number): FaceFrame {
  const film = (name: LandmarkName) => {
    const point = landmarks.points[name];
    return (
      point && {
        x: (point.x * width) / landmarks.width,
        y: (point.y * height) / landmarks.height,
        confidence: point.confidence,
      }
    );
  };
  const at = (name: 'leftEye' | 'rightEye' | 'mouthCenter'): Point => film(name) as Point;
  const mouth = at('mouthCenter');
  const eyes = { x: (at('leftEye').x + at('rightEye').x) / 2, y: (at('leftEye').y + at('rightEye').y) / 2 };
  const unit = Math.max(1e-3, Math.hypot(mouth.x - eyes.x, mouth.y - eyes.y));
  const down = { x: (mouth.x - eyes.x) / unit, y: (mouth.y - eyes.y) / unit };
  const across = { x: down.y, y: -down.x };
  const toLocal = (x: number, y: number) => ({
    a: ((x - mouth.x) * across.x + (y - mouth.y) * across.y) / unit,
    b: ((x - mouth.x) * down.x + (y - mouth.y) * down.y) / unit,
  });
  return {
    unit,
    across,
    down,
    toLocal,
    toFilm: (a, b) => ({
      x: mouth.x + unit * (a * across.x + b * down.x),
      y: mouth.y + unit * (a * across.y + b * down.y),
    }),
    local: (name) => {
      const point = film(name);
      return point && toLocal(point.x, point.y);
    },
    film,
  };
}
