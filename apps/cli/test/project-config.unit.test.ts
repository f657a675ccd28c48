import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { broughtProject, SHOUT, type BroughtProject, type ProjectFiles } from './fixture/brought-project.ts';

const PATIENCE_MS = 120_000;

/** One message in the house form, exit code 2, and nothing made. */
async function expectRefused(files: ProjectFiles, says: RegExp): Promise<void> {
  const project = broughtProject({ ...SHOUT, ...files });
  const ended = await project.call('run', 'graphs/shout.json', '--trust');
  expect(ended.stderr).toMatch(says);
  expect(ended.stderr).toMatch(/^[^\n]+: expected [^\n]+, got [^\n]+; [^\n]+\n$/);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  for (const made of ['out', '.soliloquy']) expect(existsSync(join(project.folder, made))).toBe(false);
}

const SHOUT_STAGE = SHOUT['stages/shout.ts'] as string;
const TWICE = SHOUT['backbones/twice.ts'] as string;
const config = (...modules: string[]): ProjectFiles => ({
  'soliloquy.config.ts': `export default { modules: [${modules.map((each) => `'${each}'`).join(', ')}] };\n`,
});

describe('a configuration that cannot be used is one message, and nothing runs:', () => {
  test.each<[string, ProjectFiles, RegExp]>([
    [
      'it throws',
      { 'soliloquy.config.ts': "throw new TypeError('no such thing');\n" },
      /^soliloquy\.config\.ts: expected the configuration to load, got TypeError: no such thing; correct it\n/,
    ],
    [
      'it is no JavaScript',
      { 'soliloquy.config.ts': 'export default {{\n' },
      /^soliloquy\.config\.ts: expected the configuration to load, got \w*Error: .*; correct it\n/,
    ],
    [
      'it exports nothing',
      { 'soliloquy.config.ts': 'export const modules = [];\n' },
      /^soliloquy\.config\.ts: expected export default defineConfig\(.*got no default export; /,
    ],
    [
      'it has an unknown key',
      { 'soliloquy.config.ts': 'export default { moduls: [] };\n' },
      /^soliloquy\.config\.ts: expected export default .*got it: Unrecognized key: "moduls"; /,
    ],
    [
      'it names a module that is not there',
      config('./stages/shuot.ts'),
      /^soliloquy\.config\.ts: modules "stages\/shuot\.ts": expected a module of the project, .*got no such file; /,
    ],
    [
      'it names a module outside the project',
      config('../elsewhere.ts'),
      /^soliloquy\.config\.ts: modules "\.\.\/elsewhere\.ts": expected a module .*got one outside its folder; /,
    ],
    [
      'it computes the name of a module',
      { 'soliloquy.config.ts': "export default { modules: ['./' + 'stages/shout.ts'] };\n" },
      /^soliloquy\.config\.ts: modules "stages\/shout\.ts": .*written out.*, got a path that is computed, or a link; /,
    ],
    [
      'a module throws',
      { 'stages/shout.ts': "throw new Error('not today');\n" },
      /^stages\/shout\.ts: expected a module that loads, got Error: not today; /,
    ],
    [
      'a module exports nothing',
      { 'stages/shout.ts': 'export {};\n', ...config('./stages/shout.ts') },
      /^stages\/shout\.ts: expected an exported array of stages, backbones, ports or measures, got no exports; /,
    ],
    [
      'a module exports nothing usable',
      { 'stages/shout.ts': 'export const shout = 1;\n', ...config('./stages/shout.ts') },
      /^stages\/shout\.ts: expected an exported array .*, got only shout; /,
    ],
    [
      'a module exports what is no stage',
      { 'stages/shout.ts': "export const stages = [{ id: 'shout' }];\n", ...config('./stages/shout.ts') },
      /^stages\/shout\.ts: stages\[0\]: expected what defineStage makes, got version: /,
    ],
    [
      'a stage has the id of another',
      { 'stages/shout.ts': SHOUT_STAGE.replace("id: 'shout'", "id: 'corpus'"), ...config('./stages/shout.ts') },
      /^stages\/shout\.ts: stages: expected one stage of a name, got "corpus" twice \(also another stage\); /,
    ],
    [
      'a backbone has the name of another',
      { 'backbones/twice.ts': TWICE.replace("'beep'", "'flite'") },
      /^backbones\/twice\.ts: backbones: .* a name, got "text-to-speech\/flite" twice \(also "CMU Flite"\); /,
    ],
    [
      'two modules bring a backbone of one name',
      { 'backbones/again.ts': TWICE, ...config('./stages/shout.ts', './backbones/twice.ts', './backbones/again.ts') },
      /^backbones\/again\.ts: backbones: expected one backbone of a name, got "shout\/twice" twice \(also "Twice"\); /,
    ],
    [
      'a backbone is of a stage that nobody brings',
      config('./backbones/twice.ts'),
      /^backbones\/twice\.ts: backbones: expected a stage that is installed \(.*\), got "shout"; /,
    ],
    [
      'a backbone contradicts its stage',
      { 'backbones/twice.ts': TWICE.replace('between: z', 'marks: z') },
      /^shout\.backbones\.twice: expected params that the stage has not, got marks; /,
    ],
    [
      'a port type has the id of another',
      {
        'ports/mine.ts': `import { z } from 'zod';
import { jsonPort } from '@soliloquy/ports';
export const ports = [jsonPort({ id: 'text', title: 'Mine', schema: z.string(), file: 'x.json', summary: String })];
`,
        ...config('./ports/mine.ts'),
      },
      /^ports\/mine\.ts: ports: expected one port of a name, got "text" twice \(also "Text"\); /,
    ],
    [
      'a measure has the name of another',
      {
        'measures/mine.ts': `import { evaluationInputs } from '@soliloquy/evaluation';
import { defineMeasure } from '@soliloquy/stage';
export const measures = [
  defineMeasure({ of: evaluationInputs, name: 'psnr', version: 1, text: 'x', needs: ['video'], measure: () => 1 }),
];
`,
        ...config('./measures/mine.ts'),
      },
      /^measure psnr: expected one measure of this name, got two; rename one/,
    ],
    [
      'there are two configurations',
      { 'soliloquy.config.mjs': 'export default {};\n' },
      /project: expected one configuration, got soliloquy\.config\.ts and soliloquy\.config\.mjs; remove one\n/,
    ],
    [
      'a command names a folder that nobody named',
      {
        'soliloquy.config.ts': `export default {
  backbones: { 'corpus/mine': { version: 1, title: 'Mine', command: ['{checkouts.lab}/run'] } },
};
`,
      },
      /^soliloquy\.config\.ts: backbones: expected a folder in checkouts \(none\), got "lab"; /,
    ],
  ])('%s', async (_what, files, says) => expectRefused(files, says), PATIENCE_MS);

  test('SOLILOQUY_CONFIG names no file, or the own configuration is no JSON', async () => {
    const project = broughtProject();
    const lost = await project.start(['doctor'], { SOLILOQUY_CONFIG: 'lost.ts' }).ended;
    expect(lost).toMatchObject({
      code: 2,
      stderr:
        'SOLILOQUY_CONFIG: expected the path of a configuration, got lost.ts, where no file is; ' +
        'correct it, or unset it\n',
    });
    writeOwnConfig(project, '{');
    const ended = await project.call('validate', 'graphs/plain.json', '--trust');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/config\.json: expected your configuration as JSON: .*, got .*; correct it/);
  });
});

function writeOwnConfig({ write, home }: BroughtProject, content: string | object): void {
  write({ '../home/config/soliloquy/config.json': content });
  expect(existsSync(join(home, 'config/soliloquy/config.json'))).toBe(true);
}

interface RunJson {
  readonly tasks: readonly { readonly task: string; readonly key: string; readonly cached: boolean }[];
}

describe('what a project brings', () => {
  test(
    'is listed by doctor and has the content of its own modules in its keys, and of no others',
    async () => {
      const project = broughtProject();
      await project.call('trust');
      const { stdout } = await project.call('doctor');
      expect(stdout).toMatch(/here +configuration +.*soliloquy\.config\.ts\n/);
      expect(stdout).toMatch(/here +stages\/shout\.ts +stage shout@1\n/);
      expect(stdout).toMatch(/here +backbones\/twice\.ts +backbone shout\/twice, backbone text-to-speech\/beep\n/);
      expect(stdout).toMatch(/here +text-to-speech@1 beep \(project\) +Beep\n/);

      const keys = async (graph: string): Promise<Record<string, string>> => {
        expect((await project.call('run', graph, '--trust')).stderr).toBe('');
        const name = graph.slice('graphs/'.length, -'.json'.length);
        const run = JSON.parse(readFileSync(join(project.folder, 'out', name, 'run.json'), 'utf8')) as RunJson;
        return Object.fromEntries(run.tasks.map(({ task, key }) => [task, key]));
      };
      const [first, plain] = [await keys('graphs/shout.json'), await keys('graphs/plain.json')];
      // A comment in a file that both modules load: other content, other keys.
      project.write({ 'lib/loud.ts': `// louder\n${SHOUT['lib/loud.ts'] as string}` });
      const plan = await project.call('plan', 'graphs/shout.json', '--trust');
      expect(plan.stdout).toMatch(/^once +to run: the project's code changed\n/);
      const second = await keys('graphs/shout.json');
      expect(second.once).not.toBe(first.once);
      expect(second.twice).not.toBe(first.twice);
      // A comment in the backbone's own module reaches the node that uses it, and no other.
      project.write({ 'backbones/twice.ts': `// twice\n${TWICE}` });
      const third = await keys('graphs/shout.json');
      expect(third.once).toBe(second.once);
      expect(third.twice).not.toBe(second.twice);
      // What is installed has the key that it has without a project.
      expect(await keys('graphs/plain.json')).toEqual(plain);
    },
    PATIENCE_MS,
  );

  test(
    'is found where SOLILOQUY_CONFIG says, beside the older ways, which still work',
    async () => {
      const project = broughtProject({ 'graphs/shout.json': SHOUT['graphs/shout.json'] as object });
      const elsewhere = broughtProject();
      const SOLILOQUY_CONFIG = join(elsewhere.folder, 'soliloquy.config.ts');
      const ended = await project.start(['run', 'graphs/shout.json', '--trust'], { SOLILOQUY_CONFIG }).ended;
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      const older = broughtProject({ ...SHOUT, 'soliloquy.config.ts': 'export default {};\n' }, true);
      const SOLILOQUY_STAGES = join(older.folder, 'stages/shout.ts');
      writeFileSync(
        join(older.folder, 'worker.json'),
        JSON.stringify({ backbones: { 'corpus/said': { version: 1, title: 'Said', command: ['true'] } } }),
      );
      const doctor = await older.start(['doctor', '--json'], {
        SOLILOQUY_STAGES,
        SOLILOQUY_WORKER_CONFIG: 'worker.json',
      }).ended;
      expect(doctor.stdout).toContain('"name": "shout@1 plain (default)"');
      expect(doctor.stdout).toContain('"name": "corpus@1 said"');
    },
    PATIENCE_MS,
  );

  test(
    'may be a command: its paths are of the project, of checkouts and of models, wherever the person has them',
    async () => {
      const project = broughtProject({
        'soliloquy.config.ts': `export default {
  backbones: {
    'corpus/printed': {
      version: 1, title: 'Printed', environment: ['PATH'],
      command: ['sh', './programs/print.sh', '{outputs}', '{checkouts.lab}/lines.txt', '{models.words}'],
    },
  },
  checkouts: { lab: '/nowhere' },
};
`,
        'programs/print.sh': 'mkdir -p "$1/text/0"\ncat "$2" "$3" > "$1/text/0/text.txt"\n',
        'graphs/printed.json': {
          format: 1,
          name: 'printed',
          nodes: { lines: { stage: 'corpus@1', backbone: 'printed' } },
          outputs: { 'line.txt': 'lines.text' },
        },
        'words.bin': 'morning.',
        'lab/lines.txt': 'Good ',
      });
      writeOwnConfig(project, {
        checkouts: { lab: join(project.folder, 'lab') },
        models: { words: join(project.folder, 'words.bin') },
      });
      const ended = await project.call('run', 'graphs/printed.json', '--trust');
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(join(project.folder, 'out/printed/line.txt'), 'utf8')).toBe('Good morning.');
      project.write({ 'programs/print.sh': 'exit 3\n' });
      const changed = await project.call('plan', 'graphs/printed.json', '--trust');
      expect(changed.stdout).toMatch(/^lines +to run: the project's code changed\n/);
    },
    PATIENCE_MS,
  );

  test(
    'does not run with another content than it was planned with, whatever happens meanwhile',
    async () => {
      const project = broughtProject({
        ...SHOUT,
        // As it loads in the first process it changes itself: the worker must not run that.
        'lib/loud.ts': `import { appendFileSync } from 'node:fs';
appendFileSync(import.meta.filename, '// more\\n');
export const loud = (line: string, _marks: number) => line;
`,
      });
      const ended = await project.call('run', 'graphs/shout.json', '--trust');
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(
        /soliloquy\.config\.ts: expected the content that was allowed when this began, got another; start again/,
      );
    },
    PATIENCE_MS,
  );
});
