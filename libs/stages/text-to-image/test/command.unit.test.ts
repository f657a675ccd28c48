import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodePng } from '@soliloquy/media';
import { openBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { textToImageStage } from '../src/index.ts';

test('a program of your own draws the prompt in its template', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'picture-'));
  const image = { width: 300, height: 400, data: new Uint8ClampedArray(300 * 400 * 4).fill(77) };
  writeFileSync(join(folder, 'drawn.png'), await encodePng(image));
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > args\nfor last; do :; done\ncp drawn.png "$last"\n`;
  writeFileSync(join(folder, 'run'), script);
  chmodSync(join(folder, 'run'), 0o755);
  const checkout = { name: 'picture-command', folder, seconds: 20, silence: 20, environment: [] };
  const run = await openBackbone(textToImageStage, 'command');
  await using ctx = stageContext({ checkout: () => Promise.resolve(checkout) });
  const inputs = { prompt: 'A woman.', attributes: undefined, file: undefined };
  const made = await run(inputs, { width: 300, height: 400, template: '{prompt} Sharp.' }, ctx);
  expect(made.image).toEqual(image);
  expect(readFileSync(join(folder, 'args'), 'utf8')).toMatch(
    /^--prompt\nA woman\. Sharp\.\n--width\n300\n--height\n400\n--seed\n1\n--output\n.*made\.png\n$/,
  );
});
