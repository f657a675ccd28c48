import type { FaceLandmarkName, LandmarkName, Landmarks } from '@soliloquy/ports';
import { toFace, type FaceFrame } from './face-frame.ts';
import type { FacePoint, Point } from './point.ts';

/**
 * The frame in which a face is moved (stage `video-diffusion`, the puppet): origin at the centre of the mouth, v from
 * between the eyes to the mouth and u at right angles to it, one unit = the distance from between the eyes to the
 * mouth. What moves is written in it once for faces of any size.
 */
export interface FilmFace extends FaceFrame {
  /** A landmark in face coordinates, if the picture shows it. */
  readonly local: (name: LandmarkName) => FacePoint | undefined;
  /** A landmark in film pixels, if the picture shows it. */
  readonly film: (name: LandmarkName) => (Point & { readonly confidence: number }) | undefined;
}

/** @param width film pixels; the landmarks' picture has the same aspect */
export function filmFace(landmarks: Landmarks, width: number, height: number): FilmFace {
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
  const at = (name: FaceLandmarkName): Point => film(name) as Point;
  const mouth = at('mouthCenter');
  const eyes = { x: (at('leftEye').x + at('rightEye').x) / 2, y: (at('leftEye').y + at('rightEye').y) / 2 };
  const unit = Math.max(1e-3, Math.hypot(mouth.x - eyes.x, mouth.y - eyes.y));
  const down = { x: (mouth.x - eyes.x) / unit, y: (mouth.y - eyes.y) / unit };
  const frame: FaceFrame = { origin: mouth, right: { x: down.y, y: -down.x }, down, unit };
  return {
    ...frame,
    film,
    local: (name) => {
      const point = film(name);
      return point && toFace(frame, point.x, point.y);
    },
  };
}

/**
 * The frame in which a picture is laid out (stage `canonical-gaussians`): origin at the centre of the mouth, u along
 * the line of the eyes and v at right angles to it, one unit = one film pixel, with the measures that regions, saliency
 * and hidden layers are stated in. Its axes differ from those of `filmFace` where the line of the eyes and that from
 * eyes to mouth are not at right angles, as in a face that is turned aside.
 */
export interface PictureFrame extends FaceFrame {
  /** film pixels per picture pixel */
  readonly scale: number;
  /** A landmark in film pixels, if the picture shows it. */
  readonly point: (name: LandmarkName) => Point | undefined;
  /** midpoint of the eyes' centres, pixels */
  readonly eyes: Point;
  /** pixels between the eyes' centres */
  readonly eyeDistance: number;
  /** pixels, half of the mouth's width */
  readonly mouthHalfWidth: number;
  /** pixels from the line between the lips to their outer edges */
  readonly upperLipHeight: number;
  readonly lowerLipHeight: number;
  /** pixels from the mouth line to the chin */
  readonly chinDistance: number;
}

/** @param width film pixels */
export function pictureFrame(landmarks: Landmarks, width: number): PictureFrame {
  const scale = width / landmarks.width;
  const point = (name: LandmarkName): Point | undefined => {
    const found = landmarks.points[name];
    return found && { x: found.x * scale, y: found.y * scale };
  };
  const at = (name: FaceLandmarkName): Point => point(name) as Point;
  const [left, rightEye] = [at('leftEye'), at('rightEye')];
  const eyeDistance = Math.max(1, Math.hypot(left.x - rightEye.x, left.y - rightEye.y));
  const right = { x: (left.x - rightEye.x) / eyeDistance, y: (left.y - rightEye.y) / eyeDistance };
  const frame: FaceFrame = { origin: at('mouthCenter'), right, down: { x: -right.y, y: right.x }, unit: 1 };
  const below = ({ x, y }: Point): number => toFace(frame, x, y).v;
  return {
    ...frame,
    scale,
    point,
    eyes: { x: (left.x + rightEye.x) / 2, y: (left.y + rightEye.y) / 2 },
    eyeDistance,
    mouthHalfWidth: Math.hypot(at('mouthLeft').x - at('mouthRight').x, at('mouthLeft').y - at('mouthRight').y) / 2,
    upperLipHeight: Math.max(0.5, -below(at('upperLipTop'))),
    lowerLipHeight: Math.max(0.5, below(at('lowerLipBottom'))),
    chinDistance: Math.max(1, below(at('chin'))),
  };
}
