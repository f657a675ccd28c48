/** Below it the digits of a figure begin too far behind the point to be read. */
const TINY = 1e-4;

/** A figure as it is shown: four significant digits, of what is larger than that all before the point. */
export function figureText(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size < TINY) return value.toExponential(2);
  return String(size >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}
