import { z } from 'zod';
import { Fault } from '@soliloquy/fault';

/** The samplers that are here. */
export const SCHEDULERS = ['ddim', 'euler', 'euler-ancestral', 'dpm-solver++-2m', 'lcm', 'flow-match-euler'] as const;
export type SchedulerName = (typeof SCHEDULERS)[number];

/** What the files of diffusers call them (`_class_name`). */
const CLASSES: Readonly<Record<string, SchedulerName>> = {
  DDIMScheduler: 'ddim',
  EulerDiscreteScheduler: 'euler',
  EulerAncestralDiscreteScheduler: 'euler-ancestral',
  DPMSolverMultistepScheduler: 'dpm-solver++-2m',
  LCMScheduler: 'lcm',
  FlowMatchEulerDiscreteScheduler: 'flow-match-euler',
};

export const SPACINGS = ['linspace', 'leading', 'trailing'] as const;
export type Spacing = (typeof SPACINGS)[number];
export const PREDICTIONS = ['epsilon', 'v_prediction', 'sample'] as const;
export type Prediction = (typeof PREDICTIONS)[number];

const flag = z.boolean().nullish();
const real = z.number();
const not = <T extends string | boolean>(allowed: T) =>
  z
    .custom<T>((value) => value === allowed, { error: `expected ${String(allowed)}: nothing else is built here` })
    .nullish();

/**
 * `scheduler_config.json` of a diffusers folder: what of it is read, by the field's own names. A setting that would
 * change the numbers and is not built here is refused, never passed over.
 */
export const schedulerConfig = z.looseObject({
  _class_name: z.string().optional(),
  num_train_timesteps: z.int().min(1).max(100_000).default(1000),
  beta_start: real.positive().max(1).optional(),
  beta_end: real.positive().max(1).optional(),
  beta_schedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2']).optional(),
  trained_betas: z.array(real.min(0).max(1)).min(1).nullish(),
  prediction_type: z.enum(PREDICTIONS).optional(),
  timestep_spacing: z.enum(SPACINGS).optional(),
  steps_offset: z.int().min(0).default(0),
  rescale_betas_zero_snr: flag,
  use_karras_sigmas: flag,
  set_alpha_to_one: flag,
  clip_sample: flag,
  clip_sample_range: real.positive().default(1),
  final_sigmas_type: z.enum(['zero', 'sigma_min']).default('zero'),
  lower_order_final: flag,
  euler_at_final: flag,
  original_inference_steps: z.int().min(1).default(50),
  timestep_scaling: real.positive().default(10),
  shift: real.positive().default(1),
  use_dynamic_shifting: flag,
  base_shift: real.nullish(),
  max_shift: real.nullish(),
  base_image_seq_len: z.int().min(1).nullish(),
  max_image_seq_len: z.int().min(1).nullish(),
  solver_order: z.literal(2).optional(),
  algorithm_type: not('dpmsolver++'),
  solver_type: not('midpoint'),
  interpolation_type: not('linear'),
  timestep_type: not('discrete'),
  time_shift_type: not('exponential'),
  thresholding: not(false),
  use_exponential_sigmas: not(false),
  use_beta_sigmas: not(false),
  use_lu_lambdas: not(false),
  use_flow_sigmas: not(false),
  invert_sigmas: not(false),
  stochastic_sampling: not(false),
  shift_terminal: z.null().optional(),
  variance_type: z.null().optional(),
});
export type SchedulerConfig = z.infer<typeof schedulerConfig>;

/** @throws Fault `schedulers.config` naming the field */
export function parseSchedulerConfig(value: unknown, where = 'scheduler_config.json'): SchedulerConfig {
  const parsed = schedulerConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Fault({
    code: 'schedulers.config',
    where: `${where}: ${issue.path.map(String).join('.') || 'it'}`,
    expected: 'settings of a scheduler that is built here',
    got: issue.message,
    remedy: 'choose another scheduler by the param, or correct the file',
  });
}

/** The sampler that a configuration names; `undefined` where it is none that is here (e.g. PNDM). */
export function schedulerOf({ _class_name: name }: SchedulerConfig): SchedulerName | undefined {
  return name !== undefined && Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
}
