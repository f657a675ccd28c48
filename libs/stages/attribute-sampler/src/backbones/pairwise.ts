import { StageError, type RunOf } from '@soliloquy/stage';
import { canBeCompleted, spaceOf, type Row, type Space } from '../constraints.ts';
import { coverageOf } from '../coverage.ts';
import { DEFAULT_DICTIONARY, parseDictionary, promptOf } from '../dictionary.ts';
import { pairwiseRows } from '../pairwise.ts';
import type { attributeSamplerStage } from '../stage.ts';

export const run: RunOf<typeof attributeSamplerStage, 'pairwise'> = async (inputs, params, ctx) => {
  const dictionary =
    inputs.dictionary === undefined
      ? DEFAULT_DICTIONARY
      : parseDictionary(inputs.dictionary.name, inputs.dictionary.bytes);
  const space = spaceOf(dictionary);
  const fixed = fixedRow(space, params.fixed);
  const rows: Row[] = [];
  for (const row of pairwiseRows(space, params.count, ctx.seed, fixed)) {
    rows.push(row);
    await ctx.step(rows.length, params.count, 'subjects');
  }
  const attributes = rows.map((row) => {
    const values = Object.fromEntries(
      space.names.map((name, attribute) => [name, space.values[attribute][row[attribute]]]),
    );
    return { values, prompt: promptOf(dictionary, values) };
  });
  return { attributes, metrics: coverageOf(space, rows, fixed) };
};

function fixedRow(space: Space, given: Readonly<Record<string, string>>): Row {
  const row = space.sizes.map(() => -1);
  for (const [name, value] of Object.entries(given)) {
    const attribute = space.names.indexOf(name);
    if (attribute < 0)
      throw new StageError({
        code: 'stage.attribute-unknown',
        where: 'attribute-sampler.fixed',
        expected: `an attribute out of ${space.names.join(', ')}`,
        got: `"${name}"`,
        remedy: 'correct the name',
      });
    row[attribute] = space.values[attribute].indexOf(value);
    if (row[attribute] < 0)
      throw new StageError({
        code: 'stage.attribute-unknown',
        where: `attribute-sampler.fixed.${name}`,
        expected: `a value out of ${space.values[attribute].join(', ')}`,
        got: `"${value}"`,
        remedy: 'correct the value',
      });
  }
  if (!canBeCompleted(space, row)) {
    const words =
      Object.keys(given).length === 0
        ? 'none'
        : `${Object.entries(given)
            .map(([name, value]) => `${name} ${value}`)
            .join(', ')}, which the rules forbid`;
    throw new StageError({
      code: 'stage.attributes-impossible',
      where: 'attribute-sampler.dictionary',
      expected: 'at least one subject that breaks no rule',
      got: words,
      remedy: 'loosen `forbid` or `fixed`',
    });
  }
  return row;
}
