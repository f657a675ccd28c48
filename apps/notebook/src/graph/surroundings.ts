import type { Catalogue } from '@soliloquy/gateway/protocol';
import type { StageRegistry } from '@soliloquy/graph';
import type { Notices } from '../notices.svelte.ts';

/** What an open graph has around it: what is installed, and where the page says what was done. */
export interface Surroundings {
  readonly registry: StageRegistry;
  readonly catalogue: Catalogue;
  readonly notices: Notices;
}

/** What a backbone lacks on this machine, with how to get it. */
export function lacking(
  catalogue: Catalogue,
  stage: string,
  backbone: string,
): readonly { readonly what: string; readonly remedy: string }[] {
  return catalogue.lacking[stage]?.[backbone] ?? [];
}
