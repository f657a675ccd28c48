const PREFIX = 'soliloquy.size.';

/** The size at which a graph was last looked at in this browser; undefined for one that it has no more. */
export function keptSize(path: string, sizes: readonly string[]): string | undefined {
  const kept = localStorage.getItem(PREFIX + path);
  return kept !== null && sizes.includes(kept) ? kept : undefined;
}

export function keepSize(path: string, size: string): void {
  localStorage.setItem(PREFIX + path, size);
}
