import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { StageError, type RunOf } from '@soliloquy/stage';
import { readFilms } from '../read-films.ts';
import type { footageStage } from '../stage.ts';

const FILMS = '**/*.{mp4,MP4,mov,MOV,webm,mkv,m4v}';

/** Films of a folder in order of their paths. @throws StageError of `readFilms`, `stage.no-films` */
export const run: RunOf<typeof footageStage, 'folder'> = async (_inputs, params, ctx) => {
  const folder = await ctx.model(params.folder);
  const found: string[] = [];
  for await (const path of glob(FILMS, { cwd: folder })) found.push(path);
  const files = found.sort().slice(params.skip, params.skip + params.files);
  if (files.length === 0)
    throw new StageError({
      code: 'stage.no-films',
      where: 'footage.folder',
      expected: `films (${FILMS}) after the first ${params.skip}`,
      got: `${found.length} in all`,
      remedy: 'lower skip, or name another folder',
    });
  return readFilms(
    files.map((path) => ({ film: join(folder, path) })),
    params,
    ctx,
  );
};
