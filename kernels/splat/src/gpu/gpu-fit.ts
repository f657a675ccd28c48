import type { CheckedFit, FitReport, FitResult } from '../fit.ts';
import { SplatError } from '../splat-error.ts';
import { failGaussian } from '../validate.ts';
import { readParameters, uploadFit } from './gpu-fit-memory.ts';
import { planFit, reservationOf, type FitPlan } from './gpu-fit-plan.ts';
import { encodeStep } from './gpu-fit-step.ts';
import { NONE, STATE_BAD, STATE_BYTES, STATE_DIVERGED, STATE_LOSS, STATE_NEEDED, STATE_STEPS } from './gpu-layout.ts';
import type { GpuReader } from './gpu-reader.ts';
import { FIRST_FRAME, type GpuScene } from './gpu-scene.ts';
import { roomFor, uploadGaussians } from './gpu-upload.ts';

/**
 * Fits on the device: forward, loss, backward and Adam of `reportEvery` steps are submitted, then 64 bytes come back. A
 * step whose picture asked for more tile entries than fit changes nothing, and neither does any after it; the report
 * says so, and the fit goes on from there with more room.
 */
export async function fitOnGpu(
  scene: GpuScene,
  reader: GpuReader,
  problem: CheckedFit,
  firstEntries: number,
): Promise<{ result: FitResult; entries: number }> {
  const plan = planFit(problem);
  const { steps, reportEvery } = problem;
  let entries = firstEntries;
  await scene.reserve(reservationOf(plan, entries));
  uploadGaussians(scene, problem.gaussians, problem.offsets);
  uploadFit(scene, plan);
  scene.clearState();
  let last: FitReport = { step: 0, loss: Number.NaN, l1: Number.NaN, ssim: Number.NaN };
  for (let done = 0; done < steps;) {
    problem.signal?.throwIfAborted();
    submitSteps(scene, plan, { from: done, to: Math.min(steps, done + reportEvery), entries });
    const state = await readState(scene, reader, plan);
    done = state.steps;
    if (state.needed > 0) {
      entries = roomFor(state.needed, problem.count, problem.views[0].camera);
      await growTo(scene, reader, plan, entries);
      continue;
    }
    last = { step: done, loss: state.loss, l1: state.l1, ssim: problem.ssimWeight > 0 ? state.ssim : Number.NaN };
    await problem.onReport?.(last);
  }
  return { result: { ...(await readParameters(scene, reader, plan)), last }, entries };
}

function submitSteps(
  scene: GpuScene,
  plan: FitPlan,
  { from, to, entries }: { readonly from: number; readonly to: number; readonly entries: number },
): void {
  for (let step = from; step < to; step++) {
    const encoder = scene.device.createCommandEncoder();
    encodeStep(scene, plan, encoder, { step, firstBlock: FIRST_FRAME + (step - from) * plan.blocks, entries });
    scene.device.queue.submit([encoder.finish()]);
  }
}

/** What came of the steps so far. */
interface FitState {
  readonly steps: number;
  /** tile entries that a step asked for and did not get, 0: none */
  readonly needed: number;
  readonly loss: number;
  readonly l1: number;
  readonly ssim: number;
}

/** @throws SplatError for a Gaussian that is no longer one, and a loss that is not finite */
async function readState(scene: GpuScene, reader: GpuReader, plan: FitPlan): Promise<FitState> {
  const [bytes] = await reader.read(scene.device.createCommandEncoder(), [
    [scene.buffers.get('state'), 0, STATE_BYTES],
  ]);
  const state = new Uint32Array(bytes);
  const [loss, l1, ssim] = new Float32Array(bytes).subarray(STATE_LOSS);
  if (state[STATE_BAD] !== NONE)
    failGaussian('fit', (await readParameters(scene, reader, plan)).gaussians, state[STATE_BAD]);
  if (state[STATE_DIVERGED] !== 0)
    throw new SplatError({
      code: 'splat.diverged',
      where: 'fit.loss',
      expected: 'a finite loss',
      got: `none at step ${state[STATE_STEPS]} (before it ${loss})`,
      remedy: 'lower the rates',
    });
  return { steps: state[STATE_STEPS], needed: state[STATE_NEEDED], loss, l1, ssim };
}

/** More room for tile entries; what has been fitted is kept. */
async function growTo(scene: GpuScene, reader: GpuReader, plan: FitPlan, entries: number): Promise<void> {
  const kept = await readParameters(scene, reader, plan);
  await scene.reserve(reservationOf(plan, entries));
  uploadGaussians(scene, kept.gaussians, kept.offsets);
  scene.device.queue.writeBuffer(scene.buffers.get('state'), STATE_NEEDED * 4, new Uint32Array(1));
}
