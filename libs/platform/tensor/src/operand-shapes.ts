import { makeJaxpr } from '@jax-js/jax';

/** Operations of two arrays whose errors name an axis of each, and not what they are axes of. */
const PRODUCTS: ReadonlySet<string> = new Set([
  'matmul',
  'dot',
  'einsum',
  'tensordot',
  'inner',
  'vdot',
  'vecdot',
  'conv',
  'convolve',
  'correlate',
  'convGeneralDilated',
  'convWithGeneralPadding',
  'convTranspose',
]);

/**
 * ` of [3, 5] and [4, 2]`: the operands of a product that jax-js refused; empty for other operations. The program is
 * traced once more to see which arrays it looked at last.
 */
export function describeOperands(operation: string, retrace: () => unknown): string {
  if (!PRODUCTS.has(operation)) return '';
  const prototype = arrayPrototype();
  const plain = Object.getOwnPropertyDescriptor(prototype, 'shape')!;
  const seen = new Set<object>();
  let recent: object[] = [];
  Object.defineProperty(prototype, 'shape', {
    ...plain,
    get(this: object): unknown {
      seen.add(this);
      recent = [...recent.filter((array) => array !== this), this].slice(-2);
      return plain.get!.call(this);
    },
  });
  try {
    retrace();
  } catch {
    // As before.
  } finally {
    Object.defineProperty(prototype, 'shape', plain);
  }
  // In the order in which they were first looked at, which is the operation's.
  const operands = [...seen].filter((array) => recent.includes(array));
  const shapes = operands.map((array) => `[${(plain.get!.call(array) as number[]).join(', ')}]`);
  return shapes.length === 2 ? ` of ${shapes.join(' and ')}` : '';
}

let known: object | undefined;

/** The class whose getter all arrays share is not exported: an instance is found in a trace. */
function arrayPrototype(): object {
  if (known !== undefined) return known;
  makeJaxpr((x: unknown) => {
    let prototype = Object.getPrototypeOf(x) as object;
    while (!Object.hasOwn(prototype, 'shape')) prototype = Object.getPrototypeOf(prototype) as object;
    known = prototype;
    return x as never;
  })(0 as never);
  return known!;
}
