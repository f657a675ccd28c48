import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Fault, sentenceOf, type FaultParts } from '@soliloquy/fault';
import { graphFault, InvalidGraph, type ExpectationRow } from '@soliloquy/graph';
import type { RunSummary } from '@soliloquy/runner';
import { junitOfError, junitOfRun } from '../src/junit.ts';

const lacksPython = spawnSync('python3', ['-c', 'import xml.etree.ElementTree']).status !== 0;

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}

/** What expat reads: it refuses what is not well-formed. */
const READER = `
import json, sys
import xml.etree.ElementTree as tree
def plain(e):
    return {"tag": e.tag, "attributes": e.attrib, "text": e.text or "", "children": [plain(c) for c in e]}
sys.stdout.write(json.dumps(plain(tree.fromstring(sys.stdin.buffer.read()))))
`;

function parse(xml: string): Element {
  return JSON.parse(execFileSync('python3', ['-c', READER], { input: xml, encoding: 'utf8' })) as Element;
}

function casesOf(xml: string): readonly Element[] {
  return parse(xml).children[0].children;
}

const EMPTY: RunSummary = {
  run: 'r',
  status: 'failed',
  seconds: 1.5,
  executed: 0,
  cached: 0,
  failures: [],
  expectations: [],
  outputs: [],
  metrics: {},
  tasks: [],
};
const ODD: FaultParts = {
  code: 'stage.odd',
  where: 'add.value',
  expected: 'an even number',
  got: 'an odd one',
  remedy: 'count to another',
};
const failed = (parts: FaultParts): RunSummary => ({
  ...EMPTY,
  failures: [{ node: 'far', element: 'far[1]', ...parts, message: sentenceOf(parts) }],
});
const expected = (row: Partial<ExpectationRow>): RunSummary => ({
  ...EMPTY,
  status: 'unmet',
  expectations: [
    { metric: 'fit.psnr', element: {}, comparison: 'atLeast', holds: false, message: 'what the run says', ...row },
  ],
});

test('a failing task has the code of its fault as type, its sentence as message and its parts as lines', () => {
  expect(junitOfRun('chain', failed(ODD))).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n' +
      '  <testsuite name="chain" tests="1" failures="1" errors="0" skipped="0" time="1.500">\n' +
      '    <testcase classname="far" name="far[1]" time="0.000"><failure ' +
      'message="add.value: expected an even number, got an odd one; count to another" type="stage.odd">' +
      'where: add.value\nexpected: an even number\ngot: an odd one\nremedy: count to another' +
      '</failure></testcase>\n  </testsuite>\n</testsuites>\n',
  );
});

test('a fault without a remedy has no line for it', () => {
  expect(junitOfRun('chain', failed({ ...ODD, remedy: undefined }))).toContain('\ngot: an odd one</failure>');
});

test('a run that was cancelled is a failing case', () => {
  expect(junitOfRun('chain', { ...EMPTY, status: 'cancelled' })).toContain(
    '<testcase classname="chain" name="run" time="0.000"><failure message="cancelled" type="run.cancelled">',
  );
});

describe('the cases of expectations', () => {
  const rows = (values: readonly number[]): RunSummary => ({
    ...EMPTY,
    expectations: values.flatMap((actual, clip): ExpectationRow[] => [
      { metric: 'fit.psnr', element: { clip }, comparison: 'atLeast', actual, bound: 28, holds: true, message: '' },
      {
        metric: 'fit.psnr',
        element: { clip },
        comparison: 'atLeast',
        actual,
        bound: actual - 1,
        boundMetric: 'base.psnr',
        holds: actual > 30,
        message: 'short',
      },
    ]),
  });
  const names = (summary: RunSummary): string[] =>
    casesOf(junitOfRun('g', summary)).map(({ attributes }) => attributes.name);

  test('have a name for each element, the same from run to run', () => {
    expect(names(rows([32.5, 31]))).toEqual([
      'fit.psnr [clip 1] atLeast 28',
      'fit.psnr [clip 1] atLeast base.psnr',
      'fit.psnr [clip 2] atLeast 28',
      'fit.psnr [clip 2] atLeast base.psnr',
    ]);
    expect(names(rows([33, 30.5]))).toEqual(names(rows([32.5, 31])));
  });

  test('are unique where a bound has more elements than the figure', () => {
    const [, one] = rows([32]).expectations;
    expect(names({ ...EMPTY, expectations: [one, one] })).toEqual([
      'fit.psnr [clip 1] atLeast base.psnr',
      'fit.psnr [clip 1] atLeast base.psnr (2)',
    ]);
  });

  test('have the figure where they pass, too', () => {
    const [passed, bound, , failing] = casesOf(junitOfRun('g', rows([32.5, 29.125])));
    expect(passed.children).toEqual([
      { tag: 'system-out', attributes: {}, text: 'fit.psnr [clip 1]: 32.5, expected at least 28', children: [] },
    ]);
    expect(bound.children[0].text).toBe('fit.psnr [clip 1]: 32.5, expected at least base.psnr = 31.5');
    expect(failing.children[0]).toMatchObject({
      tag: 'failure',
      text: expect.stringContaining('got: 29.125') as string,
    });
  });
});

describe('an expectation that does not hold', () => {
  test.each<[string, Partial<ExpectationRow>, string]>([
    [
      'has all digits of what was expected and got',
      { actual: 27.123456789, bound: 28 },
      'where: fit.psnr\nexpected: at least 28\ngot: 27.123456789',
    ],
    [
      'names its element and the metric that is its bound',
      { element: { clip: 2, take: 0 }, comparison: 'atMost', actual: 31, bound: 30.5, boundMetric: 'base.psnr' },
      'where: fit.psnr [clip 3, take 1]\nexpected: at most base.psnr = 30.5\ngot: 31',
    ],
    ['has nothing to compare', { bound: 28 }, 'where: fit.psnr\nexpected: at least 28\ngot: nothing to compare'],
    [
      'has no bound either',
      { boundMetric: 'base.psnr' },
      'where: fit.psnr\nexpected: at least base.psnr\ngot: nothing to compare',
    ],
  ])('%s', (_what, row, body) => {
    expect(junitOfRun('chain', expected(row))).toContain(
      `<failure message="what the run says" type="expectation">${body}</failure>`,
    );
  });

  test('is no failure where it holds', () => {
    expect(junitOfRun('chain', expected({ holds: true, actual: 29, bound: 28 }))).not.toContain('<failure');
  });
});

describe('what is thrown before the run', () => {
  test('a graph that is refused has a case for each of its errors', () => {
    const errors = ['one', 'two'].map((where) =>
      graphFault({ code: 'graph.unknown-node', where, expected: 'a node', got: 'none' }),
    );
    const xml = junitOfError('bad.json', new InvalidGraph(errors));
    expect(xml).toContain('tests="2" failures="2"');
    expect(xml).toContain(
      'name="two" time="0.000"><failure message="two: expected a node, got none" type="graph.unknown-node">where: two',
    );
  });

  test('a fault has its code, anything else is a defect', () => {
    expect(junitOfError('a.json', new Fault(ODD))).toContain('type="stage.odd">where: add.value\n');
    expect(junitOfError('a.json', new TypeError('no'))).toContain('type="soliloquy.internal">where: a.json\n');
  });
});

describe.skipIf(lacksPython)('as a parser of XML reads it (else: no python3)', () => {
  const controls = String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code));

  test('every text comes back, but for what XML cannot hold', () => {
    const nasty = `<a href="x">&amp; it's ]]> é 😀</a>`;
    const [{ attributes, children }] = casesOf(junitOfRun(nasty, failed({ ...ODD, where: nasty, got: nasty })));
    expect(attributes).toEqual({ classname: 'far', name: 'far[1]', time: '0.000' });
    expect(children).toEqual([
      {
        tag: 'failure',
        attributes: {
          message: `${nasty}: expected an even number, got ${nasty}; count to another`,
          type: 'stage.odd',
        },
        text: `where: ${nasty}\nexpected: an even number\ngot: ${nasty}\nremedy: count to another`,
        children: [],
      },
    ]);
  });

  test('control characters, lone surrogates and noncharacters are written out; white space stays', () => {
    const got = `${controls}\x7f\x85\ud800\ufffe\u2028`;
    const write = (text: string): string =>
      [...text]
        .map((each) => {
          const code = each.charCodeAt(0);
          if (/[\t\n\r\u2028]/.test(each)) return each;
          return code < 256 && (code < 32 || code > 126)
            ? `\\x${code.toString(16).padStart(2, '0')}`
            : code > 0xd7ff
              ? `\\u${code.toString(16)}`
              : each;
        })
        .join('');
    const written = write(got);
    const oneLine = write(got.replace(/\s*[\n\r\u0085\u2028]\s*/g, ' '));
    const [{ children }] = casesOf(junitOfRun('chain', failed({ ...ODD, got })));
    expect(written).toContain('\\x1b');
    expect(children[0].attributes.message).toBe(`add.value: expected an even number, got ${oneLine}; count to another`);
    expect(children[0].text).toContain(`got: ${written.replace('\n', '\n  ')}\nremedy: `);
  });

  test('a part of several lines cannot be taken for another part', () => {
    const [{ children }] = casesOf(junitOfRun('chain', failed({ ...ODD, got: 'one\nremedy: pay' })));
    expect(children[0].text.split('\n')).toEqual([
      'where: add.value',
      'expected: an even number',
      'got: one',
      '  remedy: pay',
      'remedy: count to another',
    ]);
  });

  test('expectations and cancelled runs are well-formed too', () => {
    const row = { actual: 1, bound: 2, metric: 'a<b.c&d', message: '"<>&' };
    expect(casesOf(junitOfRun('chain', { ...expected(row), status: 'cancelled' }))).toHaveLength(2);
  });
});
