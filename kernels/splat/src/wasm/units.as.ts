// Who does which unit of a job. Every thread has a range of neighbouring units, so that what neighbours share is in its
// cache and no two threads write beside each other, and takes them from the front; a thread whose own are done takes
// from the back of another's.
import { C_THREADS, RANGE_BYTES, RANGES } from '../layout';

// A range is one number: the next unit, and above 32 bits the end. Steps that take the first unit and the last:
const FIRST: i64 = 1;
const LAST: i64 = -((<i64>1) << 32);

/** The next unit for a thread, -1 when none is left. */
export function takeUnit(thread: i32): i32 {
  const own = shrink(thread, FIRST);
  if (own != 0) return <i32>own;
  const threads = load<i32>(C_THREADS);
  for (let k = 1; k < threads; k++) {
    const other = shrink((thread + k) % threads, LAST);
    if (other != 0) return <i32>(other >> 32) - 1;
  }
  return -1;
}

/** Takes a unit from a thread's range, whoever asks; returns the range as it was, 0 when it was empty. */
@inline
function shrink(thread: i32, step: i64): i64 {
  const at = <usize>(RANGES + thread * RANGE_BYTES);
  let range = atomic.load<i64>(at);
  while (<i32>range < <i32>(range >> 32)) {
    const seen = atomic.cmpxchg<i64>(at, range, range + step);
    if (seen == range) return range;
    range = seen;
  }
  return 0;
}
