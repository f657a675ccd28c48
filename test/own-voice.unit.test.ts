import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openMp4 } from '@soliloquy/media';
import { executedNodes, keptFolder, ROOT, runJson, soliloquy } from './fixture/command.ts';
import { portrait } from './fixture/pictures.ts';
import { wav } from './fixture/voices.ts';

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('graphs/own-voice.json learns from the recording that it films', { timeout: 240_000 }, async () => {
  writeFileSync(join(folder, 'me.png'), await (await portrait()).png().toBuffer());
  writeFileSync(join(folder, 'me.wav'), wav({ seconds: 2.4, sampleRate: 16_000, channels: 1, sound: 'hum' }));
  const graph = join(ROOT, 'graphs/own-voice.json');
  const given = ['--input', 'picture=me.png', '--input', 'voice=me.wav'];
  const ended = await soliloquy(folder, ['run', graph, '--size', 'tiny', '--store', 'store', ...given]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const record = runJson(folder, 'own-voice');
  const fits = record.tasks.map(({ task }) => task).filter((task) => /fit\[/.test(task));
  expect(fits.sort()).toEqual(['fit[0]', 'fit[1]', 'own-fit[0]', 'own-fit[1]']);
  expect(executedNodes(record)).toContain('training');
  const film = await openMp4(readFileSync(join(folder, 'out/own-voice/film.mp4')), 'film.mp4');
  expect(film.frames).toBe(60);
});
