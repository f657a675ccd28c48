import type { Catalogue } from '@soliloquy/gateway/protocol';
import type { StageRegistry } from '@soliloquy/graph';
import type { Notices } from '../notices.svelte.ts';

/** What an open graph has around it: what is installed, and where the page says what was done. */
export interface Surroundings {
  readonly registry: StageRegistry;
  readonly catalogue: Catalogue;
  readonly notices: Notices;
}
