import type { Camera } from '@soliloquy/ports';
import type { Orbit } from './orbit.ts';

/** Page to the worker that draws. */
export type ToRenderer =
  | { readonly type: 'scene'; readonly gaussians: ArrayBuffer; readonly deformation?: ArrayBuffer }
  | { readonly type: 'draw'; readonly orbit: Orbit; readonly frame: number; readonly width: number; readonly height: number; /** rgb, 0 … 1 */ readonly background: readonly [number, number, number] };

/** The worker that draws, to the page. */
export type FromRenderer =
  | { readonly type: 'scene'; readonly count: number; readonly frames: number; readonly fps: number; readonly camera: Camera; readonly threads: number }
  | { readonly type: 'drawn'; readonly bitmap: ImageBitmap; readonly milliseconds: number }
  | { readonly type: 'failed'; readonly message: string };
