/** `1.5 MiB`, `312 MiB`, `2.1 GiB` */
export function sizeWords(bytes: number): string {
  const mib = bytes / 2 ** 20;
  return mib < 1024 ? `${mib.toFixed(mib < 100 ? 1 : 0)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}

/** `1 run`, `3 runs` */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
