/** Values that are more than one JSON file and have no room of their own. */

/** Particle motion (AudioAvatar: x_t = E_X(ΔG_t)). */
export interface Motion {
  /** F */
  readonly frames: number;
  readonly fps: number;
  /** P */
  readonly particles: number;
  /** f32 [F, 192]: body, face, hand, 64 each */
  readonly latent: Float32Array;
  /** f32 [F, P, 3] world; the particles' positions at each frame */
  readonly positions: Float32Array;
}

/** Pixel tracks. */
export interface Tracks {
  /** F */
  readonly frames: number;
  readonly fps: number;
  /** Q */
  readonly points: number;
  /** pixels, of the film */
  readonly width: number;
  readonly height: number;
  /** f32 [F, Q, 2] pixels */
  readonly positions: Float32Array;
  /** f32 [F, Q] 0 … 1 */
  readonly visibility: Float32Array;
}

/** A trained model: networks as ONNX, other tensors as safetensors, and what it is in words and figures. */
export interface Model {
  /** e.g. `aligned-space`, `motion`; checked on connection */
  readonly kind: string;
  /** `*.onnx` and `*.safetensors` */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** JSON: sizes, normalisation, training curve (`losses`: number[]), versions */
  readonly card: Readonly<Record<string, unknown>>;
}

/** A raw file that a person brings: what is in it is for the stage to find out. */
export interface UserFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reference to a backbone with its parameters, to be called as a task of its own (`ctx.call`). */
export interface BackboneReference {
  readonly stage: string;
  readonly backbone: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What a table shows of a figure beside its value. */
export interface MetricNote {
  readonly unit?: string;
  readonly better?: 'higher' | 'lower';
  readonly text?: string;
  /** unit of what the curve of the figure's name runs over, e.g. `frames` */
  readonly over?: string;
}

/** Figures by name, with what a table shows of them. */
export interface Metrics {
  readonly values: Readonly<Record<string, number>>;
  /** unit and direction by name; `higher` says what is better */
  readonly about?: Readonly<Record<string, MetricNote>>;
  /** curves for a report, e.g. loss by step; one that has a figure's name is that figure's course, in its unit */
  readonly curves?: Readonly<Record<string, readonly number[]>>;
}

/** One self-contained page. */
export interface Report {
  readonly html: string;
}

/** What a person looks like, chosen from a dictionary, and the sentence that says so. */
export interface Attributes {
  readonly values: Readonly<Record<string, string>>;
  readonly prompt: string;
}

/** When each phone of a speech is heard. */
export interface Timings {
  /** seconds, ascending */
  readonly phones: readonly { readonly phone: string; readonly start: number; readonly end: number }[];
}
