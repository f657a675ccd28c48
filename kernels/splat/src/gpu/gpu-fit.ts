import { rateFactor, viewsOfStep, type CheckedFit, type FitReport, type FitResult } from '../fit.ts';
import { sumOfWeights } from '../image-loss-input.ts';
import type { FrameOffsets, GaussianArrays } from '../scene.ts';
import { SplatError } from '../splat-error.ts';
import { failGaussian, restOf } from '../validate.ts';
import {
  FLAG_ACCUMULATE,
  FLAG_ACCUMULATE_OFFSETS,
  FLAG_OFFSETS,
  FLAG_WEIGHTS,
  NONE,
  OFFSET_FLOATS,
  PLAIN_FLOATS,
  STATE_BAD,
  STATE_BYTES,
  STATE_DIVERGED,
  STATE_LOSS,
  STATE_NEEDED,
  STATE_STEPS,
} from './gpu-layout.ts';
import type { GpuReader } from './gpu-reader.ts';
import { FIRST_FRAME, onePass, tilesOf, type GpuScene } from './gpu-scene.ts';
import { frameOf, lossFactors, PARAMETER_ORDER, roomFor, uploadGaussians, withFourth } from './gpu-upload.ts';

/** The largest f32. */
const LARGEST = 3.4028234663852886e38;

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
  const { gaussians, offsets, views, count, frames, batch, steps, reportEvery } = problem;
  const rest = restOf(gaussians);
  const pixelsOf = views.map(({ camera }) => camera.width * camera.height);
  const tiles = views.map(({ camera }) => tilesOf(camera)[0] * tilesOf(camera)[1]);
  const firstPixels = pixelsOf.map((_, v) => pixelsOf.slice(0, v).reduce((sum, pixels) => sum + pixels, 0));
  const allPixels = pixelsOf.reduce((sum, pixels) => sum + pixels, 0);
  const images = views.some(({ background }) => background.length !== 3);
  const totals = views.map(({ weights }, v) => sumOfWeights(weights, pixelsOf[v]));
  // of one step: its views, what concludes it, the update of the canonical set and of each view's offsets
  const blocks = 2 * batch + 2;
  let entries = firstEntries;
  let started = false;
  const visits = visitsOf(problem);

  const reserve = async (): Promise<void> => {
    const kept = started ? await readParameters(scene, reader, problem, rest) : undefined;
    await scene.reserve({
      count,
      rest,
      frames,
      pixels: Math.max(...pixelsOf),
      tiles: Math.max(...tiles),
      allPixels,
      stepTiles: batch * Math.max(...tiles),
      backgroundPixels: images ? allPixels : 0,
      entries,
      uniforms: FIRST_FRAME + reportEvery * blocks,
      backward: true,
      adam: true,
      bounded: problem.bounds !== undefined,
    });
    if (kept === undefined) uploadGaussians(scene, gaussians, offsets);
    else uploadGaussians(scene, kept.gaussians, kept.offsets);
  };
  await reserve();
  started = true;
  const { queue } = scene.device;
  const clear = scene.device.createCommandEncoder();
  clear.clearBuffer(scene.buffers.get('adamMemory'));
  clear.clearBuffer(scene.buffers.get('offsetMemory'));
  queue.submit([clear.finish()]);
  for (const [v, view] of views.entries()) {
    queue.writeBuffer(scene.buffers.get('goals'), firstPixels[v] * 16, withFourth(view.target, view.transmittance));
    if (view.weights !== undefined)
      queue.writeBuffer(scene.buffers.get('weights'), firstPixels[v] * 4, view.weights as Float32Array<ArrayBuffer>);
    if (view.background.length !== 3)
      queue.writeBuffer(
        scene.buffers.get('background'),
        firstPixels[v] * 12,
        view.background as Float32Array<ArrayBuffer>,
      );
  }
  if (problem.bounds !== undefined) queue.writeBuffer(scene.buffers.get('bounds'), 0, boundsOf(problem));
  scene.clearState();

  const encodeStep = (encoder: GPUCommandEncoder, step: number, firstBlock: number): void => {
    const chosen = viewsOfStep(problem, step);
    const recorder = onePass(encoder);
    const seen = new Set<number>();
    const updates: { block: number; numbers: number; of: 'params' | 'offsets' }[] = [];
    let firstTile = 0;
    for (const [b, v] of chosen.entries()) {
      const { camera, background, frame, weights } = views[v];
      const block = firstBlock + b;
      const plain = frameOf(gaussians, camera, background, problem.compensateOpacity, entries);
      const flags =
        plain.flags |
        (weights === undefined ? 0 : FLAG_WEIGHTS) |
        (frame === undefined ? 0 : FLAG_OFFSETS) |
        (b === 0 ? 0 : FLAG_ACCUMULATE) |
        (frame !== undefined && seen.has(frame) ? FLAG_ACCUMULATE_OFFSETS : 0);
      if (frame !== undefined) seen.add(frame);
      scene.writeFrame(block, {
        ...plain,
        flags,
        frame,
        firstPixel: firstPixels[v],
        firstTile,
        loss: lossFactors(problem.ssimWeight, totals[v], problem.transmittanceWeight, pixelsOf[v]),
      });
      scene.clearFrame(encoder, count);
      scene.forward(recorder, block, count, camera);
      scene.loss(recorder, block, camera);
      scene.backward(recorder, block, count, camera);
      recorder.finish();
      firstTile += tiles[v];
    }
    const concluding = firstBlock + batch;
    const words = new DataView(new ArrayBuffer(16));
    words.setUint32(0, firstTile, true);
    words.setUint32(4, batch, true);
    words.setFloat32(8, problem.ssimWeight, true);
    words.setFloat32(12, problem.transmittanceWeight, true);
    scene.writeUniform(concluding, words);
    let block = concluding + 1;
    scene.writeUniform(block, adamUniform(problem, step, step + 1, 'params', rest, 0));
    updates.push({ block, numbers: (PLAIN_FLOATS + 3 * rest) * count, of: 'params' });
    for (const frame of seen) {
      block++;
      scene.writeUniform(block, adamUniform(problem, step, visits[step].get(frame) ?? 1, 'offsets', rest, frame));
      updates.push({ block, numbers: OFFSET_FLOATS * count, of: 'offsets' });
    }
    scene.optimise(recorder, concluding, updates);
    recorder.finish();
  };

  let last: FitReport = { step: 0, loss: Number.NaN, l1: Number.NaN, ssim: Number.NaN };
  for (let done = 0; done < steps;) {
    problem.signal?.throwIfAborted();
    const end = Math.min(steps, done + reportEvery);
    for (let step = done; step < end; step++) {
      const encoder = scene.device.createCommandEncoder();
      encodeStep(encoder, step, FIRST_FRAME + (step - done) * blocks);
      queue.submit([encoder.finish()]);
    }
    const [bytes] = await reader.read(scene.device.createCommandEncoder(), [
      [scene.buffers.get('state'), 0, STATE_BYTES],
    ]);
    const state = new Uint32Array(bytes);
    const floats = new Float32Array(bytes);
    if (state[STATE_BAD] !== NONE)
      failGaussian('fit', (await readParameters(scene, reader, problem, rest)).gaussians, state[STATE_BAD]);
    if (state[STATE_DIVERGED] !== 0) {
      throw new SplatError({
        code: 'splat.diverged',
        where: 'fit.loss',
        expected: 'a finite loss',
        got: `none at step ${state[STATE_STEPS]} (before it ${floats[STATE_LOSS]})`,
        remedy: 'lower the rates',
      });
    }
    done = state[STATE_STEPS];
    if (state[STATE_NEEDED] > 0) {
      entries = roomFor(state[STATE_NEEDED], count, views[0].camera);
      await reserve();
      queue.writeBuffer(scene.buffers.get('state'), STATE_NEEDED * 4, new Uint32Array(1));
      continue;
    }
    last = {
      step: done,
      loss: floats[STATE_LOSS],
      l1: floats[STATE_LOSS + 1],
      ssim: problem.ssimWeight > 0 ? floats[STATE_LOSS + 2] : Number.NaN,
    };
    await problem.onReport?.(last);
  }
  return { result: { ...(await readParameters(scene, reader, problem, rest)), last }, entries };
}

/** How often each frame's offsets were updated up to and with each step. */
function visitsOf(problem: CheckedFit): ReadonlyMap<number, number>[] {
  const counts = new Map<number, number>();
  return Array.from({ length: problem.steps }, (_, step) => {
    const seen = new Set(viewsOfStep(problem, step).flatMap((v) => problem.views[v].frame ?? []));
    const now = new Map<number, number>();
    for (const frame of seen) {
      counts.set(frame, (counts.get(frame) ?? 0) + 1);
      now.set(frame, counts.get(frame) ?? 0);
    }
    return now;
  });
}

/** Lowest and highest of every number, in the order of the parameters. */
function boundsOf({ gaussians, bounds }: CheckedFit): Float32Array<ArrayBuffer> {
  // a shader may take it that no number is infinite
  const finite = (value: number): number => Math.max(-LARGEST, Math.min(LARGEST, value));
  const numbers = PARAMETER_ORDER.reduce((sum, group) => sum + (gaussians[group]?.length ?? 0), 0);
  const all = new Float32Array(2 * numbers);
  let at = 0;
  for (const group of PARAMETER_ORDER) {
    const [low, high] = bounds?.[group] ?? [];
    for (let i = 0; i < (gaussians[group]?.length ?? 0); i++) {
      all[at++] = finite(low?.[i] ?? -LARGEST);
      all[at++] = finite(high?.[i] ?? LARGEST);
    }
  }
  return all;
}

/** See `ADAM_WGSL_UNIFORM`. */
function adamUniform(
  problem: CheckedFit,
  step: number,
  t: number,
  of: 'params' | 'offsets',
  rest: number,
  frame: number,
): DataView<ArrayBuffer> {
  const { count, rates, offsetRates, betas, epsilon } = problem;
  const factor = rateFactor(problem, step);
  const [widths, each] =
    of === 'params'
      ? [
          [3, 4, 3, 1, 3, 3 * rest],
          [rates.means, rates.quats, rates.logScales, rates.opacityLogits, rates.colors, rates.shRest],
        ]
      : [
          [3, 4, 3, 0, 0, 0],
          [offsetRates.means, offsetRates.rotations, offsetRates.logScales, 0, 0, 0],
        ];
  const view = new DataView(new ArrayBuffer(112));
  let end = 0;
  for (const [i, width] of widths.entries()) {
    end += width * count;
    view.setUint32(16 + 4 * i, end, true);
    view.setFloat32(48 + 4 * i, (each[i] ?? 0) * factor, true);
  }
  view.setUint32(0, end, true);
  view.setUint32(4, of === 'params' ? 0 : frame * OFFSET_FLOATS * count, true);
  view.setUint32(8, of === 'params' && problem.bounds !== undefined ? 1 : 0, true);
  for (const [i, beta] of betas.entries()) {
    view.setFloat32(80 + 4 * i, beta, true);
    view.setFloat32(96 + 4 * i, 1 / (1 - beta ** t), true);
  }
  view.setFloat32(88, epsilon, true);
  return view;
}

/** Parameters and offsets as they are on the device. */
async function readParameters(
  scene: GpuScene,
  reader: GpuReader,
  { gaussians, offsets, count, frames }: CheckedFit,
  rest: number,
): Promise<{ gaussians: GaussianArrays; offsets?: FrameOffsets }> {
  const [values, moved] = await reader.read(scene.device.createCommandEncoder(), [
    [scene.buffers.get('params'), 0, (PLAIN_FLOATS + 3 * rest) * count * 4],
    [scene.buffers.get('offsets'), 0, frames * OFFSET_FLOATS * count * 4],
  ]);
  let at = 0;
  const read: Partial<Record<(typeof PARAMETER_ORDER)[number], Float32Array>> = {};
  for (const name of PARAMETER_ORDER) {
    const length = gaussians[name]?.length;
    if (length === undefined) continue;
    read[name] = new Float32Array(values, at * 4, length).slice();
    at += length;
  }
  if (offsets === undefined) return { gaussians: read as GaussianArrays };
  const result = {
    means: new Float32Array(frames * count * 3),
    rotations: new Float32Array(frames * count * 4),
    logScales: new Float32Array(frames * count * 3),
  };
  at = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (const [name, width] of [
      ['means', 3],
      ['rotations', 4],
      ['logScales', 3],
    ] as const) {
      result[name].set(new Float32Array(moved, at * 4, count * width), frame * count * width);
      at += count * width;
    }
  }
  return { gaussians: read as GaussianArrays, offsets: result };
}
