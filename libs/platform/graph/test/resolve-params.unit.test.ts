import { expect, test } from 'vitest';
import { checkSet, nodeOf, parseSet, resolveParams, sizesOf, validateGraph } from '../src/index.ts';
import { errorsOf, FORM, graph, registry } from './sample-graph.ts';

test('later sources win: defaults, node, size, --set', () => {
  const doc = graph();
  expect(resolveParams(doc, 'many', registry)).toEqual({ count: 3, start: 0 });
  expect(resolveParams(doc, 'many', registry, { size: 'tiny' })).toEqual({ count: 2, start: 0 });
  expect(
    resolveParams(doc, 'many', registry, { size: 'tiny', set: parseSet(['many.count=9', 'each.factor=3']) }),
  ).toEqual({ count: 9, start: 0 });
  expect(resolveParams(doc, 'each', registry, { size: 'tiny' })).toEqual({ factor: 1, rounding: 'none', name: 'x' });
});

test('params of stage and backbone come together', () => {
  expect(resolveParams(graph(), 'last', registry, { set: { 'last.amount': '0.5' } })).toEqual({
    factor: 2,
    rounding: 'none',
    name: 'x',
    amount: 0.5,
  });
});

test('--set takes JSON where the param takes it, else the text as it is', () => {
  const name = (text: string) => resolveParams(graph(), 'each', registry, { set: { 'each.name': text } })['name'];
  expect(name('plain words')).toBe('plain words');
  expect(name('7')).toBe('7');
  expect(name('"quoted"')).toBe('quoted');
  expect(name('true')).toBe('true');
  expect(name('')).toBe('');
  expect(resolveParams(graph(), 'each', registry, { set: { 'each.factor': '-1.5e2' } })['factor']).toBe(-150);
});

test('--set may hold = in its value', () => {
  expect(parseSet(['each.name=a=b', 'each.name=c=d'])).toEqual({ 'each.name': 'c=d' });
});

test('what --set says wrongly is told with its own words', () => {
  expect(errorsOf(() => parseSet(['factor=1', 'each.factor']))).toHaveLength(2);
  const cases: [Record<string, string>, string][] = [
    [{ 'each.factor': 'lots' }, '--set each.factor: expected a number, got "lots"'],
    [{ 'each.facto': '1' }, 'did you mean "factor"?'],
    [{ 'eech.factor': '1' }, 'did you mean "each"?'],
  ];
  for (const [set, part] of cases) {
    const [error, ...more] = checkSet(graph(), registry, { set });
    expect(more).toEqual([]);
    expect(error!.message).toContain(part);
    expect(error!.message).toMatch(FORM);
  }
  expect(() => resolveParams(graph(), 'each', registry, { set: { 'each.factor': 'lots' } })).toThrow(
    'expected a number',
  );
});

test('a param of another backbone, or a backbone that is meant, is told as such', () => {
  const remedyOf = (set: Record<string, string>): string | undefined =>
    checkSet(graph(), registry, { set })[0]?.message.split('; ')[1];
  expect(remedyOf({ 'each.amount': '1' })).toBe('it belongs to backbone "jitter": delete it or change the backbone');
  expect(remedyOf({ 'each.bakcbone': 'jitter' })).toBe('did you mean "backbone"?');
  expect(remedyOf({ 'each.qqqqqq': '1' })).toBe('delete it');
  // In a document a backbone does not stand among the params.
  const doc = graph((g) => void (g.nodes['each']!['params'] = { bakcbone: 'jitter' }));
  expect(validateGraph(doc, registry)[0]?.message.split('; ')[1]).toBe('delete it');
  expect(remedyOf({ 'many.count': '1000' })).toBe('it is: How many');
  expect(checkSet(graph(), registry, { set: { 'many.count': '1000' } })[0]?.message).toContain(' (numbers)');
  expect(checkSet(graph(), registry, { set: { 'each.factor': 'x' } })[0]?.message).toMatch(
    /^--set each\.factor: expected a number, got "x"; it is: By how much$/,
  );
});

test('a size that the document has not is refused by name', () => {
  expect(sizesOf(graph())).toEqual(['small', 'tiny']);
  expect(checkSet(graph(), registry, { size: 'tny' })[0]!.message).toContain('did you mean "tiny"?');
  expect(checkSet(graph(), registry, { size: 'tiny' })).toEqual([]);
});

test('a node without a backbone runs the default of its stage', () => {
  expect(
    nodeOf(
      graph((g) => delete g.nodes['each']!['backbone']),
      'each',
      registry,
    ).backboneName,
  ).toBe('product');
  expect(errorsOf(() => nodeOf(graph(), 'toString', registry))[0]!.code).toBe('graph.unknown-node');
});
