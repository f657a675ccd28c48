import type { MetricNote } from '@soliloquy/ports';

/** Unit of a metric and which way is better: `dB ↑`. */
export function unitWords(about: Pick<MetricNote, 'unit' | 'better'> | undefined): string {
  return [about?.unit, about?.better === undefined ? undefined : about.better === 'higher' ? '↑' : '↓']
    .filter((word) => word !== undefined)
    .join(' ');
}
