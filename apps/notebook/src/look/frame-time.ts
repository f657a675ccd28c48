/** A time that is read back from a player may lie this share of a frame before the one that was asked for. */
const SLACK = 1e-3;

/**
 * The frame that is seen at a time, from 0; frame n is seen from n / fps on.
 *
 * @param time s
 * @param fps frames a second
 */
export function frameAt(time: number, fps: number): number {
  return Math.max(0, Math.floor(time * fps + SLACK));
}

/** A time at which a frame is seen for certain, however a player rounds: the middle of it. @returns s */
export function middleOfFrame(frame: number, fps: number): number {
  return (frame + 0.5) / fps;
}
