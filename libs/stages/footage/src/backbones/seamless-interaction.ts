import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StageError, type RunOf } from '@soliloquy/stage';
import { readFilms } from '../read-films.ts';
import type { footageStage } from '../stage.ts';

/** `V00_S0809_I00000582_P0947.mp4`: vendor, session, interaction, participant; the voice lies beside it as `.wav`. */
const NAME = /^V\d+_S\d+_I\d+_(P\d+[A-Z]?)\.mp4$/;

/**
 * Films of one participant. The data set has a film of each participant of an interaction and, beside it under the same
 * name, the voice of that participant alone.
 *
 * @throws StageError of `readFilms`, `stage.no-films`
 */
export const run: RunOf<typeof footageStage, 'seamless-interaction'> = async (_inputs, params, ctx) => {
  const folder = await ctx.model(params.folder);
  const found: { path: string; participant: string }[] = [];
  for await (const path of glob('**/*.mp4', { cwd: folder })) {
    const participant = NAME.exec(basename(path))?.[1];
    if (participant !== undefined) found.push({ path, participant });
  }
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  const wanted = params.participant === '' ? found[0]?.participant : params.participant;
  const own = found.filter(({ participant }) => participant === wanted).slice(params.skip, params.skip + params.files);
  if (own.length === 0) {
    const known = [...new Set(found.map(({ participant }) => participant))];
    throw new StageError({
      code: 'stage.no-films',
      where: 'footage.folder',
      expected: `films V…_S…_I…_${wanted ?? 'P…'}.mp4 after the first ${params.skip}`,
      got: known.length === 0 ? 'none of that form' : `those of ${known.slice(0, 20).join(', ')}`,
      remedy: 'name a participant whose films are there',
    });
  }
  const withVoices = own.map(({ path }) => {
    const film = join(folder, path);
    const sound = film.replace(/\.mp4$/, '.wav');
    return { film, ...(existsSync(sound) && { sound }) };
  });
  return readFilms(withVoices, params, ctx);
};
