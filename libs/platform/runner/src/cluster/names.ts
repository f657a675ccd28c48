import type { StageRegistry } from '@soliloquy/graph';
import type { AnyStage, Device } from '@soliloquy/stage';
import { deviceClass } from '../plan/element-task.ts';

/**
 * What a worker and a runner must agree on: subjects, messages, states. Counts up with every change that an older side
 * would misread.
 */
export const PROTOCOL = 3;

export const STREAMS = {
  work: 'SOLILOQUY_WORK',
  events: 'SOLILOQUY_EVENTS',
  dead: 'SOLILOQUY_DEAD',
  lost: 'SOLILOQUY_LOST',
} as const;
export const BUCKETS = { tasks: 'soliloquy-tasks', runs: 'soliloquy-runs', workers: 'soliloquy-workers' } as const;

/** Where the server says that a piece of work was delivered as often as it may be. */
export const EXHAUSTED_ADVISORIES = `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${STREAMS.work}.*`;
/** The durable consumer of those advisories, one for all; brokers that were set up know it by this name. */
export const ADVISORY_CONSUMER = 'undertaker';

/**
 * What a worker must have to do a task: the stage and the backbone, each in the version that the runner planned with,
 * and a device of the class that the task key names. Three tokens of a subject: `deformation-fit_1.hexplane_1.cpu_x64`.
 * What a project brought also has the same content there.
 */
export function capabilityOf(stage: AnyStage, backbone: string, device: Device): string {
  const { version, content } = stage.backbones[backbone];
  return [
    withContent(`${stage.id}_${stage.version}`, stage.content),
    withContent(`${backbone}_${version}`, content),
    deviceClass(device),
  ]
    .map(token)
    .join('.');
}

/** How much of a digest tells two versions of a project's code apart. */
const CONTENT_DIGITS = 12;

/** What came from a project is only the same where its modules are: `loudness_1_3f2a90bc11de`. */
function withContent(name: string, content: string | undefined): string {
  return content === undefined ? name : `${name}_${content.slice(0, CONTENT_DIGITS)}`;
}

/** What a worker can do, and what each task of it takes there. */
export interface Capability {
  readonly stage: AnyStage;
  readonly backbone: string;
  readonly wants: number | 'all';
  /** Memory of a graphics card for itself alone. */
  readonly gpuMiB?: number;
}

/** All capabilities of a registry on the devices of a machine. */
export function capabilitiesOf(registry: StageRegistry, devices: readonly Device[]): Map<string, Capability> {
  const all = new Map<string, Capability>();
  for (const stage of registry.values()) {
    for (const [backbone, { threads, onWebGpu, gpuMiB }] of Object.entries(stage.backbones)) {
      for (const device of devices)
        if (device === 'cpu' || onWebGpu === true)
          all.set(capabilityOf(stage, backbone, device), {
            stage,
            backbone,
            wants: threads ?? 1,
            ...(gpuMiB !== undefined && { gpuMiB }),
          });
    }
  }
  return all;
}

/**
 * `deformation-fit@1 hexplane@1 on cpu/x64`; what a project brought has the start of its digest:
 * `mine@1 (3f2a90bc11de)`
 */
export function capabilityWords(capability: string): string {
  const [stage, backbone, device] = capability.split('.');
  return `${versionWords(stage)} ${versionWords(backbone)} on ${device.replace('_', '/')}`;
}

function versionWords(text: string): string {
  const [, name, version, content] = /^(.*?)_(\d+)(?:_([0-9a-f]{12}))?$/.exec(text) ?? [];
  return name === undefined ? text : `${name}@${version}${content === undefined ? '' : ` (${content})`}`;
}

/** The durable consumer of a capability: one for all workers that have it. */
export function consumerOf(capability: string): string {
  return `${PROTOCOL}-${capability.replaceAll('.', '-')}`;
}

/** @param id of the task (its key) or the operation; `*` for all */
export function workSubject(capability: string, id: string): string {
  return `soliloquy.work.${PROTOCOL}.${capability}.${id}`;
}

export const subjects = {
  /** Says that there is work for a capability: who idles looks at once. */
  wake: (capability: string): string => `soliloquy.wake.${PROTOCOL}.${capability}`,
  /** How far a piece of work is, and what it logs. */
  progress: (id: string): string => `soliloquy.progress.${id}`,
  /** Says that nobody wants a piece of work any more: who does it looks at its state. */
  stop: (id: string): string => `soliloquy.stop.${id}`,
  /** Asks a worker to remove artifacts and results from its cache; it answers when it has. */
  forget: (worker: string): string => `soliloquy.forget.${worker}`,
  cancel: (run: string): string => `soliloquy.cancel.${run}`,
  events: (run: string): string => `soliloquy.events.${run}`,
  dead: (id: string): string => `soliloquy.dead.${id}`,
} as const;

function token(text: string): string {
  return text.replace(/[^\w-]/g, '_');
}
