import { totalmem } from 'node:os';
import type { Jaxpr } from '@jax-js/jax';
import { TensorError } from '../tensor-error.ts';
import { sizeOf } from '../tensor.ts';

/** Bytes that a run of a program needs. */
export interface MemoryUse {
  /** Inputs, constants and parameters. */
  readonly inputs: number;
  /** Results. */
  readonly outputs: number;
  /**
   * The most that is alive at once of what lies between: activations, of which a training step keeps those that its
   * backward half reads.
   */
  readonly activations: number;
  /** All of it. */
  readonly total: number;
}

/** Primitives that only change how bytes are read. */
const VIEWS: ReadonlySet<string> = new Set(['transpose', 'broadcast', 'reshape', 'stop_gradient']);

const WIDTH: Readonly<Record<string, number>> = { float64: 8, float16: 2, bool: 1 };

type Atom = Jaxpr['outs'][number];

/**
 * What a program needs, from the lifetimes of its variables in the order they are computed in. Views cost nothing, as
 * in the lowered program; what ONNX Runtime's allocator wastes is not counted.
 */
export function memoryOf(jaxpr: Jaxpr): MemoryUse {
  const bytes = (atom: Atom) => sizeOf(atom.aval.shape) * (WIDTH[atom.aval.dtype] ?? 4);
  const total = (atoms: readonly Atom[]) => [...new Set(atoms)].reduce((sum, atom) => sum + bytes(atom), 0);
  // A view lives in the variable it looks at.
  const owner = new Map<Atom, Atom>();
  const ownerOf = (atom: Atom): Atom => owner.get(atom) ?? atom;
  const lastUse = new Map<Atom, number>();
  jaxpr.eqns.forEach((equation, i) => {
    if (VIEWS.has(equation.primitive)) owner.set(equation.outBinders[0], ownerOf(equation.inputs[0]));
    for (const input of equation.inputs) lastUse.set(ownerOf(input), i);
  });
  const results = new Set(jaxpr.outs.map(ownerOf));
  const ends = new Map<number, Atom[]>();
  for (const [atom, i] of lastUse) ends.set(i, [...(ends.get(i) ?? []), atom]);

  const alive = new Set<Atom>();
  let now = 0;
  let most = 0;
  jaxpr.eqns.forEach((equation, i) => {
    if (!VIEWS.has(equation.primitive)) {
      for (const made of equation.outBinders) {
        if (results.has(made)) continue;
        alive.add(made);
        now += bytes(made);
      }
    }
    most = Math.max(most, now);
    for (const atom of ends.get(i) ?? []) if (alive.delete(atom)) now -= bytes(atom);
  });
  const inputs = total(jaxpr.inBinders);
  const outputs = total(jaxpr.outs);
  return { inputs, outputs, activations: most, total: inputs + outputs + most };
}

/** Refuse what cannot fit before anything is allocated. */
export function checkMemory(where: string, memory: MemoryUse): void {
  if (memory.total > totalmem())
    throw new TensorError({
      code: 'tensor.memory',
      where: `${where}.memory`,
      expected: describeMemory(memory),
      got: `${mebibytes(totalmem())} in this machine`,
      remedy: REMEDY,
    });
}

/** The error for an allocation that failed; undefined when `error` is another. */
export function outOfMemory(where: string, error: unknown, memory: MemoryUse | undefined): TensorError | undefined {
  const message = error instanceof Error ? error.message : String(error);
  if (!/failed to allocate|bad_alloc|out of memory|array buffer allocation failed|invalid array length/i.test(message))
    return undefined;
  const asked = /buffer of size (\d+)/.exec(message)?.[1];
  const got = asked === undefined ? 'less than that' : `no buffer of ${mebibytes(Number(asked))}`;
  return new TensorError(
    {
      code: 'tensor.memory',
      where: `${where}.memory`,
      expected: memory === undefined ? 'more memory' : describeMemory(memory),
      got,
      remedy: REMEDY,
    },
    { cause: error },
  );
}

const REMEDY = 'lower the batch, the number of tokens or the width, or accumulate gradients over smaller batches';

function describeMemory({ inputs, outputs, activations, total }: MemoryUse): string {
  return (
    `about ${mebibytes(total)} (inputs and parameters ${mebibytes(inputs)}, activations ` +
    `${mebibytes(activations)}, results ${mebibytes(outputs)})`
  );
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
