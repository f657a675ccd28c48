import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGraph } from '../src/index.ts';
import { scanJson } from '../src/json-scan.ts';
import { graphJsonSchema } from '../src/parse-graph.ts';
import { errorsOf, FORM, SOUND } from './sample-graph.ts';

const faults = (text: string) => errorsOf(() => parseGraph(text, { path: 'g.json' }));
const changed = (change: Record<string, unknown>) => JSON.stringify({ ...SOUND, ...change }, null, 2);

describe('a text that is not JSON', () => {
  test.each([
    ['{"format": 1,\n  "name": x}', 2, 11, 'a value'],
    ['{"format": 1', 1, 13, ', or }'],
    ['', 1, 1, 'a value'],
    ['{"format": 1,}', 1, 14, 'a key in " after the comma'],
    ["{'format': 1}", 1, 2, 'a key in " or }'],
    ['{"format" 1}', 1, 11, 'a :'],
    ['{"a": [1 2]}', 1, 10, ', or ]'],
    ['{"a": "b\nc"}', 1, 7, 'a string that ends'],
    ['{} {}', 1, 4, 'nothing after'],
    ['{"a": 01}', 1, 8, ', or }'],
  ])('%j is refused at its line and column', (text, line, column, expected) => {
    const [error] = faults(text);
    expect(error).toMatchObject({ code: 'graph.not-json', line, column });
    expect(error!.message).toContain(`g.json:${line}:${column}: expected ${expected}`);
    expect(error!.message).toMatch(FORM);
  });

  test('two nodes of one name are refused, where JSON.parse would lose one', () => {
    const [error] = faults('{"format": 1, "name": "x", "nodes": {\n"a": {"stage": "s@1"},\n"a": {"stage": "t@1"}}}');
    expect(error).toMatchObject({ code: 'graph.duplicate-key', line: 3, column: 1 });
  });

  test('nesting beyond any graph is refused, not a stack overflow', () => {
    expect(faults('['.repeat(100_000))[0]).toMatchObject({ code: 'graph.not-json' });
  });

  test('the scan agrees with JSON.parse on what JSON is', () => {
    const parses = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    // Damaged JSON: a character of a sound text is replaced. Equal keys are the one thing that only the scan refuses.
    const damaged = fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '1', '-', '.', 'e', 't', ' ', '\n', '\u0001', ''),
      )
      .map(([text, at, char]) => text.slice(0, at % text.length) + char + text.slice((at % text.length) + 1));
    fc.assert(
      fc.property(fc.oneof(fc.json({ maxDepth: 3 }), damaged), (text) => {
        const scan = scanJson(text);
        if (scan.kind === 'fault' && scan.fault.code === 'graph.duplicate-key') return true;
        return (scan.kind === 'fine') === parses(text);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});

describe('a document of the wrong form', () => {
  test('an unknown key is named with its line and the key that was meant', () => {
    const [error] = faults(changed({ nodes: { voice: { stage: 'numbers@1', bakcbone: 'range' } } }));
    expect(error).toMatchObject({ code: 'graph.unknown-key', node: 'voice' });
    expect(error!.message).toMatch(
      /^g\.json:\d+:\d+: nodes\.voice\.bakcbone: expected one of stage, .*, got "bakcbone"; did you mean "backbone"\?$/,
    );
  });

  test.each([
    [{ format: 2 }, 'format: expected 1, got 2'],
    [{ name: '../up' }, 'name: expected a name that can be a folder'],
    [{ nodes: { a: { stage: 'numbers' } } }, 'nodes.a.stage: expected a stage with its version'],
    [{ nodes: { a: {} } }, 'nodes.a.stage: expected a text, got nothing; add it'],
    [{ nodes: { 'a.b': { stage: 'numbers@1' } } }, 'nodes.a.b: expected a name of letters'],
    [{ edges: ['a -> b'] }, 'edges.0: expected an edge "node.output -> node.input"'],
    [{ outputs: { '../evil': 'a.b' } }, 'outputs.../evil: expected a file name'],
    [{ seed: -1 }, 'seed: expected a number of at least 0, got -1'],
    [{ expect: [{ metric: 'a.b' }] }, 'expect.0: expected atLeast or atMost'],
    [{ expect: [{ metric: 'a.b', atLeast: true }] }, 'expect.0.atLeast: expected a number or a text, got true'],
    [{ cells: [{ marckdown: 'x' }] }, 'cells.0'],
    [{ layout: { a: [1] } }, 'layout.a'],
  ])('%j is refused where it is wrong', (change, message) => {
    const [error] = faults(changed(change));
    expect(error!.message).toContain(`: ${message}`);
    expect(error!.message).toMatch(FORM);
    expect(error!.line).toBeGreaterThan(1);
  });

  test('every fault is reported, not only the first', () => {
    expect(faults(changed({ seed: 'x', colour: 1, nodes: { a: { stage: 1 } } })).length).toBe(3);
  });

  test('a list, null or a number is no graph', () => {
    for (const text of ['[]', 'null', '3']) expect(faults(text)[0]!.message).toContain('graph: expected an object');
  });
});

test('what may be left out gets its default, and a byte order mark is no fault', () => {
  const doc = parseGraph('\uFEFF{"format": 1, "name": "least", "nodes": {"a": {"stage": "numbers@1"}}}', {
    path: 'g.json',
  });
  expect(doc).toEqual({
    format: 1,
    name: 'least',
    seed: 0,
    size: 'small',
    inputs: {},
    nodes: { a: { stage: 'numbers@1' } },
    edges: [],
    outputs: {},
    sizes: {},
    expect: [],
    cells: [],
    comments: [],
    groups: [],
    layout: {},
  });
});

test('graph.schema.json is what the schema of the code gives (node tools/write-schema.ts renews it)', () => {
  expect(JSON.parse(readFileSync(new URL('../graph.schema.json', import.meta.url), 'utf8'))).toEqual(graphJsonSchema());
});
