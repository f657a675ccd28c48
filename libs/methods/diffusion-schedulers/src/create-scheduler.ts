import { ddim } from './ddim.ts';
import { dpmSolver } from './dpm-solver.ts';
import { euler } from './euler.ts';
import { flowMatchEuler } from './flow-match.ts';
import { lcm } from './lcm.ts';
import type { SchedulerConfig, SchedulerName } from './scheduler-config.ts';
import type { Scheduler } from './scheduler.ts';

/** What a sampler is settled for. */
export interface Sampling {
  readonly steps: number;
  /** How many tokens the image has, for schedules that depend on its size. Default 256. */
  readonly tokens?: number;
  /** Of a flow: whether levels go from 1 to 1 / steps, as FLUX has them. Default false. */
  readonly evenLevels?: boolean;
}

const MAKERS: Readonly<Record<SchedulerName, (config: SchedulerConfig, sampling: Required<Sampling>) => Scheduler>> = {
  ddim: (config, { steps }) => ddim(config, steps),
  euler: (config, { steps }) => euler(config, steps),
  'euler-ancestral': (config, { steps }) => euler(config, steps, true),
  'dpm-solver++-2m': (config, { steps }) => dpmSolver(config, steps),
  lcm: (config, { steps }) => lcm(config, steps),
  'flow-match-euler': flowMatchEuler,
};

/**
 * A sampler by name, with the settings of a model's `scheduler_config.json`; what that does not say is as the class of
 * that name has it in diffusers.
 *
 * @throws Fault `schedulers.steps`, `schedulers.config`
 */
export function createScheduler(name: SchedulerName, config: SchedulerConfig, sampling: Sampling): Scheduler {
  return MAKERS[name](config, { tokens: 256, evenLevels: false, ...sampling });
}
