import { makeJaxpr, type Jaxpr } from '@jax-js/jax';

/** Where something was called. */
export interface SourcePosition {
  /** The jax-js function, e.g. `matmul`. */
  readonly operation: string;
  /** The module of this library that called it, e.g. `linear`; undefined when the user did. */
  readonly module: string | undefined;
  /** `file.ts:12` of the user's code; empty when there is none. */
  readonly caller: string;
  /** Whether differentiation called it: it is a gradient, and the line is that which asked for it. */
  readonly inGradient: boolean;
}

type Variable = Jaxpr['inBinders'][number];
type Equation = Jaxpr['eqns'][number];

/** Positions of the variables of a program. */
export interface Positions {
  of(variable: Variable): SourcePosition | undefined;
}

/** Frames that are kept: differentiation nests deeply, and the model's own frame lies beyond the usual ten. */
const FRAMES = 60;

/** ` (in linear, called at model.ts:12)`, as messages end; empty when nothing is known. */
export function describePosition(position: SourcePosition | undefined): string {
  if (position === undefined || position.caller === '') return '';
  const module = position.module === undefined ? '' : `in ${position.module}, `;
  return ` (${position.inGradient ? 'in the gradient, ' : ''}${module}called at ${position.caller})`;
}

/**
 * The jax-js function that was called and where, out of an error's stack; undefined when jax-js is not on top of it.
 *
 * Frames of jax-js come first, then those of this library's modules, then the user's.
 */
export function locate(stack: string): SourcePosition | undefined {
  const frames = stack
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at ') && !line.includes('source-position.'));
  const outside = frames.findIndex((line) => !isJax(line));
  if (outside === 0) return undefined;
  if (outside === -1) return { operation: 'trace', module: undefined, caller: '', inGradient: false };
  const operation =
    frames
      .slice(0, outside)
      .map(functionName)
      .findLast((name) => name !== undefined && name !== '<anonymous>') ?? 'trace';
  const rest = frames.slice(outside);
  const user = rest.find((line) => !isJax(line) && !isOwn(line)) ?? rest[0];
  const module = isModule(rest[0]) && user !== rest[0] ? functionName(rest[0]) : undefined;
  const inGradient = frames.slice(0, outside).some((line) => line.includes('evalJaxprTransposed'));
  return { operation: operation.replace(/\$\d+$/, ''), module, caller: placeOf(user), inGradient };
}

/**
 * Run `trace` and remember where each equation came from.
 *
 * @param inspect sees each equation when it is made, and says what is wrong with it, if something is
 */
export function withPositions<Result>(
  trace: () => Result,
  inspect: (equation: Equation) => string | undefined = () => undefined,
): { result: Result; stacks: ReadonlyMap<Variable, Stack> } {
  const stacks = new Map<Variable, Stack>();
  const prototype = tracePrototype();
  const { processPrimitive } = prototype;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  prototype.processPrimitive = function (this: TracePrototype, ...args) {
    const made = processPrimitive.apply(this, args);
    const equation = this.builder.eqns[this.builder.eqns.length - 1];
    const fault = inspect(equation);
    if (fault !== undefined) throw new Error(fault);
    const stack: Stack = { stack: '' };
    // Captured now, written out as text only when somebody reads it.
    Error.captureStackTrace(stack, prototype.processPrimitive);
    stacks.set(equation.outBinders[0], stack);
    return made;
  };
  try {
    return { result: trace(), stacks };
  } finally {
    prototype.processPrimitive = processPrimitive;
    Error.stackTraceLimit = limit;
  }
}

/**
 * Positions of the variables of `flat`, which is `jaxpr.flatten()`: what was inside a jit call is where the call was.
 */
export function flattenPositions(jaxpr: Jaxpr, flat: Jaxpr, stacks: ReadonlyMap<Variable, Stack>): Positions {
  const byVariable = new Map<Variable, Stack>();
  let next = 0;
  const walk = (inner: Jaxpr, call: Stack | undefined): void => {
    for (const equation of inner.eqns) {
      const stack = call ?? stacks.get(equation.outBinders[0]);
      if (isCall(equation)) walk(equation.params.jaxpr, stack);
      else {
        const [variable] = flat.eqns[next++].outBinders;
        if (stack !== undefined) byVariable.set(variable, stack);
      }
    }
  };
  walk(jaxpr, undefined);
  return {
    of(variable) {
      const found = byVariable.get(variable);
      return found === undefined ? undefined : locate(found.stack);
    },
  };
}

/** What `Error.captureStackTrace` writes to. */
export interface Stack {
  stack: string;
}

interface TracePrototype {
  readonly builder: { readonly eqns: readonly Equation[] };
  processPrimitive(...args: unknown[]): unknown;
}

let known: TracePrototype | undefined;

/** The class that records equations is not exported: an instance is found on any value that is being traced. */
function tracePrototype(): TracePrototype {
  if (known !== undefined) return known;
  makeJaxpr((x: unknown) => {
    known = Object.getPrototypeOf((x as { _trace: object })._trace) as TracePrototype;
    return x as never;
  })(0 as never);
  return known!;
}

function isCall(equation: Jaxpr['eqns'][number]): equation is Jaxpr['eqns'][number] & { params: { jaxpr: Jaxpr } } {
  return (equation.primitive as string) === 'jit';
}

function isJax(line: string): boolean {
  return /@jax-js[/\\+]jax/.test(line) || line.endsWith('(<anonymous>)');
}

/** Whether a frame is of a network module of this library. */
function isModule(line: string): boolean {
  return /platform[/\\]tensor[/\\]src[/\\]modules[/\\]/.test(line);
}

/** Whether a frame is this library's own: it calls jax-js on behalf of the user. */
function isOwn(line: string): boolean {
  return /platform[/\\]tensor[/\\]src[/\\]/.test(line);
}

function functionName(line: string): string | undefined {
  return /at (?:async )?(?:new |get )?([\w$.]+)(?: \[as [\w$]+\])? \(/.exec(line)?.[1].split('.').at(-1);
}

function placeOf(line: string): string {
  const place = /\(?((?:file:\/\/)?[^()\s]+:\d+):\d+\)?$/.exec(line)?.[1] ?? '';
  return place.split(/[/\\]/).slice(-2).join('/');
}
