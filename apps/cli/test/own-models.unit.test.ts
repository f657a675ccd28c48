import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshProject, readJson, start, type Ended } from './fixture/command.ts';

type Write = (folder: string) => void;

/** The stages' own tests make small models in every layout. */
const fixture = async <T>(path: string): Promise<T> =>
  (await import(new URL(`../../../libs/stages/${path}`, import.meta.url).href)) as T;
const { writePipeline } = await fixture<{ writePipeline(folder: string, layout: string): void }>(
  'text-to-image/test/fixture/tiny-pipelines.ts',
);
const { writeKokoro, writePiper, writeEspeak } = await fixture<{
  writeKokoro: Write;
  writePiper: Write;
  writeEspeak(folder: string): string;
}>('text-to-speech/test/fixture/tiny-voices.ts');

/** The commands that a README names for a model of one's own. */
function commandsOf(stage: string): string[][] {
  const text = readFileSync(new URL(`../../../libs/stages/${stage}/README.md`, import.meta.url), 'utf8');
  const [, block = ''] = /```\n(soliloquy models verify[^`]+)```/.exec(text) ?? [];
  return block
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(1));
}

const person = {
  format: 1,
  name: 'person',
  nodes: {
    subject: { stage: 'attribute-sampler@1' },
    person: { stage: 'text-to-image@1', params: { width: 64, height: 96 } },
  },
  edges: ['subject.attributes -> person.attributes'],
  outputs: { 'person.png': 'person.image' },
};
const line = {
  format: 1,
  name: 'line',
  inputs: { line: { type: 'text', default: 'Hello there.' } },
  nodes: { voice: { stage: 'text-to-speech@1' } },
  edges: ['line -> voice.text'],
  outputs: { 'line.wav': 'voice.audio' },
};

/** A person whose configuration names a folder as a model, with a program that stands for eSpeak NG. */
function machine(graphs: Readonly<Record<string, object>>, models: Readonly<Record<string, Write>>) {
  const folder = freshProject(graphs);
  mkdirSync(join(folder, 'config/soliloquy'), { recursive: true });
  const places = Object.fromEntries(Object.keys(models).map((name) => [name, join(folder, 'data', name)]));
  for (const [name, write] of Object.entries(models)) write(join(folder, 'data', name));
  writeFileSync(join(folder, 'config/soliloquy/config.json'), JSON.stringify({ models: places }));
  const env = {
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_STATE_HOME: join(folder, 'state'),
    PATH: `${writeEspeak(join(folder, 'programs'))}${delimiter}${process.env.PATH}`,
    SOLILOQUY_STAGES: '',
  };
  return { folder, call: (...args: readonly string[]): Promise<Ended> => start(folder, args, env).ended };
}

const PATIENCE_MS = 180_000;

describe('the README of a stage is right about a model of one’s own', () => {
  test(
    'a diffusion model draws the person; the digest of its files decides what runs again',
    { timeout: PATIENCE_MS },
    async () => {
      const { folder, call } = machine({ 'person.json': person }, { 'my-model': (at) => writePipeline(at, 'sd15') });
      const [verify = [], run = []] = commandsOf('text-to-image');
      expect((await call(...verify)).stdout).toMatch(/^my-model: right \([0-9a-f]{12}\), .*data\/my-model\n$/);
      const drawn = await call(...run, '--set', 'person.steps=2', '--set', 'person.width=64');
      expect(drawn).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(join(folder, 'out/person/person.png')).subarray(1, 4).toString()).toBe('PNG');
      // No path of this machine is in what is kept of a run.
      expect(readFileSync(join(folder, 'out/person/run.json'), 'utf8')).not.toContain(join(folder, 'data'));
      const again = [...run, '--set', 'person.steps=2', '--set', 'person.width=64'];
      expect((await call(...again)).stdout).toContain('done: 0 executed');
      writePipeline(join(folder, 'data/my-model'), 'sd21');
      expect((await call('plan', ...again.slice(1))).stdout).toContain('to run: model of params.model changed');
      expect((await call(...again)).stdout).toContain('done: 1 executed');
    },
  );

  test('voices of Piper and Kokoro say a line', { timeout: PATIENCE_MS }, async () => {
    const models = { 'my-voice': writePiper, 'my-kokoro': writeKokoro };
    const { folder, call } = machine({ 'line.json': line }, models);
    const [verify = [], run = []] = commandsOf('text-to-speech');
    expect((await call(...verify)).code).toBe(0);
    expect(await call(...run)).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(folder, 'out/line/line.wav')).subarray(0, 4).toString()).toBe('RIFF');
    const kokoro = ['--set', 'voice.backbone=kokoro', '--set', 'voice.model=my-kokoro'];
    expect(await call('run', 'line.json', ...kokoro)).toMatchObject({ code: 0 });
    expect(readJson(folder, 'out/line/run.json')).toMatchObject({ status: 'done' });
  });
});

test(
  'a model that is not here stops a run before it begins, and doctor says what gets it',
  { timeout: PATIENCE_MS },
  async () => {
    const { folder, call } = machine({ 'person.json': person }, {});
    const missing = await call('run', 'person.json', '--set', 'person.backbone=onnx-diffusion');
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toMatch(
      /^person\.model "stable-diffusion-1\.5": expected Stable Diffusion .*, got nothing on this machine; put model_in/,
    );
    const doctor = await call('doctor');
    expect(doctor.stdout).toMatch(
      /missing {2}text-to-image@1 onnx-diffusion +needs a diffusion model\n +-> put model_index/,
    );
    expect(doctor.stdout).toContain(join(folder, 'state/soliloquy/models/stable-diffusion-1.5'));
    expect((await call('plan', 'person.json', '--set', 'person.backbone=onnx-diffusion')).code).toBe(0);
  },
);
