import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findResult, runInCheckout } from '@soliloquy/launcher';
import { encodePng, type Image } from '@soliloquy/media';
import type { RunOf } from '@soliloquy/stage';
import { lhm } from '../lhm.ts';
import { showSplats } from '../show-splats.ts';
import type { canonicalGaussiansStage } from '../stage.ts';
import { decode } from './file.ts';

const WHERE = 'canonical-gaussians.lhm';

/**
 * `bash inference_mesh.sh LHM-1B FOLDER` leaves the Gaussians of each picture of a folder at
 * `exps/meshs/…/<name>.ply`.
 *
 * @throws as `launch` and `findResult`
 */
export const run: RunOf<typeof canonicalGaussiansStage, 'lhm'> = async (inputs, params, ctx) => {
  const checkout = await ctx.checkout(lhm.name);
  const task = await ctx.scratch();
  const id = `soliloquy-${basename(task).replaceAll('.', '-')}`;
  // In the checkout, by a path without spaces: the script hands it on unquoted.
  const pictures = `./exps/${id}/`;
  await mkdir(join(checkout.folder, pictures), { recursive: true });
  try {
    await writeFile(join(checkout.folder, pictures, `${id}.png`), await encodePng(opaque(inputs.image)));
    const command = ['bash', 'inference_mesh.sh', 'LHM-1B', pictures] as const;
    await runInCheckout({ where: WHERE, checkout, command, task }, ctx);
    const { path } = await findResult({
      where: WHERE,
      folder: checkout.folder,
      patterns: [`exps/meshs/**/${id}.ply`],
      elsewhere: [`{exps,dumps}/**/*${id}*.ply`],
    });
    const bytes = new Uint8Array(await readFile(path));
    const splats = await decode(basename(path), bytes, (message) => ctx.log(message));
    const { file: _file, ...person } = inputs;
    return await showSplats(splats, person, params, ctx);
  } finally {
    for await (const left of glob(`{exps,dumps}/**/*${id}*`, { cwd: checkout.folder }))
      await rm(join(checkout.folder, left), { recursive: true, force: true });
  }
};

/** It cuts the person out itself. */
function opaque({ width, height, data }: Image): Image {
  return { width, height, data: data.map((value, i) => (i % 4 === 3 ? 255 : value)) };
}
