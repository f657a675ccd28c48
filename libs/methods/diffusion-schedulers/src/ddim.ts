import { Fault } from '@soliloquy/fault';
import { checkSteps, checkTimes, DDPM_BETAS, spacedTimes, trainedAlphas } from './noise-schedule.ts';
import type { Prediction, SchedulerConfig } from './scheduler-config.ts';
import type { Scheduler, Stepped } from './scheduler.ts';
import { cleanOf, sequential } from './stepping.ts';

/** DDIM without noise, η = 0 (Song et al. 2021, equation 12). */
export function ddim(config: SchedulerConfig, steps: number): Scheduler {
  const { num_train_timesteps: count, steps_offset: offset } = config;
  checkSteps(steps, count);
  const alphas = trainedAlphas(config, DDPM_BETAS);
  const prediction = config.prediction_type ?? 'epsilon';
  const times = spacedTimes(config.timestep_spacing ?? 'leading', { count, steps, offset, whole: true });
  checkTimes(times, count);
  if (prediction === 'epsilon' && times.some((time) => alphas[time] === 0)) throw noSignal();
  const stride = Math.floor(count / steps);
  const last = config.set_alpha_to_one === false ? (alphas[0] as number) : 1;
  const clip = config.clip_sample === false ? Infinity : config.clip_sample_range;
  return sequential({
    timesteps: times,
    initialDeviation: 1,
    drawsNoise: false,
    step: (index, output, sample) => {
      const time = times[index] as number;
      const bar = alphas[time] as number;
      const before = time - stride >= 0 ? (alphas[time - stride] as number) : last;
      return ddimStep({ bar, before, prediction, clip }, output, sample);
    },
  });
}

interface DdimLevel {
  /** ᾱ now and at the next step. */
  readonly bar: number;
  readonly before: number;
  readonly prediction: Prediction;
  readonly clip: number;
}

function ddimStep({ bar, before, prediction, clip }: DdimLevel, output: Float32Array, sample: Float32Array): Stepped {
  const level = { alpha: Math.sqrt(bar), sigma: Math.sqrt(1 - bar) };
  const [alpha, sigma] = [Math.sqrt(before), Math.sqrt(1 - before)];
  const next = new Float32Array(sample.length);
  const denoised = new Float32Array(sample.length);
  for (let i = 0; i < sample.length; i++) {
    const [x, said] = [sample[i] as number, output[i] as number];
    const clean = cleanOf(prediction, level, said, x);
    // The noise is that of the clean sample as it was before it was clipped, as in the published implementation.
    const noise =
      prediction === 'epsilon'
        ? said
        : prediction === 'v_prediction'
          ? level.alpha * said + level.sigma * x
          : (x - level.alpha * clean) / level.sigma;
    const kept = Math.min(Math.max(clean, -clip), clip);
    next[i] = alpha * kept + sigma * noise;
    denoised[i] = kept;
  }
  return { sample: next, denoised };
}

function noSignal(): Fault {
  return new Fault({
    code: 'schedulers.config',
    where: 'scheduler_config.json: prediction_type',
    expected: 'v_prediction or sample where the last step has no signal (rescale_betas_zero_snr)',
    got: 'epsilon',
    remedy: 'choose another scheduler, or correct the file',
  });
}
