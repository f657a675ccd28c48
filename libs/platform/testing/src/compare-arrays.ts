import { Fault } from '@soliloquy/fault';
/** How far two arrays are apart. */
export interface ArrayComparison {
  readonly maxAbsolute: number;
  readonly rootMeanSquare: number;
  /** index of the entry furthest beyond its tolerance */
  readonly worst: number;
}

/**
 * Holds one implementation to another, entry by entry: |actual − expected| ≤ absolute + relative · |expected|.
 *
 * @param name what is compared, e.g. `wasm.means2d`
 * @throws naming index, both values, tolerance and the root mean square, or the lengths where they differ, or an entry
 *   that is not finite
 */
export function compareArrays(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: { absolute?: number; relative?: number },
): ArrayComparison {
  const { absolute = 0, relative = 0 } = tolerance;
  if (actual.length !== expected.length)
    throw new Fault({
      code: 'testing.argument',
      where: name,
      expected: `${expected.length} entries`,
      got: `${actual.length}`,
      audience: 'author',
    });
  let [maxAbsolute, squares, furthest, worst] = [0, 0, -Infinity, 0];
  for (let index = 0; index < expected.length; index += 1) {
    const [got, want] = [actual[index] as number, expected[index] as number];
    if (!Number.isFinite(got) || !Number.isFinite(want))
      throw new Fault({
        code: 'testing.argument',
        where: `${name}[${index}]`,
        expected: 'finite values',
        got: `${got} where ${want} was expected`,
        audience: 'author',
      });
    const error = Math.abs(got - want);
    maxAbsolute = Math.max(maxAbsolute, error);
    squares += error * error;
    const beyond = error - (absolute + relative * Math.abs(want));
    if (beyond > furthest) [furthest, worst] = [beyond, index];
  }
  const rootMeanSquare = expected.length === 0 ? 0 : Math.sqrt(squares / expected.length);
  if (furthest > 0)
    throw new Fault({
      code: 'testing.argument',
      where: `${name}[${worst}]`,
      expected: `${expected[worst]}`,
      got: `${actual[worst]}, beyond absolute ${absolute} and relative ${relative}`,
      remedy: `largest error ${maxAbsolute}, root mean square ${rootMeanSquare}`,
      audience: 'author',
    });
  return { maxAbsolute, rootMeanSquare, worst };
}
