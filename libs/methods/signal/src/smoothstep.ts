/** 3t² − 2t³ from `from` to `to`, 0 before and 1 after; C1. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** cos² bump of half width 1 around 0; C1. */
export function bump(x: number): number {
  return Math.abs(x) < 1 ? Math.cos((Math.PI / 2) * x) ** 2 : 0;
}
