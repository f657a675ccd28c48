import type { Orbit } from '@soliloquy/gaussian-cloud/orbit';
import type { Camera } from '@soliloquy/ports';
import type { OpenOptions } from '@soliloquy/splat';

/** What Gaussians are drawn by: `auto` is a GPU where there is one, else WebAssembly. */
export type Drawer = NonNullable<OpenOptions['device']>;

/** Page to the worker that draws. */
export type ToRenderer =
  | {
      readonly type: 'scene';
      readonly drawer: Drawer;
      /** name of the file that the Gaussians are in */
      readonly file: string;
      readonly gaussians: ArrayBuffer;
      readonly motion?: ArrayBuffer;
    }
  | {
      readonly type: 'draw';
      readonly orbit: Orbit;
      readonly frame: number;
      readonly width: number;
      readonly height: number;
      /** rgb, 0 … 1 */
      readonly background: readonly [number, number, number];
    };

/** The worker that draws, to the page. */
export type FromRenderer =
  | {
      readonly type: 'scene';
      readonly count: number;
      /** what of the file was left out */ readonly notice?: string;
      readonly frames: number;
      readonly fps: number;
      readonly camera: Camera;
    }
  | {
      readonly type: 'drawn';
      readonly bitmap: ImageBitmap;
      readonly frame: number;
      readonly milliseconds: number;
      /** device and its name */
      readonly by: {
        readonly device: 'webgpu' | 'cpu';
        readonly name: string;
        /** why it is not the GPU that was wanted or that drew before */
        readonly because?: string;
      };
    }
  | { readonly type: 'failed'; readonly message: string };
