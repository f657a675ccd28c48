import { rateFactor, viewsOfStep, type CheckedFit } from '../fit.ts';
import type { FitPlan } from './gpu-fit-plan.ts';
import {
  FLAG_ACCUMULATE,
  FLAG_ACCUMULATE_OFFSETS,
  FLAG_OFFSETS,
  FLAG_WEIGHTS,
  OFFSET_FLOATS,
  PLAIN_FLOATS,
} from './gpu-layout.ts';
import { onePass, type GpuScene } from './gpu-scene.ts';
import { frameOf, lossFactors } from './gpu-upload.ts';

/** Where a step is in the fit, and where its uniforms go. */
export interface StepPlace {
  readonly step: number;
  readonly firstBlock: number;
  /** tile entries that there is room for */
  readonly entries: number;
}

/** Records one step: forward, loss and backward of each of its views, then Adam. Its uniforms are written at once. */
export function encodeStep(scene: GpuScene, plan: FitPlan, encoder: GPUCommandEncoder, place: StepPlace): void {
  const { problem } = plan;
  const recorder = onePass(encoder);
  const seen = new Set<number>();
  let firstTile = 0;
  for (const [b, view] of viewsOfStep(problem, place.step).entries()) {
    const block = place.firstBlock + b;
    const { camera } = problem.views[view];
    writeViewUniform(scene, plan, { view, block, firstTile, entries: place.entries, isFirst: b === 0, seen });
    scene.clearFrame(encoder, problem.count);
    scene.forward(recorder, block, problem.count, camera);
    scene.loss(recorder, block, camera);
    scene.backward(recorder, block, problem.count, camera);
    recorder.finish();
    firstTile += plan.tiles[view];
  }
  const concluding = place.firstBlock + problem.batch;
  scene.writeUniform(concluding, concludingUniform(problem, firstTile));
  scene.optimise(
    recorder,
    concluding,
    writeUpdates(scene, plan, { step: place.step, firstBlock: concluding + 1, seen }),
  );
  recorder.finish();
}

/** One view of a step. */
interface StepView {
  readonly view: number;
  readonly block: number;
  readonly firstTile: number;
  readonly entries: number;
  readonly isFirst: boolean;
  /** frames that views before it in the step have shown; its own is added */
  readonly seen: Set<number>;
}

function writeViewUniform(
  scene: GpuScene,
  { problem, pixels, firstPixels, totals }: FitPlan,
  { view, block, firstTile, entries, isFirst, seen }: StepView,
): void {
  const { frame, weights } = problem.views[view];
  const how = { compensate: problem.compensateOpacity, capacity: entries };
  const plain = frameOf(problem.gaussians, problem.views[view], how);
  const flags =
    plain.flags |
    (weights === undefined ? 0 : FLAG_WEIGHTS) |
    (frame === undefined ? 0 : FLAG_OFFSETS) |
    (isFirst ? 0 : FLAG_ACCUMULATE) |
    (frame !== undefined && seen.has(frame) ? FLAG_ACCUMULATE_OFFSETS : 0);
  if (frame !== undefined) seen.add(frame);
  scene.writeFrame(block, {
    ...plain,
    flags,
    frame,
    firstPixel: firstPixels[view],
    firstTile,
    loss: lossFactors(problem.ssimWeight, totals[view], problem.transmittanceWeight, pixels[view]),
  });
}

function concludingUniform(
  { batch, ssimWeight, transmittanceWeight }: CheckedFit,
  tiles: number,
): DataView<ArrayBuffer> {
  const words = new DataView(new ArrayBuffer(16));
  words.setUint32(0, tiles, true);
  words.setUint32(4, batch, true);
  words.setFloat32(8, ssimWeight, true);
  words.setFloat32(12, transmittanceWeight, true);
  return words;
}

/** Writes the uniforms of a step's updates from a block on: of the canonical set, then of each frame it has seen. */
function writeUpdates(
  scene: GpuScene,
  { problem, rest, visits }: FitPlan,
  { step, firstBlock, seen }: { step: number; firstBlock: number; seen: ReadonlySet<number> },
): { block: number; numbers: number; of: 'params' | 'offsets' }[] {
  const { count } = problem;
  let block = firstBlock;
  scene.writeUniform(block, adamUniform(problem, { step, t: step + 1, of: 'params', rest, frame: 0 }));
  const updates: ReturnType<typeof writeUpdates> = [
    { block, numbers: (PLAIN_FLOATS + 3 * rest) * count, of: 'params' },
  ];
  for (const frame of seen) {
    block++;
    const t = visits[step].get(frame) ?? 1;
    scene.writeUniform(block, adamUniform(problem, { step, t, of: 'offsets', rest, frame }));
    updates.push({ block, numbers: OFFSET_FLOATS * count, of: 'offsets' });
  }
  return updates;
}

/** What one update of Adam moves, and how often it has been moved. */
interface AdamUpdate {
  readonly step: number;
  readonly t: number;
  readonly of: 'params' | 'offsets';
  readonly rest: number;
  readonly frame: number;
}

/** See `ADAM_WGSL_UNIFORM`. */
function adamUniform(problem: CheckedFit, { step, t, of, rest, frame }: AdamUpdate): DataView<ArrayBuffer> {
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
