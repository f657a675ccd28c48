import type { Metrics } from '@soliloquy/ports';
import { StageError, takeMeasures, type Measure, type StageContext } from '@soliloquy/stage';

/** What a stage's backbone does with a list of measures: those run whose inputs are connected. */
export function runOf(measures: readonly Measure[], stage = 'evaluation') {
  return async (
    inputs: Readonly<Record<string, unknown>>,
    params: Readonly<Record<string, unknown>>,
    ctx: StageContext,
  ): Promise<{ metrics: Metrics }> => {
    const metrics = await takeMeasures(measures, inputs, params, ctx);
    const given = Object.keys(inputs).filter((port) => inputs[port] !== undefined);
    const wanted = measures.map(({ name, parts: [{ needs }] }) => `${needs.join(', ')} (${name})`);
    if (Object.keys(metrics.values).length === 0)
      throw new StageError({
        code: 'stage.nothing-to-measure',
        where: stage,
        expected: 'the inputs of at least one measure',
        got: given.join(', '),
        remedy: `connect ${wanted.join(' or ')}`,
      });
    return { metrics };
  };
}
