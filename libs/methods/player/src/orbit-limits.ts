import type { Orbit } from '@soliloquy/gaussian-cloud/orbit';

/** An avatar turns by as much: it was learned from one side. rad */
export const ORBIT_LIMITS = { yaw: 0.35, pitch: 0.17, distance: [0.45, 1.3] } as const;

/** The nearest orbit that an avatar supports. */
export function withinLimits({ yaw, pitch, distance }: Orbit): Orbit {
  const within = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
  const [near, far] = ORBIT_LIMITS.distance;
  return {
    yaw: within(yaw, ORBIT_LIMITS.yaw),
    pitch: within(pitch, ORBIT_LIMITS.pitch),
    distance: Math.min(far, Math.max(near, distance)),
  };
}
