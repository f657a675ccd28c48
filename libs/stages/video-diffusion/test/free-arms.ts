import type { ArmMeans, BodyMeans } from '../src/puppet/index.ts';

export const FREE_ARM: ArmMeans = {
  freedom: 'free',
  rest: { out: 0.3, down: 1.1 },
  reach: { inward: 0.3, outward: 0.4, up: 0.5, down: 0.15 },
};

/** A half-body picture whose hands are before the belly. */
export const FREE_ARMS: BodyMeans = { left: FREE_ARM, right: FREE_ARM, clasped: false };
