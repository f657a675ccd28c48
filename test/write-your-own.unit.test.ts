import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeMp4, videoFromFrames } from '@soliloquy/media';
import type { PortType } from '@soliloquy/ports';
import { declaredModels } from '../apps/cli/src/scaffold/python-files.ts';
import { stages } from '../apps/cli/src/stages.ts';
import { filesBelow, freshFolder, program, ROOT } from './fixture/command.ts';
import { ownProject, recipe } from './fixture/own-project.ts';

const PATIENCE_MS = 300_000;
const PRETTIER = ['--no-config', '--print-width', '120', '--single-quote', '--trailing-comma', 'all'];

const lacksNumpy = (() => {
  try {
    execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' });
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
})();
/** A film of one grey. */
const grey = (level: number) =>
  videoFromFrames({ width: 32, height: 32, fps: 25, frames: 3 }, async function* () {
    for (let frame = 0; frame < 3; frame++) yield new Uint8ClampedArray(32 * 32 * 4).fill(level);
  });

const NO_NUMPY = 'no python3 with numpy, or no ffmpeg: apt-get install python3-numpy ffmpeg';

describe("the README's commands each", () => {
  test(
    'write what type-checks, is formatted, passes its own test and shows up at once',
    async () => {
      const project = ownProject();
      const commands = recipe('sh')[0]
        .split('\n')
        .map((line) => line.split('#')[0].trim().split(/\s+/))
        .filter(([npx, name, verb]) => npx === 'npx' && name === 'soliloquy' && verb === 'new')
        .map((words) => words.slice(2));
      expect(commands.map(([, kind]) => kind)).toEqual(['stage', 'backbone', 'backbone', 'port', 'measure']);
      for (const command of commands) {
        if (lacksNumpy && command.includes('--python')) continue;
        expect(await project.soliloquy(...command)).toMatchObject({ code: 0, stderr: '' });
      }
      const { stdout } = await project.soliloquy('doctor');
      for (const each of [
        'stage loudness@1',
        'backbone video-diffusion/slow-zoom',
        'port type heat',
        'measure brightness',
      ])
        expect(stdout).toContain(each);
      if (!lacksNumpy) expect(stdout).toMatch(/here +video-diffusion@1 omni \(project\)/);
      expect(await project.tool('tsc')).toEqual({ code: 0, stdout: '', stderr: '' });
      const tested = await project.tool('vitest', 'run', '--reporter', 'json');
      expect(JSON.parse(tested.stdout.slice(tested.stdout.indexOf('{')))).toMatchObject({
        success: true,
        numFailedTests: 0,
        numPassedTests: lacksNumpy ? 8 : 9,
      });
      const formatted = await program(project.folder, process.execPath, [
        join(ROOT, 'node_modules/prettier/bin/prettier.cjs'),
        '--check',
        ...PRETTIER,
        'stages',
        'backbones',
        'ports',
        'measures',
        'soliloquy.config.ts',
      ]);
      expect(formatted).toMatchObject({ code: 0, stderr: '' });
      writeFileSync(join(project.folder, 'grey.mp4'), await encodeMp4(grey(100), { quality: 'intermediate' }));
      writeFileSync(
        join(project.folder, 'say.json'),
        JSON.stringify({
          format: 1,
          name: 'say',
          inputs: { film: { type: 'video', default: 'grey.mp4' } },
          nodes: {
            lines: { stage: 'corpus@1', params: { count: 1 } },
            loud: { stage: 'loudness@1' },
            seen: { stage: 'evaluation@1' },
          },
          edges: ['lines.text -> loud.line', 'film -> seen.video'],
          outputs: { 'said.txt': 'loud.line' },
          expect: [
            { metric: 'seen.brightness', atLeast: 98 },
            { metric: 'seen.brightness', atMost: 102 },
          ],
        }),
      );
      expect(await project.soliloquy('validate', 'say.json')).toMatchObject({ code: 0, stderr: '' });
      expect(await project.soliloquy('run', 'say.json')).toMatchObject({ code: 0, stderr: '' });
      const [first, second] = readFileSync(join(project.folder, 'out/say/said.txt'), 'utf8').split(/(?<=[.?!]) /);
      expect(second).toBe(first);
    },
    PATIENCE_MS,
  );
});

describe('soliloquy new', () => {
  test(
    'writes a backbone for each stage that is installed, which the compiler takes',
    async () => {
      const project = ownProject();
      for (const { id } of stages)
        expect(await project.soliloquy('new', 'backbone', `my-${id}`, '--stage', id)).toMatchObject({ code: 0 });
      expect(await project.tool('tsc')).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await project.tool('vitest', 'run')).code).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    'overwrites nothing, writes nothing under a bad name or into a link, leaves a configuration it cannot read',
    async () => {
      const project = ownProject();
      await project.soliloquy('new', 'port', 'heat');
      const before = filesBelow(project.folder);
      const config = readFileSync(join(project.folder, 'soliloquy.config.ts'), 'utf8');
      const refused = async (args: string[], says: RegExp): Promise<void> => {
        const ended = await project.soliloquy('new', ...args);
        expect(ended.stderr).toMatch(says);
        expect(ended).toMatchObject({ code: 2, stdout: '' });
        expect(filesBelow(project.folder)).toEqual(before);
      };
      await refused(['port', 'heat'], /^ports\/heat\.ts: expected no file of this name, got one that is there; /);
      await refused(['port', '../heat'], /^soliloquy new: expected a name in kebab-case .*, got "\.\.\/heat"; /);
      await refused(['stage', 'corpus'], /^soliloquy new stage: expected a name that no stage has, got "corpus"/);
      await refused(
        ['backbone', 'mine', '--stage', 'corpse'],
        /^soliloquy new backbone --stage: expected a stage .*got "corpse"/,
      );
      await refused(['backbone', 'mine'], /^soliloquy new backbone: expected --stage, got none; /);
      await refused(
        ['backbone', 'puppet', '--stage', 'video-diffusion'],
        /: expected a name that no backbone of video-diffusion has/,
      );
      await refused(['room', 'mine'], /^soliloquy new: expected stage, backbone, measure, port, got "room"; /);
      expect(readFileSync(join(project.folder, 'soliloquy.config.ts'), 'utf8')).toBe(config);
      writeFileSync(join(project.folder, 'soliloquy.config.ts'), 'const all = {};\nexport default all;\n');
      await refused(
        ['port', 'cold'],
        /^soliloquy\.config\.ts: expected export default defineConfig\(.* by hand: modules: \['\.\/ports\/cold\.ts'\]/,
      );
    },
    PATIENCE_MS,
  );

  test(
    'keeps no trust that nobody gave: what it adds to an untrusted configuration stays untrusted',
    async () => {
      const project = ownProject();
      writeFileSync(join(project.folder, 'soliloquy.config.ts'), 'export default { modules: [] };\n');
      const added = await project.soliloquy('new', 'port', 'heat');
      expect(added).toMatchObject({ code: 0 });
      expect(added.stdout).toMatch(/not trusted yet: soliloquy trust\n$/);
      expect((await project.soliloquy('doctor')).stdout).not.toContain('port type heat');
    },
    PATIENCE_MS,
  );
});

/** Only the stage that exports avatars can make one. */
const AVATAR = join(ROOT, 'libs/methods/avatar-file/test/fixtures/version-1.avatar');

describe('port_files.py', () => {
  const types = new Map(
    stages
      .flatMap((stage) => [...Object.values(stage.inputs), ...Object.values(stage.outputs)] as { type: PortType }[])
      .map(({ type }) => [type.id, type]),
  );

  test.skipIf(lacksNumpy)(
    `writes and reads every type that an installed stage has, as its port type does (else: ${NO_NUMPY})`,
    async () => {
      const folder = freshFolder();
      const scaffold = join(ROOT, 'apps/cli/src/scaffold');
      const python = (verb: 'sample' | 'copy', from: string, to: string): void => {
        const body =
          verb === 'sample'
            ? 'port_files.write(kind, f"{to}/{at}", port_files.sample(kind, json.loads(source).get(kind)))'
            : 'port_files.write(kind, f"{to}/{at}", port_files.read(kind, f"{source}/{at}"))';
        const program = [
          'import json, sys, port_files',
          '_, source, to, *kinds = sys.argv',
          'for at, kind in enumerate(kinds):',
          `    ${body}`,
        ].join('\n');
        execFileSync('python3', ['-B', '-c', program, from, to, ...types.keys()], { cwd: scaffold });
      };
      const read = (at: string): Record<string, Uint8Array> =>
        Object.fromEntries(readdirSync(at).map((name) => [name, new Uint8Array(readFileSync(join(at, name)))]));
      const [written, again, copied] = ['written', 'again', 'copied'].map((name) => join(folder, name));
      const models = declaredModels([...types.values()]);
      expect(Object.keys(models).sort()).toEqual(
        ['aligned-space', 'latent-flow', 'motion', 'phone-encoder'].map((kind) => `model<${kind}>`),
      );
      python('sample', JSON.stringify({ ...models, avatar: AVATAR }), written);
      for (const [index, type] of [...types.values()].entries()) {
        const value = await type.decode(read(join(written, String(index))));
        expect(type.schema.safeParse(value).error, type.id).toBeUndefined();
        mkdirSync(join(again, String(index)), { recursive: true });
        for (const [name, bytes] of Object.entries(await type.encode(value)))
          writeFileSync(join(again, String(index), name), bytes);
      }
      python('copy', again, copied);
      for (const [index, type] of [...types.values()].entries()) {
        const [ours, theirs] = [again, copied].map((at) => read(join(at, String(index))));
        const value = await type.decode(theirs);
        // What loses nothing comes back to the byte; H.264 does not, and is looked at as a film.
        if (type.id === 'video') expect(value).toMatchObject({ width: 48, height: 64, frames: 3, fps: 25 });
        else expect(await type.encode(value), type.id).toEqual(ours);
      }
    },
    PATIENCE_MS,
  );

  test.skipIf(lacksNumpy)(
    'passes the test that is written for a stage with axes, and runs in a graph with its fake',
    async () => {
      const project = ownProject();
      const made = await project.soliloquy('new', 'backbone', 'my-training', '--stage', 'motion-training', '--python');
      expect(made).toMatchObject({ code: 0, stderr: '' });
      expect((await project.tool('vitest', 'run')).code).toBe(0);
      await project.soliloquy('new', 'backbone', 'dictated', '--stage', 'corpus', '--python');
      const path = join(project.folder, 'backbones/dictated/dictated.py');
      const text = readFileSync(path, 'utf8');
      // As a person would: a network in the place of the template's.
      const start = text.indexOf('    import torch');
      const end = text.indexOf('\n\n\ndef run');
      writeFileSync(
        path,
        text.slice(0, start) +
          '    return lambda inputs, params: {"text": [f"Line {at + 1}." for at in range(params["count"])]}' +
          text.slice(end),
      );
      await project.soliloquy('trust');
      writeFileSync(
        join(project.folder, 'say.json'),
        JSON.stringify({
          format: 1,
          name: 'say',
          nodes: { lines: { stage: 'corpus@1', backbone: 'dictated', params: { count: 2 } } },
          outputs: { 'line.txt': 'lines.text' },
        }),
      );
      expect(await project.soliloquy('run', 'say.json')).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(join(project.folder, 'out/say/line-1.txt'), 'utf8')).toBe('Line 2.');
      expect(existsSync(join(project.folder, 'backbones/dictated/__pycache__'))).toBe(false);
    },
    PATIENCE_MS,
  );
});
