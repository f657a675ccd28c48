import { lower, type TracedProgram } from '../lower/lower.ts';
import { describePosition } from '../source-position.ts';
import type { Tensor, TensorData } from '../tensor.ts';
import { Session } from './session.ts';

/**
 * The first operation of a program that makes NaN, or else infinity, on the given inputs: its name, shape and the line
 * that called it. Runs the program once more with a question behind every value.
 */
export async function findDivergence(
  where: string,
  program: TracedProgram,
  feeds: Readonly<Record<string, Tensor<TensorData>>>,
): Promise<string | undefined> {
  for (const [name, { data }] of Object.entries(feeds)) {
    if (!(data instanceof Float32Array)) continue;
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at !== -1) return `input ${name} holds ${data[at]} at ${at}`;
  }
  const nan = await firstEquation(where, program, feeds, 'nan');
  const infinite = await firstEquation(where, program, feeds, 'infinite');
  if (nan === undefined && infinite === undefined) return undefined;
  if (nan === undefined) return `infinity first comes out of ${describe(program, infinite!)}`;
  const cause =
    infinite !== undefined && infinite < nan ? `, after infinity out of ${describe(program, infinite)}` : '';
  return `NaN first comes out of ${describe(program, nan)}${cause}`;
}

/** Number of the first equation whose result holds what is looked for. */
async function firstEquation(
  where: string,
  program: TracedProgram,
  feeds: Readonly<Record<string, Tensor<TensorData>>>,
  kind: 'nan' | 'infinite',
): Promise<number | undefined> {
  const { bytes } = lower(program, {}, {}, { probe: kind });
  const session = await Session.create(where, bytes, { optimise: false });
  try {
    const { results } = await session.run(feeds);
    const found = results.probe?.data.findIndex((flag) => flag !== 0) ?? -1;
    return found === -1 ? undefined : results['probe.equations'].data[found];
  } finally {
    await session.dispose();
  }
}

function describe(program: TracedProgram, index: number): string {
  const { primitive, outBinders } = program.jaxpr.eqns[index];
  const [made] = outBinders;
  return `${primitive} [${made.aval.shape.join(', ')}]${describePosition(program.positions?.of(made))}`;
}
