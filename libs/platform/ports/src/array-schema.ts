import { z } from 'zod';

/** What is wrong with a value, and where in it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

type NumberArray = Float32Array | Int32Array | Uint8Array | Uint8ClampedArray;
type ArrayClass = { new (length: number): NumberArray; readonly name: string };

const SHORT_NAMES: Readonly<Record<string, string>> = {
  Float32Array: 'f32',
  Int32Array: 'i32',
  Uint8Array: 'u8',
  Uint8ClampedArray: 'u8 clamped',
};

/**
 * A schema of a value with large arrays: `check` gives the first problem of a value that is an object. The value itself
 * passes through, uncopied.
 */
export function arraySchema<T extends object>(check: (value: T) => Problem | undefined): z.ZodType<T> {
  return z.unknown().superRefine((value, ctx) => {
    if (typeof value !== 'object' || value === null) {
      ctx.addIssue({ code: 'custom', message: `expected an object, got ${value === null ? 'null' : typeof value}` });
      return;
    }
    const problem = check(value as T);
    if (problem) ctx.addIssue({ code: 'custom', path: [problem.path], message: problem.message });
  }) as unknown as z.ZodType<T>;
}

/** A whole number of at least `least`. */
export function countProblem(path: string, value: unknown, least = 0): Problem | undefined {
  return Number.isInteger(value) && (value as number) >= least
    ? undefined
    : { path, message: `expected a whole number of at least ${least}, got ${String(value)}` };
}

/** A finite number above 0. */
export function positiveProblem(path: string, value: unknown): Problem | undefined {
  return Number.isFinite(value) && (value as number) > 0
    ? undefined
    : { path, message: `expected a number above 0, got ${String(value)}` };
}

/** An array of the class and shape, of finite numbers. */
export function arrayProblem(
  path: string,
  array: unknown,
  kind: ArrayClass,
  shape: readonly number[],
): Problem | undefined {
  const wanted = `${SHORT_NAMES[kind.name]} [${shape.join(', ')}]`;
  if (!(array instanceof kind)) return { path, message: `expected ${wanted}, got ${describe(array)}` };
  if (array.length !== shape.reduce((product, side) => product * side, 1))
    return { path, message: `expected ${wanted}, got ${SHORT_NAMES[kind.name]} [${array.length}]` };
  if (array instanceof Float32Array) {
    for (let i = 0; i < array.length; i++)
      if (!Number.isFinite(array[i])) return { path, message: `expected finite numbers, got ${array[i]} at ${i}` };
  }
  return undefined;
}

/** Every number from 0 to `end` − 1: indices into something. */
export function indexProblem(path: string, array: Uint8Array | Int32Array, end: number): Problem | undefined {
  for (let i = 0; i < array.length; i++)
    if (array[i] < 0 || array[i] >= end)
      return { path, message: `expected indices from 0 to ${end - 1}, got ${array[i]} at ${i}` };
  return undefined;
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return (value as object).constructor?.name ?? typeof value;
}
