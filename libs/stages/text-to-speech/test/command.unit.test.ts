import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeWav, type Audio } from '@soliloquy/media';
import { openBackbone, type FoundCheckout } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { textToSpeechStage } from '../src/index.ts';

const TONE: Audio = {
  sampleRate: 24_000,
  samples: Float32Array.from({ length: 24_000 }, (_, i) => Math.sin(i / 10) / 2),
};

/** A program that keeps its arguments, and says what it is given as `--like`, else a tone. */
function checkoutWith(script: string): FoundCheckout {
  const folder = mkdtempSync(join(tmpdir(), 'speech-'));
  writeFileSync(join(folder, 'tone.wav'), encodeWav(TONE));
  writeFileSync(join(folder, 'run'), `#!/bin/sh\nprintf '%s\\n' "$@" > args\n${script}\n`);
  chmodSync(join(folder, 'run'), 0o755);
  return { name: 'speech-command', folder, seconds: 20, silence: 20, environment: [] };
}

const LAST = 'for last; do :; done; cp "$last_source" "$last"';

test('a program of your own says the text, at 16 kHz', async () => {
  const checkout = checkoutWith(`last_source=tone.wav; ${LAST}`);
  const run = await openBackbone(textToSpeechStage, 'command');
  await using ctx = stageContext({ checkout: () => Promise.resolve(checkout) });
  const { audio } = await run({ text: 'Say "it"; $(now)', like: undefined, file: undefined }, { padTo: 2 }, ctx);
  expect([audio.sampleRate, audio.samples.length]).toEqual([16_000, 32_000]);
  const args = readFileSync(join(checkout.folder, 'args'), 'utf8').trim().split('\n');
  expect(args.slice(0, 4)).toEqual(['--text', 'Say "it"; $(now)', '--seed', '1']);
  expect(args[4]).toBe('--output');
});

test('a recording is given whose voice it is to have', async () => {
  const checkout = checkoutWith(`last_source="$4"; ${LAST}`);
  const run = await openBackbone(textToSpeechStage, 'command');
  await using ctx = stageContext({ checkout: () => Promise.resolve(checkout) });
  const like = { sampleRate: 16_000, samples: TONE.samples.slice(0, 16_000) };
  const { audio } = await run({ text: 'the same words', like, file: undefined }, { padTo: 0 }, ctx);
  expect(audio).toEqual(like);
});

test.each([
  ['leaves nothing', 'true', /^text-to-speech\.command: expected its result at made\.wav in .*, got none/],
  ['fails', 'echo no voice >&2; exit 4', /got 4 \("no voice"\)/],
])('one that %s is one failure', async (_what, script, message) => {
  const run = await openBackbone(textToSpeechStage, 'command');
  await using ctx = stageContext({ checkout: () => Promise.resolve(checkoutWith(script)) });
  await expect(run({ text: 'a', like: undefined, file: undefined }, { padTo: 0 }, ctx)).rejects.toThrow(message);
});
