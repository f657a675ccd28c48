import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Device } from '../src/index.ts';

/** What ONNX Runtime's own profile says of one run of a model. */
export interface StepProfile {
  /**
   * Kernels that ran on the device: on WebGPU each is at least one dispatch. Those that only look at bytes in another
   * shape are not counted.
   */
  readonly dispatches: number;
  /** Kernels that ran on the processor all the same. */
  readonly onHost: number;
  /** ms of the host's thread in kernels: on a GPU, preparing and submitting them */
  readonly hostMs: number;
  /** ms from the call to the results */
  readonly wallMs: number;
}

const VIEWS: ReadonlySet<string> = new Set(['Reshape', 'Unsqueeze', 'Squeeze', 'Identity']);
const PROVIDERS: Readonly<Record<Device, string>> = {
  cpu: 'CPUExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  cuda: 'CUDAExecutionProvider',
};

interface Event {
  readonly cat: string;
  readonly name: string;
  /** µs */
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

/** Run a model a few times on small numbers and read the profile of the runs after the first. */
export async function profileStep(onnx: Uint8Array, device: Device, threads: number): Promise<StepProfile> {
  const prefix = `soliloquy-profile-${process.pid}`;
  const options = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    enableProfiling: true,
    profileFilePrefix: join(tmpdir(), prefix),
  } as const;
  const session = await InferenceSession.create(onnx, options);
  const feeds: Record<string, OrtTensor> = {};
  for (const input of session.inputMetadata) {
    if (!input.isTensor) continue;
    const shape = input.shape.map(Number);
    // Scalars are learning rate and bias corrections.
    feeds[input.name] = new OrtTensor(
      'float32',
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
        shape.length === 0 ? 0.1 : 0.01 * Math.sin(i),
      ),
      shape,
    );
  }
  const runs = 2;
  let wallMs = 0;
  for (let run = 0; run <= runs; run++) {
    const start = performance.now();
    const results = await session.run(feeds);
    for (const value of Object.values(results)) if (value.location !== 'cpu') await value.getData();
    if (run > 0) wallMs += (performance.now() - start) / runs;
  }
  session.endProfiling();
  await session.release();
  const file = join(
    tmpdir(),
    readdirSync(tmpdir()).find((name) => name.startsWith(prefix))!,
  );
  const events = JSON.parse(readFileSync(file, 'utf8')) as Event[];
  rmSync(file);
  const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  const perRun = kernels.slice(-Math.round((kernels.length / (runs + 1)) * runs));
  const on = (provider: string) =>
    perRun.filter(({ args }) => args?.provider === provider && !VIEWS.has(args.op_name ?? '')).length / runs;
  const all = perRun.filter(({ args }) => !VIEWS.has(args?.op_name ?? '')).length / runs;
  return {
    dispatches: on(PROVIDERS[device]),
    onHost: all - on(PROVIDERS[device]),
    hostMs: perRun.reduce((sum, { dur }) => sum + dur, 0) / 1e3 / runs,
    wallMs,
  };
}
