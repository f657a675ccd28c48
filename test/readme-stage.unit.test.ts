import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeAudio, encodeWav } from '@soliloquy/media';
import { ownProject, recipe, type OwnProject } from './fixture/own-project.ts';
import { wav } from './fixture/voices.ts';

const PATIENCE_MS = 180_000;

/** A project in which the README's "Write a stage" was followed: its stage and its backbone, each by one command. */
async function followed(): Promise<OwnProject> {
  const project = ownProject();
  const [stage, backbone] = recipe('ts');
  expect(stage).toContain("id: 'loudness'");
  expect(backbone).toContain("'beep'");
  expect(await project.soliloquy('new', 'stage', 'loudness')).toMatchObject({ code: 0, stderr: '' });
  expect(await project.soliloquy('new', 'backbone', 'beep', '--stage', 'text-to-speech')).toMatchObject({ code: 0 });
  writeFileSync(join(project.folder, 'stages/loudness.ts'), stage);
  writeFileSync(join(project.folder, 'backbones/beep.ts'), backbone);
  // Of the files as they were written.
  for (const path of ['stages/loudness.test.ts', 'backbones/beep.test.ts'])
    writeFileSync(join(project.folder, path), '');
  expect(await project.soliloquy('trust')).toMatchObject({ code: 0 });
  return project;
}

describe('what the README writes', () => {
  test(
    'passes the compiler as strictly as our own',
    async () => {
      const project = await followed();
      expect(await project.tool('tsc')).toEqual({ code: 0, stdout: '', stderr: '' });
    },
    PATIENCE_MS,
  );

  test(
    'runs in a graph, takes its params, and has its defaults',
    async () => {
      const { folder, soliloquy } = await followed();
      writeFileSync(join(folder, 'voice.wav'), wav({ seconds: 0.5, sampleRate: 16_000, channels: 1, sound: 'hum' }));
      writeFileSync(
        join(folder, 'loud.json'),
        JSON.stringify({
          format: 1,
          name: 'loud',
          inputs: { voice: { type: 'file', default: 'voice.wav' } },
          nodes: {
            voice: { stage: 'text-to-speech@1', backbone: 'recording' },
            twice: { stage: 'loudness@1' },
            half: { stage: 'loudness@1', params: { gain: 0.5 } },
            tone: { stage: 'text-to-speech@1', backbone: 'beep', params: { hertz: 4000 } },
          },
          edges: ['voice -> voice.file', 'voice.audio -> twice.audio', 'voice.audio -> half.audio'],
          outputs: { 'twice.wav': 'twice.audio', 'half.wav': 'half.audio', 'tone.wav': 'tone.audio' },
        }),
      );
      expect(await soliloquy('run', 'loud.json', '--store', 'store')).toMatchObject({ code: 0, stderr: '' });
      const read = (name: string) => decodeAudio(readFileSync(join(folder, 'out/loud', name)));
      const [twice, half, tone] = [await read('twice.wav'), await read('half.wav'), await read('tone.wav')];
      expect(Math.max(...half.samples)).toBeGreaterThan(0.1);
      expect(encodeWav({ ...half, samples: half.samples.map((sample) => sample * 4) })).toEqual(encodeWav(twice));
      // A quarter of the sampling rate: every other sample is (nearly) zero, the others half up, half down.
      expect([...tone.samples.slice(0, 4)].map((value) => Math.round(value * 100) / 100 + 0)).toEqual([
        0, 0.5, 0, -0.5,
      ]);
    },
    PATIENCE_MS,
  );
});
