import type { StageRegistry } from '@soliloquy/graph';
import { loadRegistry } from '@soliloquy/runner';

/** What runner and workers are told to import. */
export const REGISTRY_MODULE = new URL('./installed-stages.ts', import.meta.url).href;

export function openRegistry(): Promise<StageRegistry> {
  return loadRegistry(REGISTRY_MODULE);
}
