/** Closures that are tried first, and how far to both sides of the best one the next are. */
const CLOSURES = [0, 0.5, 1];
const FINER = [0.25, 0.125];
/** Farther down a lid would hide its own lashes. */
const MOST = 1;

/**
 * The closure of lids of least error: of a few, then of two on both sides of the best so far, ever closer. A lid is
 * fast, and as it comes down it uncovers nothing that it resembles: steps along the picture's slope stay where they
 * are. So the closure is searched, as one number for both eyes.
 *
 * @param error of one closure
 */
export async function bestClosure(error: (closure: number) => Promise<number>): Promise<number> {
  let best = { closure: 0, error: Infinity };
  const consider = async (closures: readonly number[]): Promise<void> => {
    for (const closure of closures.filter((each) => each >= 0 && each <= MOST)) {
      const tried = await error(closure);
      if (tried < best.error) best = { closure, error: tried };
    }
  };
  await consider(CLOSURES);
  for (const step of FINER) await consider([best.closure - step, best.closure + step]);
  return best.closure;
}
