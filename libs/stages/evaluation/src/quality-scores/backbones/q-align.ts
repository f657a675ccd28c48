import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runOwnProgram } from '@soliloquy/launcher';
import { encodePng } from '@soliloquy/media';
import { metricsOf, StageError, type RunOf } from '@soliloquy/stage';
import { mean } from '../../evaluation/tracked/statistics.ts';
import { restsOn } from '../../rests-on.ts';
import { qAlignCommand } from '../q-align-command.ts';
import { qualityScoresStage } from '../stage.ts';

const scores = z.array(z.number().min(1).max(5));
/** What the program leaves: a score of each frame, in the order of their names. */
const answer = z.object({ quality: scores, aesthetics: scores });

const ENOUGH = { of: 'frames', enough: 10, why: 'frames of one film differ' };

/** Frames as PNG, then `run --frames FOLDER --seed N --output scores.json`. */
export const run: RunOf<typeof qualityScoresStage, 'q-align'> = async ({ video }, params, ctx) => {
  const folder = join(await ctx.scratch(), 'frames');
  await mkdir(folder);
  const { width, height } = video;
  let count = 0;
  for (let frame = 0; frame < video.frames; frame += params.every)
    for await (const data of video.read(frame, frame + 1)) {
      await ctx.step(frame, video.frames, 'frames');
      const opaque = data.map((value, i) => (i % 4 === 3 ? 255 : value));
      await writeFile(
        join(folder, `${String(count++).padStart(6, '0')}.png`),
        await encodePng({ width, height, data: opaque }),
      );
    }
  const own = { where: 'quality-scores.q-align', system: qAlignCommand, args: ['--frames', folder], ending: '.json' };
  const { quality, aesthetics } = answerOf(await runOwnProgram(own, ctx), count);
  const values = { iqa: mean(quality), ase: mean(aesthetics), 'iqa/count': count };
  const figures = qualityScoresStage.backbones['q-align'].measures.metrics;
  const text = (name: 'iqa' | 'ase'): string =>
    `${figures[name].text}, ${restsOn(name, values[name], { ...ENOUGH, count }, { ctx }).at}`;
  return {
    metrics: metricsOf(figures, values, {
      curves: { iqa: quality, ase: aesthetics },
      texts: { iqa: text('iqa'), ase: text('ase') },
    }),
  };
};

function answerOf(bytes: Uint8Array, frames: number): z.infer<typeof answer> {
  const fault = (got: string): StageError =>
    new StageError({
      code: 'stage.bad-answer',
      where: 'quality-scores.q-align',
      expected: `{ "quality": […], "aesthetics": […] } with ${frames} scores of 1 to 5 each`,
      got,
      remedy: 'correct the program run of checkouts.q-align',
    });
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw fault('no JSON');
  }
  const parsed = answer.safeParse(read);
  if (!parsed.success) throw fault(parsed.error.issues[0].message);
  const { quality, aesthetics } = parsed.data;
  if (quality.length !== frames || aesthetics.length !== frames)
    throw fault(`${quality.length} and ${aesthetics.length}`);
  return parsed.data;
}
