/**
 * A slow path around 0, about −1 … 1: three sines between 0.15 and 0.8 Hz. Slower ones would make a clip of five
 * seconds lean to one side, and one clip move three times as far as another.
 *
 * @returns the path at t seconds
 */
export function wander(random: () => number): (t: number) => number {
  const parts = [0.2, 0.36, 0.64].map((hertz, i) => ({
    hertz: hertz * (0.75 + 0.5 * random()),
    phase: random(),
    size: [0.55, 0.45, 0.3][i],
  }));
  return (t) =>
    parts.reduce((sum, { hertz, phase, size }) => sum + size * Math.sin(2 * Math.PI * (hertz * t + phase)), 0);
}
