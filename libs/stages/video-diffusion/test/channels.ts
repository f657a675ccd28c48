import { MOTION_CHANNELS, type MotionChannel, type PuppetMotion } from '../src/puppet/index.ts';

/** A motion of which a test says every frame; what it does not say is 0. */
export function motionOf(frames: readonly Partial<Record<MotionChannel, number>>[]): PuppetMotion {
  const channels = Object.fromEntries(
    Object.keys(MOTION_CHANNELS).map((name) => [
      name,
      Float32Array.from(frames, (frame) => frame[name as MotionChannel] ?? 0),
    ]),
  ) as PuppetMotion['channels'];
  return { frames: frames.length, fps: 25, channels };
}
