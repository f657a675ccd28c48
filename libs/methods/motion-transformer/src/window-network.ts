import type { OnnxProgram } from '@soliloquy/tensor';

/** Mean and deviation of each column, f32 [width]. */
export interface Scale {
  readonly mean: Float32Array;
  readonly scale: Float32Array;
}

/** What the network hears and sees of one window. */
export interface MotionWindow {
  /** f32 [T, latent] noisy x_t, standardised */
  readonly x: Float32Array;
  /** f32 [T, audio] standardised; zeros are the motion without a voice */
  readonly audio: Float32Array;
  /** noise step */
  readonly tau: number;
  /** number of the first frame */
  readonly start: number;
}

/** A network that cleans windows. */
export interface WindowNetwork {
  /** X_0 = F(X_τ | A, τ): f32 [T, latent] clean x_t, standardised */
  predict(window: MotionWindow): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Widths of a network and its T. */
export interface WindowSize {
  readonly frames: number;
  readonly latent: number;
  /** of what is heard at each frame */
  readonly audio: number;
}

/** Cleans windows with what `exportNetwork` made, loaded on any engine. Needs nothing of Node. */
export function windowNetwork(
  network: Pick<OnnxProgram, 'run' | 'dispose'>,
  { frames, latent, audio: heard }: WindowSize,
): WindowNetwork {
  return {
    async predict({ x, audio, tau, start }) {
      const { clean } = await network.run({
        x: { shape: [1, frames, latent], data: x },
        audio: { shape: [1, frames, heard], data: audio },
        tau: { shape: [1], data: Float32Array.of(tau) },
        start: { shape: [1], data: Float32Array.of(start) },
      });
      return clean.data as Float32Array;
    },
    dispose: () => network.dispose(),
  };
}
