import type { Jaxpr, numpy as np } from '@jax-js/jax';
import { digestOf, type Compilation } from './execute/create-executable.ts';
import { memoryOf } from './execute/memory.ts';
import { bytesOf } from './lower/graph-builder.ts';
import { lower, type LowerOptions, type TracedProgram } from './lower/lower.ts';
import { flattenTree } from './tensor-tree.ts';
import { isTraced, trace, type ArrayTree, type InputSpec, type Trace } from './trace.ts';

/** A function traced, with names at its border. */
export interface CompiledTrace {
  readonly traced: Trace;
  readonly program: TracedProgram;
  readonly compilation: Compilation;
}

/**
 * Trace a function of arrays and name what goes in and out.
 *
 * @param nameOutput output's name by its path in the result
 */
export function compileTrace(
  where: string,
  f: (...inputs: np.Array[]) => ArrayTree,
  specs: readonly InputSpec[],
  inputNames: readonly string[],
  nameOutput: (path: string) => string,
  options: LowerOptions & { readonly resident?: (name: string) => boolean } = {},
): CompiledTrace {
  const traced = trace(where, f, specs);
  const outputNames = traced.outputPaths.map(nameOutput);
  const program: TracedProgram = { ...traced, inputNames, outputNames };
  const compilation: Compilation = {
    key: keyOf(program, options),
    memory: memoryOf(traced.jaxpr),
    resident: options.resident === undefined ? undefined : outputNames.filter(options.resident),
    lower: () => lower(program, {}, {}, options),
    flat: {
      f: (...inputs) => flattenTree(f(...inputs), isTraced, where).leaves,
      inputs: specs.map((spec, i) => ({ ...spec, name: inputNames[i] })),
      outputNames,
    },
  };
  return { traced, program, compilation };
}

/** What tells one program from another: equations, types, names, constants, options. */
export function keyOf(
  { jaxpr, constants, inputNames, outputNames }: TracedProgram,
  options: LowerOptions = {},
): string {
  const parts = [
    describeJaxpr(jaxpr),
    inputNames.join('\n'),
    outputNames.join('\n'),
    JSON.stringify({ fuse: options.fuse === true, half: options.half }),
  ];
  return digestOf([...parts, ...constants.map(({ data }) => bytesOf(data))]);
}

/** A Jaxpr as text in which every variable has its number and type: jax-js's own hash leaves some types out. */
function describeJaxpr(jaxpr: Jaxpr): string {
  const numbers = new Map<unknown, number>();
  const declare = (atom: Jaxpr['inBinders'][number]) => {
    numbers.set(atom, numbers.size);
    return `${atom.aval.dtype}[${atom.aval.shape.join()}]`;
  };
  const use = (atom: Jaxpr['outs'][number]) =>
    'value' in atom ? `${atom.aval.dtype} ${Object.is(atom.value, -0) ? '-0' : atom.value}` : numbers.get(atom);
  const lines = [jaxpr.inBinders.map(declare).join(' ')];
  for (const { primitive, params, inputs, outBinders } of jaxpr.eqns)
    lines.push(
      `${primitive} ${JSON.stringify(params)} ${inputs.map(use).join(' ')} -> ${outBinders.map(declare).join(' ')}`,
    );
  lines.push(jaxpr.outs.map(use).join(' '));
  return lines.join('\n');
}
