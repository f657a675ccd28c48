/** The smallest of `values` that at least the share `part` of them does not exceed (nearest rank); 0 of nothing. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

/** How many of `items` are so, in percent with one decimal; 0 of nothing. */
export function percent<T>(items: readonly T[], isSo: (item: T) => boolean): number {
  return items.length === 0 ? 0 : Math.round((1000 * items.filter(isSo).length) / items.length) / 10;
}
