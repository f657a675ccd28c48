import type { ScalarPoint } from '@soliloquy/stage';

/** Points wait this long for others to go with. */
const GATHER_MS = 200;
/** As many points of a curve are kept each time that its length doubles. */
const KEPT_PER_DOUBLING = 250;

interface Curve {
  /** Points logged so far. */
  count: number;
  /** The last point where it was left out. */
  pending: ScalarPoint | undefined;
}

/**
 * Gathers the points of a task's curves and sends them a few times per second. A curve is thinned by its length alone,
 * so that the same run logs the same points: of the first 500 points all are kept, of the next 500 every second, of the
 * next 1000 every fourth, and so on. A curve of n points keeps about 250 (1 + log2(n / 250)) of them: 20,000 steps
 * come to about 1,800 points.
 */
export class CurveLog {
  readonly #send: (points: readonly ScalarPoint[]) => void;
  readonly #curves = new Map<string, Curve>();
  #waiting: ScalarPoint[] = [];
  #sentAt = -Infinity;

  constructor(send: (points: readonly ScalarPoint[]) => void) {
    this.#send = send;
  }

  add(point: ScalarPoint): void {
    // JSON has no word for these, and no page can draw them.
    if (!Number.isFinite(point.value) || !Number.isFinite(point.step)) return;
    const curve = this.#curveOf(point.name);
    const index = curve.count++;
    if (index % strideAt(index) === 0) {
      this.#waiting.push(point);
      curve.pending = undefined;
    } else curve.pending = point;
    // By the clock, not by a timer: a task that computes without a pause lets no timer run.
    if (performance.now() - this.#sentAt >= GATHER_MS) this.#flush();
  }

  /** After the last point: sends what waits, with the end of every curve. */
  end(): void {
    for (const curve of this.#curves.values()) if (curve.pending !== undefined) this.#waiting.push(curve.pending);
    this.#curves.clear();
    this.#flush();
  }

  #curveOf(name: string): Curve {
    const known = this.#curves.get(name);
    if (known !== undefined) return known;
    const curve = { count: 0, pending: undefined };
    this.#curves.set(name, curve);
    return curve;
  }

  #flush(): void {
    this.#sentAt = performance.now();
    if (this.#waiting.length === 0) return;
    this.#send(this.#waiting);
    this.#waiting = [];
  }
}

/** One point is kept of so many: 1 below index 500, 2 from index 500, 4 from index 1000, … */
function strideAt(index: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(index / KEPT_PER_DOUBLING)));
}
