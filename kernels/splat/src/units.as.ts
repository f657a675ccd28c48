// Who does which unit of a job. Every thread has a range of neighbouring units, so that what neighbours share is in its cache and no two threads write beside
// each other, and takes them from the front; a thread whose own are done takes from the back of another's.
import { C_THREADS, RANGE_BYTES, RANGES } from './layout';

/** The next unit for a thread, -1 when none is left. */
export function takeUnit(thread: i32): i32 {
  const own = rangeOf(thread);
  let range = atomic.load<i64>(own);
  while (<i32>range < <i32>(range >> 32)) {
    const seen = atomic.cmpxchg<i64>(own, range, range + 1);
    if (seen == range) return <i32>range;
    range = seen;
  }
  const threads = load<i32>(C_THREADS);
  for (let k = 1; k < threads; k++) {
    const other = rangeOf((thread + k) % threads);
    range = atomic.load<i64>(other);
    while (<i32>range < <i32>(range >> 32)) {
      const seen = atomic.cmpxchg<i64>(other, range, range - (1 << 32));
      if (seen == range) return <i32>(range >> 32) - 1;
      range = seen;
    }
  }
  return -1;
}

@inline
function rangeOf(thread: i32): usize {
  return <usize>(RANGES + thread * RANGE_BYTES);
}
