import type { Plane } from '@soliloquy/planes';
import type { Landmarks } from '@soliloquy/ports';

/** Of the way from the chin to the root of the nose: where it is begun, and where the highest hair ends. */
const FROM = 1.2;
const TO = 3.2;
const STEP = 0.01;

/** Puts the top of the head where the matte ends above the face, along its own vertical. */
export function topOfHead(landmarks: Landmarks, matte: Plane): Landmarks {
  const { chin, leftEye, rightEye, headTop } = landmarks.points;
  const up = { x: (leftEye.x + rightEye.x) / 2 - chin.x, y: (leftEye.y + rightEye.y) / 2 - chin.y };
  let top: { x: number; y: number } | undefined;
  for (let share = FROM; share <= TO; share += STEP) {
    const place = { x: chin.x + share * up.x, y: chin.y + share * up.y };
    const [column, row] = [Math.floor(place.x), Math.floor(place.y)];
    const inside = column >= 0 && row >= 0 && column < matte.width && row < matte.height;
    if (!inside || matte.data[row * matte.width + column] < 0.5) break;
    top = place;
  }
  return top ? { ...landmarks, points: { ...landmarks.points, headTop: { ...headTop, ...top } } } : landmarks;
}
