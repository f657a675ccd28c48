import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { broughtProject, MARK, SHOUT, type BroughtProject } from './fixture/brought-project.ts';

const PATIENCE_MS = 120_000;
const NOTE = /^soliloquy\.config\.ts: not trusted, so nothing of it is run; soliloquy trust \. /;

function ran({ folder }: BroughtProject): boolean {
  const path = join(folder, 'ran.txt');
  const there = existsSync(path);
  rmSync(path, { force: true });
  return there;
}

describe('a folder that nobody trusted', () => {
  test.each([
    ['validate', 'graphs/shout.json'],
    ['plan', 'graphs/shout.json'],
    ['run', 'graphs/shout.json'],
    ['migrate', 'graphs/plain.json'],
    ['sweep', 'graphs/shout.json', '--vary', 'once.marks=1,2'],
    ['fmt', 'graphs/shout.json'],
    ['diff', 'graphs/shout.json', 'graphs/plain.json'],
    ['trust', '--list'],
    ['doctor'],
    ['new', 'stage', 'mine'],
  ])(
    'runs nothing of its own on %s',
    async (...args) => {
      const project = broughtProject({
        ...SHOUT,
        'soliloquy.config.ts': [
          "import { writeFileSync } from 'node:fs';",
          MARK.replace('/../', '/'),
          SHOUT['soliloquy.config.ts'] as string,
        ].join('\n'),
      });
      await project.call(...args);
      expect(ran(project)).toBe(false);
      expect((await project.call('validate', 'graphs/shout.json', '--trust')).code).toBe(0);
      expect(ran(project)).toBe(true);
    },
    PATIENCE_MS,
  );

  test(
    'is served without running it, and the page is not told of its stages',
    async () => {
      const project = broughtProject();
      const served = project.start(['serve', 'graphs/plain.json', '--no-open']);
      await served.until('The link works once');
      served.child.kill('SIGINT');
      expect(await served.ended).toMatchObject({ code: 0, stderr: expect.stringMatching(NOTE) as string });
      expect(ran(project)).toBe(false);
    },
    PATIENCE_MS,
  );

  test(
    'runs what needs nothing of it, with a note; what needs it is refused with the way to trust it',
    async () => {
      const project = broughtProject();
      const plain = await project.call('run', 'graphs/plain.json');
      expect(plain).toMatchObject({ code: 0, stderr: expect.stringMatching(NOTE) as string });
      const shout = await project.call('run', 'graphs/shout.json');
      expect(shout.code).toBe(2);
      expect(shout.stderr).toMatch(NOTE);
      expect(shout.stderr).toMatch(
        /once\.stage: expected a stage .*, got "shout@1"; .*, or trust soliloquy\.config\.ts, .*: soliloquy trust \.\n/,
      );
      expect(ran(project)).toBe(false);
    },
    PATIENCE_MS,
  );
});

describe('trust', () => {
  test(
    'holds for one content: any file that it loads, changed, is asked for again',
    async () => {
      const project = broughtProject();
      const listed = await project.call('trust', '--list');
      expect(listed.stdout).toMatch(/ {2}[0-9a-f]{12} {2}lib\/loud\.ts\n/);
      expect(listed.stdout).toMatch(/not trusted\n$/);
      expect(await project.call('trust')).toMatchObject({ code: 0 });
      expect(await project.call('run', 'graphs/shout.json')).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(join(project.folder, 'out/shout/twice.txt'), 'utf8')).toBe('HELLO! HELLO!!');
      expect(ran(project)).toBe(true);

      project.write({ 'lib/loud.ts': `${SHOUT['lib/loud.ts'] as string}// changed\n` });
      expect(await project.call('validate', 'graphs/shout.json')).toMatchObject({ code: 2 });
      expect(ran(project)).toBe(false);
      const again = await project.call('trust');
      expect(again.stdout).toMatch(/lib\/loud\.ts {2}\(changed\)\n/);
      expect(again.stdout).not.toMatch(/shout\.ts {2}\(changed\)/);
      expect(await project.call('validate', 'graphs/shout.json')).toMatchObject({ code: 0, stderr: '' });

      // Back to what was allowed before: nobody is asked twice for one content.
      project.write({ 'lib/loud.ts': SHOUT['lib/loud.ts'] as string });
      expect(await project.call('validate', 'graphs/shout.json')).toMatchObject({ code: 0, stderr: '' });
      expect(await project.call('trust', '--revoke')).toMatchObject({ code: 0 });
      expect(await project.call('validate', 'graphs/shout.json')).toMatchObject({ code: 2 });
    },
    PATIENCE_MS,
  );

  test(
    'is kept in the state folder of the person, for this folder alone, and --trust keeps nothing',
    async () => {
      const project = broughtProject();
      const before = readdirSync(project.folder, { recursive: true }).sort();
      expect(await project.call('validate', 'graphs/shout.json', '--trust')).toMatchObject({ code: 0, stderr: '' });
      expect(await project.call('validate', 'graphs/shout.json')).toMatchObject({ code: 2 });
      ran(project);
      await project.call('trust');
      expect(readdirSync(project.folder, { recursive: true }).sort()).toEqual(before);
      const record = readFileSync(join(project.home, 'state/soliloquy/trust.json'), 'utf8');
      expect(Object.keys((JSON.parse(record) as { projects: object }).projects)).toEqual([project.folder]);
      // The same files elsewhere: another folder, which nobody trusted.
      const copy = broughtProject();
      mkdirSync(join(copy.home, 'state/soliloquy'), { recursive: true });
      writeFileSync(join(copy.home, 'state/soliloquy/trust.json'), record);
      expect(await copy.call('validate', 'graphs/shout.json')).toMatchObject({ code: 2 });
    },
    PATIENCE_MS,
  );

  test(
    'does not reach what is loaded by a computed name, what lies outside, or a Soliloquy of its own',
    async () => {
      const evil =
        "import { writeFileSync } from 'node:fs';\nwriteFileSync(import.meta.dirname + '/ran.txt', 'ran');\n";
      const computed = broughtProject({
        ...SHOUT,
        'evil.ts': evil,
        'lib/loud.ts':
          "await import('../ev' + 'il.ts');\nexport const loud = (line: string, _marks: number) => line;\n",
      });
      expect((await computed.call('trust')).stdout).toMatch(/note +lib\/loud\.ts loads modules by computed names/);
      const refused = await computed.call('validate', 'graphs/shout.json');
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /evil\.ts: expected modules whose names are written out, .*got "\.\.\/evil\.ts"; /,
        ) as string,
      });
      expect(ran(computed)).toBe(false);

      const outside = broughtProject();
      writeFileSync(join(outside.home, 'far.ts'), evil);
      rmSync(join(outside.folder, 'lib/loud.ts'));
      symlinkSync(join(outside.home, 'far.ts'), join(outside.folder, 'lib/loud.ts'));
      expect(await outside.call('trust')).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /^stages\/shout\.ts: expected files in the folder of the project, .*far\.ts; /,
        ) as string,
      });

      const impostor = broughtProject({
        ...SHOUT,
        'node_modules/@soliloquy/stage/package.json': {
          name: '@soliloquy/stage',
          type: 'module',
          exports: './index.js',
        },
        'node_modules/@soliloquy/stage/index.js': evil,
      });
      await impostor.call('trust');
      expect(await impostor.call('validate', 'graphs/shout.json')).toMatchObject({ code: 0, stderr: '' });
      expect(existsSync(join(impostor.folder, 'node_modules/@soliloquy/stage/ran.txt'))).toBe(false);
    },
    PATIENCE_MS,
  );

  test('names the programs that are backbones of it, and all that Python could load beside them', async () => {
    const project = broughtProject({
      'soliloquy.config.ts': `export default {
  backbones: { 'corpus/mine': { version: 1, title: 'Mine', command: ['python3', './programs/mine.py'] } },
};
`,
      'programs/mine.py': 'import json\n',
      'programs/json.py': 'print("not the library")\n',
    });
    const { stdout } = await project.call('trust', '--list');
    expect(stdout).toMatch(/programs\/json\.py\n.*programs\/mine\.py\n/);
  });
});
