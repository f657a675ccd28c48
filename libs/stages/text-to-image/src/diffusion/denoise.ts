import { createScheduler, schedulerOf, type Scheduler, type SchedulerName } from '@soliloquy/diffusion-schedulers';
import type { Rng } from '@soliloquy/tensor';
import type { Conditioning } from './encode-prompt.ts';
import type { Canvas, Network } from './network.ts';
import type { Family, PipelineFolder } from './pipeline-folder.ts';

/** What a sampler starts from and is led by. */
export interface Denoising {
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly canvas: Canvas;
  readonly wanted: Conditioning;
  /** What is led away from; `undefined` for no guidance by two predictions. */
  readonly unwanted: Conditioning | undefined;
  readonly guidance: number;
  /** Every draw of a candidate comes from here. */
  readonly rng: Rng;
  /**
   * Heard before every step; ends the work by throwing.
   *
   * @param denoised what the step before took the clean latents to be
   */
  step(index: number, steps: number, denoised?: Float32Array): Promise<void>;
}

/**
 * The sampler of a pipeline: the one that its folder names, or another by name.
 *
 * @param log hears where the folder names one that is not here
 */
export function samplerOf(
  folder: PipelineFolder,
  wanted: SchedulerName | 'model',
  { steps, canvas, log }: { readonly steps: number; readonly canvas: Canvas; log(message: string): void },
): Scheduler {
  const own = schedulerOf(folder.scheduler);
  const name = wanted === 'model' ? (own ?? NEAREST[folder.family]) : wanted;
  if (wanted === 'model' && own === undefined)
    log(
      `the folder's scheduler ${folder.scheduler._class_name ?? '(none named)'} is not here: ${name} takes its place`,
    );
  // FLUX has four latents in a token, and levels that end at 1 / steps.
  const tokens = (canvas.rows * canvas.columns) / 4;
  return createScheduler(name, folder.scheduler, { steps, tokens, evenLevels: folder.family === 'flux' });
}

/** What takes the place of a sampler that is not here, such as PNDM: of the same levels and no noise. */
const NEAREST: Readonly<Record<Family, SchedulerName>> = {
  sd: 'ddim',
  sdxl: 'euler',
  sd3: 'flow-match-euler',
  flux: 'flow-match-euler',
};

/**
 * Draws noise and takes it step by step to clean latents, f32 [C * rows * columns]. Guidance is that of Ho and Salimans
 * 2022: u + g (c − u) of two predictions.
 */
export async function denoise(denoising: Denoising): Promise<Float32Array> {
  const { network, scheduler, canvas, wanted, unwanted, guidance, rng } = denoising;
  const shape = [canvas.channels * canvas.rows * canvas.columns];
  let latents: Float32Array = rng
    .fork('latents')
    .normal(shape)
    .data.map((value) => value * scheduler.initialDeviation);
  let denoised: Float32Array | undefined;
  for (const [index, time] of scheduler.timesteps.entries()) {
    await denoising.step(index, scheduler.timesteps.length, denoised);
    const input = scheduler.modelInput(index, latents);
    const led = await network.predict(input, time, wanted);
    const output = unwanted === undefined ? led : guided(await network.predict(input, time, unwanted), led, guidance);
    const noise = scheduler.drawsNoise ? rng.fork(`noise ${index}`).normal(shape).data : undefined;
    ({ sample: latents, denoised } = scheduler.step(index, output, latents, noise));
  }
  return latents;
}

function guided(away: Float32Array, led: Float32Array, guidance: number): Float32Array {
  return away.map((value, i) => value + guidance * ((led[i] as number) - value));
}
