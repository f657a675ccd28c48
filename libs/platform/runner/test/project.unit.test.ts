import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { numbersStage, scaleStage } from '@soliloquy/testing';
import { capabilityOf, capabilityWords } from '../src/cluster/names.ts';
import { loadRegistry, prepareGraph, TrustRecord, withModules } from '../src/index.ts';
import { ingredientsOf, modulesOf } from '../src/plan/element-task.ts';
import { staleReasons } from '../src/plan/staleness.ts';
import { taskKey } from '../src/plan/task-key.ts';
import type { BroughtModule } from '../src/project/brought-modules.ts';
import { changedFiles, importClosure } from '../src/project/import-closure.ts';
import { sourceReferences } from '../src/project/source-references.ts';
import { freshFolder, registryModule } from './fixture/workbench.ts';

describe('what a text may load', () => {
  test('is found in every form of import, without running it', () => {
    const text = `
import a from './a.ts';
import{b}from"./b.ts";
import './c.ts';
import type { D } from './d.ts';
export { e } from '../e.ts';
const f = await import('./f.ts');
const g = await import(\`./g.ts\`, { with: { type: 'json' } });
const h = require('./h.cjs');
new Worker(new URL('i.ts', import.meta.url));
import z from 'zod';
import { x } from '@soliloquy/stage';
import deep from '@scope/package/deep/file.js';
import { readFile } from 'node:fs/promises';
`;
    const { files, packages, computed } = sourceReferences('module.ts', text);
    expect(
      files
        .map((each) => each.replace(/^\.+\//, '')[0])
        .sort()
        .join(''),
    ).toBe('abcdefghi');
    expect(packages).toEqual(['zod', '@soliloquy/stage', '@scope/package/deep/file.js']);
    expect(computed).toBe(0);
  });

  test('is known to be computed where a name is put together', () => {
    for (const text of ['import(name)', "import('./a' + b)", 'import(`./${name}.ts`)', "import('./a.ts' as string)"])
      expect(sourceReferences('module.ts', text).computed, text).toBe(1);
    for (const text of ["import('./a.ts')", "import ( './a.ts' , {} )", 'imported(name)', 'import.meta.url'])
      expect(sourceReferences('module.ts', text).computed, text).toBe(0);
  });

  test('is every path in a configuration, and nothing in what is no module', () => {
    const text = "export default { modules: ['./a.ts'], backbones: { x: { command: ['sh', './run.sh', 'b.ts'] } } };";
    expect(sourceReferences('c.ts', text, true).files).toEqual(['./a.ts', './run.sh']);
    expect(sourceReferences('c.ts', text).files).toEqual([]);
    expect(sourceReferences('weights.bin', "import './a.ts'").files).toEqual([]);
  });
});

function project(files: Readonly<Record<string, string>>): string {
  const folder = freshFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('the closure of a module', () => {
  const files = {
    'a.ts': "import './lib/b.ts';\nimport './gone.ts';\n",
    'lib/b.ts': "import '../a.ts';\nimport table from './table.json' with { type: 'json' };\n",
    'lib/table.json': '{}',
    'other.ts': '',
  };

  test('has what it loads over any way, circles and data too, and nothing else', () => {
    const folder = project(files);
    const { files: found } = importClosure(folder, join(folder, 'a.ts'));
    expect(found.map(({ path }) => path)).toEqual(['a.ts', 'lib/b.ts', 'lib/table.json']);
  });

  test('has one digest for one content wherever it lies, and another for every change of it', () => {
    const digest = (change: Readonly<Record<string, string>>): string => {
      const folder = project({ ...files, ...change });
      return importClosure(folder, join(folder, 'a.ts')).digest;
    };
    const plain = digest({});
    expect(digest({})).toBe(plain);
    expect(digest({ 'other.ts': 'export {};' })).toBe(plain);
    const changes: Readonly<Record<string, string>>[] = [
      { 'lib/b.ts': `${files['lib/b.ts']} ` },
      { 'lib/table.json': '[]' },
      { 'gone.ts': '' },
    ];
    for (const change of changes) expect(digest(change)).not.toBe(plain);
  });

  test('names what changed, came and went', () => {
    const of = (...each: [string, string][]) => each.map(([path, digest]) => ({ path, digest }));
    expect(changedFiles(of(['a', '1'], ['b', '1'], ['c', '1']), of(['a', '1'], ['b', '2'], ['d', '1']))).toEqual([
      'b',
      'c',
      'd',
    ]);
  });

  test('ends at the folder of the project', () => {
    const outer = project({ 'far.ts': '', 'project/a.ts': "import './link.ts';\n", 'project/p.py': '' });
    symlinkSync(join(outer, 'far.ts'), join(outer, 'project/link.ts'));
    const inner = join(outer, 'project');
    expect(() => importClosure(inner, join(inner, 'a.ts'))).toThrow(
      /^a\.ts: expected files in the folder of the project/,
    );
    mkdirSync(join(outer, 'folder'));
    symlinkSync(join(outer, 'folder'), join(inner, 'json'));
    expect(() => importClosure(inner, join(inner, 'p.py'))).toThrow(/^json: expected .*a link to the folder/);
  });
});

describe('the record of trust', () => {
  const closure = (digest: string, root = '/project') => ({ root, digest, files: [], packages: [], computed: [] });

  test('allows one content of one folder, in another process too, and forgets', () => {
    const path = join(freshFolder(), 'state/trust.json');
    new TrustRecord(path).allow(closure('one'));
    const again = new TrustRecord(path);
    expect(again.allows(closure('one'))).toBe(true);
    expect(again.allows(closure('two'))).toBe(false);
    expect(again.allows(closure('one', '/other'))).toBe(false);
    expect(again.allows(closure('one', 'constructor'))).toBe(false);
    expect([again.revoke('/project'), again.revoke('/project')]).toEqual([true, false]);
    expect(new TrustRecord(path).allows(closure('one'))).toBe(false);
  });

  test('that is damaged allows nothing and says so', () => {
    const path = join(project({ 'trust.json': '{"projects": 1}' }), 'trust.json');
    expect(() => new TrustRecord(path)).toThrow(
      /trust\.json: expected the record of trusted projects, got something else; /,
    );
  });
});

const brought = (more: Partial<BroughtModule>): BroughtModule => ({
  path: 'mine.ts',
  content: 'a'.repeat(64),
  stages: [],
  backbones: [],
  ports: [],
  measures: [],
  ...more,
});

describe('keys and capabilities', () => {
  test('of what is installed know nothing of projects; of what a project brought they have its content', async () => {
    const registry = await loadRegistry(registryModule);
    const document = {
      format: 1,
      name: 'one',
      seed: 0,
      size: 'small',
      inputs: {},
      nodes: { n: { stage: 'count@1' } },
      edges: [],
      outputs: {},
      sizes: {},
      expect: [],
      cells: [],
      layout: {},
    };
    const graph = prepareGraph(document as never, registry);
    const node = graph.nodes[0];
    const { ingredients, key } = ingredientsOf(graph, node, { node: 'n', index: [] }, { inputs: {} });
    expect(Object.keys(ingredients)).not.toContain('modules');
    const own = { ...node, backbone: { ...node.backbone, content: 'b'.repeat(64) } };
    const changed = ingredientsOf(graph, own, { node: 'n', index: [] }, { inputs: {} });
    expect(changed.ingredients).toEqual({ ...ingredients, modules: ['b'.repeat(64)] });
    expect(changed.key).not.toBe(key);
    expect(taskKey({ ...changed.ingredients, modules: undefined })).toBe(key);
    expect(staleReasons(ingredients, changed.ingredients, new Map())).toEqual(["the project's code changed"]);
    expect(capabilityWords(capabilityOf(node.stage, node.backboneName, 'cpu'))).not.toContain('(');
  });

  test('have the content of stage and backbone each, once', () => {
    const backbone = { ...numbersStage.backbones.range, content: 'b'.repeat(64) };
    const [stage] = withModules([], [brought({ stages: [numbersStage as never] })], (stages) => stages);
    expect(modulesOf(stage, stage.backbones.range)).toEqual({ modules: ['a'.repeat(64)] });
    expect(modulesOf(stage, backbone)).toEqual({ modules: ['a'.repeat(64), 'b'.repeat(64)] });
    const capability = capabilityOf({ ...stage, backbones: { range: backbone } }, 'range', 'cpu');
    expect(capability).toMatch(/^numbers_\d+_a{12}\.range_\d+_b{12}\.cpu_/);
    expect(capabilityWords(capability)).toMatch(/^numbers@\d+ \(a{12}\) range@\d+ \(b{12}\) on cpu\//);
  });
});

describe('what modules bring', () => {
  const plain = { version: 1, title: 'Mine', summary: '', params: z.object({}), load: async () => ({}) };

  test('may be a backbone of a stage that a later module brings', () => {
    const first = brought({ backbones: [{ stage: 'scale', name: 'mine', backbone: plain }] });
    const stages = withModules(
      [],
      [first, brought({ path: 'scale.ts', content: 'c'.repeat(64), stages: [scaleStage as never] })],
      (all) => all,
    );
    expect(stages[0]).toMatchObject({ id: 'scale', content: 'c'.repeat(64) });
    expect(stages[0].backbones.mine.content).toBe('a'.repeat(64));
    // The stage itself is not touched.
    expect(scaleStage.backbones).not.toHaveProperty('mine');
  });

  test('marks a stage that took measures with their content, and no other', () => {
    const installed = [numbersStage, scaleStage] as never[];
    const measures = [{ name: 'blinks' }];
    const joined = withModules(installed, [brought({ measures })], (stages, given) => {
      expect(given).toEqual(measures);
      return stages.map((stage) => (stage.id === 'scale' ? { ...stage } : stage));
    });
    expect(joined.map(({ content }) => content)).toEqual([undefined, 'a'.repeat(64)]);
  });
});
