import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeAudio, encodeWav } from '@soliloquy/media';
import { freshFolder, program, ROOT, soliloquy } from './fixture/command.ts';
import { wav } from './fixture/voices.ts';

const PATIENCE_MS = 120_000;

/** Puts the stage of the README's "Write a stage" into a library of its own. */
function writeLoudness(): string {
  const section =
    readFileSync(join(ROOT, 'README.md'), 'utf8')
      .split('\n## ')
      .find((text) => text.startsWith('Write a stage')) ?? '';
  const [stage, backbone] = [...section.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
  expect(stage).toContain("id: 'loudness'");
  expect(backbone).toContain('export const run');
  const folder = freshFolder();
  mkdirSync(join(folder, 'src/backbones'), { recursive: true });
  writeFileSync(join(folder, 'src/stage.ts'), stage);
  writeFileSync(join(folder, 'src/backbones/plain.ts'), backbone);
  writeFileSync(
    join(folder, 'src/stages.ts'),
    "import { loudnessStage } from './stage.ts';\n\nexport const stages = [loudnessStage];\n",
  );
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('the stage that the README writes', () => {
  test(
    'passes the compiler as strictly as our own',
    async () => {
      const folder = writeLoudness();
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: ['src'], exclude: [] }),
      );
      expect(
        await program(folder, process.execPath, [
          join(ROOT, 'node_modules/typescript/bin/tsc'),
          '--project',
          'tsconfig.json',
        ]),
      ).toEqual({ code: 0, stdout: '', stderr: '' });
    },
    PATIENCE_MS,
  );

  test(
    'runs in a graph, takes its param, and has its default',
    async () => {
      const folder = writeLoudness();
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
          },
          edges: ['voice -> voice.file', 'voice.audio -> twice.audio', 'voice.audio -> half.audio'],
          outputs: { 'twice.wav': 'twice.audio', 'half.wav': 'half.audio' },
        }),
      );
      expect(
        await soliloquy(folder, ['run', 'loud.json', '--store', 'store'], { SOLILOQUY_STAGES: 'src/stages.ts' }),
      ).toMatchObject({ code: 0, stderr: '' });
      const read = (name: string) => decodeAudio(readFileSync(join(folder, name)));
      const twice = await read('out/loud/twice.wav');
      const half = await read('out/loud/half.wav');
      expect(Math.max(...half.samples)).toBeGreaterThan(0.1);
      expect(encodeWav({ ...half, samples: half.samples.map((sample) => sample * 4) })).toEqual(encodeWav(twice));
    },
    PATIENCE_MS,
  );
});
