import type { Orbit } from '@soliloquy/gaussian-cloud/orbit';
import type { PersonFrame } from '@soliloquy/motion-stream';
import type { Camera } from '@soliloquy/ports';

/**
 * Sound from the worklet: what follows, in order, without gaps. Each time that the ears begin anew it is another
 * stretch, with a frame 0 of its own; what workers still make of an earlier one nobody takes.
 */
export type FromWorklet =
  | { readonly type: 'begin'; /** of the first sample, s of the context */ readonly at: number }
  | { readonly type: 'sound'; readonly samples: Float32Array };

/** Page to the worker that hears and moves. */
export type ToMind =
  | {
      readonly type: 'open';
      readonly avatar: ArrayBuffer;
      readonly engine: ArrayBuffer;
      /** where threads of the engine start from; without it there is one */
      readonly engineModule: string | undefined;
      readonly threads: number;
      readonly seed: number;
    }
  /** the answer to `needs-phones` */
  | ({ readonly type: 'phones' } & Phones)
  /** to the painter */
  | { readonly type: 'painter'; readonly port: MessagePort }
  /** from the worklet; sound of this rate. What was heard before is over. */
  | {
      readonly type: 'sound';
      readonly port: MessagePort;
      readonly sampleRate: number;
      readonly stretch: number;
    };

/** The phone encoder that comes along. */
export interface Phones {
  readonly network: ArrayBuffer;
  /** JSON */
  readonly card: string;
}

/** What a page shows of an avatar. */
export interface AvatarFacts {
  readonly name: string;
  readonly licence: string;
  readonly consent: string;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
}

export type FromMind =
  | { readonly type: 'avatar'; readonly facts: AvatarFacts }
  | { readonly type: 'needs-phones' }
  | { readonly type: 'opened'; /** how long one piece takes, ms */ readonly pieceMs: number; readonly by: string }
  /** so much is heard that nobody made motion of in time */
  | { readonly type: 'behind'; readonly stretch: number }
  | {
      readonly type: 'made';
      readonly stretch: number;
      readonly frames: readonly Pick<PersonFrame, 'frame' | 'isSpoken'>[];
      readonly milliseconds: number;
    }
  | Failed;

/** What the mind tells the painter. */
export type ToPainterFromMind =
  | {
      readonly type: 'person';
      readonly camera: Camera;
      readonly count: number;
      readonly gaussians: Uint8Array;
      readonly rig: Uint8Array;
      readonly background: Uint8Array;
    }
  | { readonly type: 'frames'; readonly stretch: number; readonly frames: readonly PersonFrame[] };

/** Page to the worker that draws. */
export type ToPainter =
  | {
      readonly type: 'open';
      readonly device: 'auto' | 'cpu' | 'webgpu';
      readonly kernel: ArrayBuffer;
      readonly threads: number;
    }
  | { readonly type: 'mind'; readonly port: MessagePort }
  | { readonly type: 'view'; readonly view: View }
  /** what is due now: frame `frame` at `time` (ms since 1970, with fractions), going on at `fps`; 0 fps: nothing */
  | { readonly type: 'clock'; readonly frame: number; readonly time: number; readonly fps: number };

/** How a person is looked at. */
export interface View {
  readonly orbit: Orbit;
  /** pixels; undefined: those of the background, fewer where drawing is slow */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly isTransparent: boolean;
}

export type FromPainter =
  | { readonly type: 'opened'; readonly by: string; readonly because?: string }
  | {
      readonly type: 'drawn';
      /** undefined: at rest */
      readonly frame: number | undefined;
      readonly stretch: number;
      readonly bitmap: ImageBitmap;
      readonly milliseconds: number;
      /** how far the lips are apart, world; a measure of the mouth that is drawn */
      readonly opening: number;
    }
  | Failed;

export interface Failed {
  readonly type: 'failed';
  readonly message: string;
}
