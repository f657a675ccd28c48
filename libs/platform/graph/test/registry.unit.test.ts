import { describe, expect, test } from 'vitest';
import { scaleStage, stages, sumStage } from '@soliloquy/testing';
import { createRegistry, graphFault, InvalidGraph } from '../src/index.ts';
import { parseStageReference, portTypes } from '../src/registry.ts';

describe('a registry', () => {
  test('has each stage by its id, and no other', () => {
    const registry = createRegistry(stages);
    expect([...registry.keys()]).toEqual(['numbers', 'scale', 'sum', 'trouble']);
    expect(registry.get('sum')).toBe(sumStage);
    expect(registry.get('constructor')).toBeUndefined();
  });

  test('refuses two stages of one id', () => {
    expect(() => createRegistry([sumStage, scaleStage, { ...sumStage, title: 'Other' }])).toThrow(
      expect.objectContaining({
        code: 'graph.argument',
        audience: 'author',
        message: 'stages.sum: expected one stage of this id, got two ("Sum", "Other"); rename one',
      }),
    );
  });

  test('knows the types of all inputs and outputs', () => {
    const registry = createRegistry([sumStage, scaleStage]);
    expect([...portTypes(registry).keys()].sort()).toEqual(['metrics', 'model<sum>', 'number', 'words']);
    expect(portTypes(registry).get('words')).toBe(scaleStage.inputs.label.type);
    expect(portTypes(registry)).toBe(portTypes(registry));
  });

  test.each([
    ['scale@2', 'scale', 2],
    ['my@stage@10', 'my@stage', 10],
  ])('%s is a stage and its version', (reference, id, version) => {
    expect(parseStageReference(reference)).toEqual({ id, version });
  });
});

describe('a graph that is refused', () => {
  const faults = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      graphFault({ code: 'graph.bad-value', where: `nodes.${i}`, expected: 'a', got: 'b', remedy: 'c' }),
    );

  test('tells all that is wrong, one line each, found before a run', () => {
    const refused = new InvalidGraph(faults(3), { cause: 'x' });
    expect(refused).toMatchObject({
      name: 'InvalidGraph',
      code: 'graph.invalid',
      where: 'nodes.0',
      phase: 'before-run',
      cause: 'x',
      message: 'nodes.0: expected a, got b; c\nnodes.1: expected a, got b; c\nnodes.2: expected a, got b; c',
    });
    expect(refused.errors.map(({ code }) => code)).toEqual(new Array(3).fill('graph.bad-value'));
  });

  test('tells a hundred, and of more how many', () => {
    expect(new InvalidGraph(faults(100)).errors).toHaveLength(100);
    const { errors } = new InvalidGraph(faults(103));
    expect(errors).toHaveLength(101);
    expect(errors[100]).toMatchObject({
      code: 'graph.invalid',
      message: 'graph: expected no faults, got these 100 and 3 more; correct these first',
    });
  });
});
