import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Whether something works here, found out by using it. */
export interface Probe {
  /** e.g. `cpu`, `webgpu`, `cuda` */
  readonly name: string;
  readonly works: boolean;
  /** What it is, or why it does not work. One line. */
  readonly detail: string;
}

/** A driver may hang for ever; nobody waits longer than this. */
const PATIENCE_MS = 15_000;

/**
 * Multiplies two by two on every execution provider that the installed ONNX Runtime knows, each in a process of its
 * own: a driver that crashes or hangs is a finding, not an end.
 */
export async function probeProviders(patienceMs = PATIENCE_MS): Promise<Probe[]> {
  const listed = await ask('list-providers', '', patienceMs);
  if (!listed.works) return [{ name: 'onnxruntime', works: false, detail: listed.detail }];
  const probes: Probe[] = [];
  for (const name of listed.detail.split(' ').filter((each) => each !== ''))
    probes.push({ name, ...(await ask('provider', name, patienceMs)) });
  return probes;
}

/** Engines of the tensor path beside ONNX Runtime, and where each may run. */
const EXECUTORS = [
  ['jax', 'cpu'],
  ['jax', 'webgpu'],
  ['tensorflow', 'cpu'],
  ['tensorflow', 'cuda'],
] as const;

/**
 * Has the tensor path's other executors (jax-js, TensorFlow.js) multiply two by two on each device that they know.
 * TensorFlow.js is optional.
 */
export async function probeExecutors(patienceMs = PATIENCE_MS): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (const [executor, device] of EXECUTORS)
    probes.push({ name: `${executor} ${device}`, ...(await ask('executor', executor, patienceMs, device)) });
  return probes;
}

/** Asks Dawn for an adapter and a device, and has it compute something. */
export async function probeWebGpu(patienceMs = PATIENCE_MS): Promise<Probe> {
  return { name: 'webgpu', ...(await ask('webgpu', '', patienceMs)) };
}

/** Whether anything but the processor computes here. Takes seconds. */
export async function hasGpu(): Promise<boolean> {
  if ((await probeWebGpu()).works) return true;
  return (await probeProviders()).some(isGpu);
}

/** Whether what was probed computes, and on something else than the processor. */
export function isGpu({ name, works }: Probe): boolean {
  return works && name !== 'cpu';
}

/** What a probe's process answers. */
export interface Answer {
  readonly works: boolean;
  readonly detail: string;
}

function ask(what: string, name: string, patienceMs: number, device = ''): Promise<Answer> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./probe-process.ts', import.meta.url)), [what, name, device], {
      stdio: 'ignore',
      execArgv: [],
    });
    const end = (answer: Answer): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(answer);
    };
    const timer = setTimeout(() => end({ works: false, detail: `no answer in ${patienceMs / 1000} s` }), patienceMs);
    child.on('message', (answer) => end(answer as Answer));
    child.on('error', (error) => end({ works: false, detail: error.message }));
    child.on('exit', (code, signal) => end({ works: false, detail: `its process ended with ${signal ?? code}` }));
  });
}
