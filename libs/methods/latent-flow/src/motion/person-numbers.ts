import { armOf, bodyScale, SIDES } from '@soliloquy/body-layers';
import { filmFace } from '@soliloquy/face';
import type { Landmarks } from '@soliloquy/ports';

/** What a picture says of how its person will move, in this order; lengths in units of the face. */
export const PERSON_NUMBERS = [
  'unit over the height of the film',
  'width of the shoulders',
  'width of the mouth',
  'height of the lips',
  'chin below the eyes',
  'left hand below the shoulders, 0 where it is not seen',
  'right hand below the shoulders, 0 where it is not seen',
  'hands that are seen',
] as const;

/**
 * f32 [8] of `PERSON_NUMBERS`: how large a person is, and where hands rest, which gestures depend on.
 *
 * @param width film pixels; the landmarks' picture has the same aspect
 */
export function personNumbers(landmarks: Landmarks, width: number, height: number): Float32Array {
  const face = filmFace(landmarks, width, height);
  const { shoulderWidth, middle } = bodyScale(landmarks, width, height);
  const [mouthLeft, mouthRight] = [face.local('mouthLeft')!, face.local('mouthRight')!];
  const hands = SIDES.map((side) => armOf(side, landmarks, width, height)?.palm);
  return Float32Array.of(
    face.unit / height,
    shoulderWidth / face.unit,
    Math.hypot(mouthLeft.u - mouthRight.u, mouthLeft.v - mouthRight.v),
    face.local('lowerLipBottom')!.v - face.local('upperLipTop')!.v,
    1 + (face.local('chin')?.v ?? 0.65),
    ...hands.map((palm) => (palm ? (palm.y - middle.y) / face.unit : 0)),
    hands.filter((palm) => palm !== undefined).length,
  );
}
