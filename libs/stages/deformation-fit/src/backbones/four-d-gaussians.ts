import { glob, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runInCheckout } from '@soliloquy/launcher';
import { StageError, type FoundCheckout, type RunOf, type StageContext } from '@soliloquy/stage';
import { carryOver } from '../carry-over.ts';
import { ClipFit } from '../clip-fit.ts';
import { writeDataset } from '../four-d-dataset.ts';
import { fourDGaussians } from '../four-d-gaussians.ts';
import { shiftsOfFrame } from '../per-frame-ply.ts';
import type { deformationFitStage } from '../stage.ts';

const WHERE = 'deformation-fit.four-d-gaussians';
/** Of its viewer, which every training opens: one for each card. */
const PORT = 6017;

/**
 * Has 4DGaussians learn the clip, from the canonical Gaussians' places on, and takes over how its Gaussians move: a PLY
 * for each frame, whose shifts the particles follow.
 *
 * @throws StageError of `writeDataset`, `shiftsOfFrame` and `launch`; `task.command-failed` for a frame without a PLY
 */
export const run: RunOf<typeof deformationFitStage, 'four-d-gaussians'> = async (input, params, ctx) => {
  const checkout = await ctx.checkout(fourDGaussians.name);
  const task = await ctx.scratch();
  const id = `soliloquy-${basename(task).replaceAll('.', '-')}`;
  const dataset = join(task, 'dataset');
  await writeDataset(dataset, input.gaussians, input.video);
  const clip = await ClipFit.open(input, params, ctx);
  try {
    await train({ checkout, task, id, dataset }, { ...params, frames: clip.frames }, ctx);
    const folder = join(checkout.folder, 'output', id, 'gaussian_pertimestamp');
    return await carryOver(
      clip,
      async (frame) => {
        const name = `time_${String(frame).padStart(5, '0')}.ply`;
        return shiftsOfFrame(input.gaussians, `${WHERE} ${name}`, await plyOf(folder, name, clip.frames));
      },
      ctx,
    );
  } finally {
    clip.dispose();
    for await (const left of glob(`output/${id}`, { cwd: checkout.folder }))
      await rm(join(checkout.folder, left), { recursive: true, force: true });
  }
};

interface Training {
  readonly iterations: number;
  readonly coarse: number;
  readonly frames: number;
}

async function train(
  given: { checkout: FoundCheckout; task: string; id: string; dataset: string },
  training: Training,
  ctx: StageContext,
): Promise<void> {
  const { checkout, task, id, dataset } = given;
  const config = join(task, 'config.py');
  await writeFile(config, configOf(checkout, training));
  const iterations = String(training.iterations);
  const port = String(PORT + (ctx.gpu?.index ?? 0));
  const named = ['--expname', id, '--configs', config];
  const run = { where: WHERE, checkout, task };
  await runInCheckout(
    {
      ...run,
      command: ['python', 'train.py', '-s', dataset, '--port', port, ...named, '--save_iterations', iterations],
    },
    ctx,
  );
  const from = ['--iteration', iterations, '--configs', config, '--model_path', `output/${id}`];
  await runInCheckout({ ...run, command: ['python', 'export_perframe_3DGS.py', ...from] }, ctx);
}

/**
 * Its settings for D-NeRF, with Gaussians neither added nor removed, so that they are those of the input by their
 * index, and as many places in time as it advises: half the frames.
 */
function configOf({ folder }: FoundCheckout, { iterations, coarse, frames }: Training): string {
  const base = JSON.stringify(join(folder, 'arguments/dnerf/dnerf_default.py'));
  const times = Math.max(2, frames >> 1);
  const planes =
    'dict(grid_dimensions=2, input_coordinate_dim=4, output_coordinate_dim=32, ' + `resolution=[64, 64, 64, ${times}])`;
  return [
    `_base_ = ${base}`,
    `OptimizationParams = dict(iterations=${iterations}, coarse_iterations=${coarse}, densify_until_iter=0)`,
    `ModelHiddenParams = dict(kplanes_config=${planes})`,
    '',
  ].join('\n');
}

/** @throws StageError `task.command-failed` */
async function plyOf(folder: string, name: string, frames: number): Promise<Uint8Array> {
  const bytes = await readFile(join(folder, name)).catch(() => undefined);
  if (bytes !== undefined) return new Uint8Array(bytes);
  throw new StageError({
    code: 'task.command-failed',
    where: WHERE,
    expected: `a PLY for each of ${frames} frames in ${folder}`,
    got: `no ${name}`,
    remedy: 'run it by hand; the checkout may be at another commit than the one that was tested',
  });
}
