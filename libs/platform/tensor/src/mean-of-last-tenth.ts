/** What a training came to: the mean of the last tenth of its losses, of one at least. */
export function meanOfLastTenth(losses: readonly number[]): number {
  const recent = losses.slice(-Math.max(1, Math.floor(losses.length / 10)));
  return recent.reduce((sum, value) => sum + value, 0) / recent.length;
}
