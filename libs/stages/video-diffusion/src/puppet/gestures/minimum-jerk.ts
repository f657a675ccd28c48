/** A place of a wrist beside its rest, or a way: sw, away from the body's middle and up. */
export interface Place {
  readonly out: number;
  readonly up: number;
}

/** How a movement gets from one place to the next. */
export interface Course {
  /** seconds */
  readonly from: number;
  readonly seconds: number;
  /** how far it bows to the side, of its length; positive to the left of its way */
  readonly bow?: number;
  /** exponent on its time, 0.75 … 1.35: below 1 it is fastest early */
  readonly skew?: number;
  /** a round of this size, sw, once (1) or once the other way (−1), begun at `phase` radians */
  readonly loop?: { readonly size: Place; readonly turns: number; readonly phase: number };
}

interface Movement extends Course {
  readonly by: Place;
}

/**
 * Progress of a movement of least jerk, 10τ³ − 15τ⁴ + 6τ⁵ (Flash & Hogan 1985): velocity and acceleration are 0 at both
 * ends, so what is made of such movements is C2.
 *
 * @param tau 0 … 1; clamped
 */
export function minimumJerk(tau: number): number {
  const t = Math.min(1, Math.max(0, tau));
  return t * t * t * (10 - 15 * t + 6 * t * t);
}

/**
 * A way through places, made of minimum-jerk movements; where one begins before another has ended they add up (Flash &
 * Henis 1991).
 */
export class Way {
  readonly #start: Place;
  #at: Place;
  readonly #movements: Movement[] = [];

  constructor(start: Place = { out: 0, up: 0 }) {
    this.#start = start;
    this.#at = start;
  }

  /** where it stands when all that was planned is done */
  get at(): Place {
    return this.#at;
  }

  /** Goes on to a place. */
  to(place: Place, course: Course): void {
    this.#movements.push({ ...course, by: { out: place.out - this.#at.out, up: place.up - this.#at.up } });
    this.#at = place;
  }

  /** The same from a time on, to go on otherwise: movements that are over by then are left out. */
  since(time: number): Way {
    const over = this.#movements.filter(({ from, seconds }) => from + seconds <= time);
    const sum = (axis: keyof Place): number => over.reduce((at, { by }) => at + by[axis], this.#start[axis]);
    const rest = new Way({ out: sum('out'), up: sum('up') });
    rest.#movements.push(...this.#movements.filter(({ from, seconds }) => from + seconds > time));
    rest.#at = this.#at;
    return rest;
  }

  /** Where it is at some times: f64 [N] each, times ascending, seconds. */
  along(times: ArrayLike<number>): { readonly out: Float64Array; readonly up: Float64Array } {
    const out = new Float64Array(times.length).fill(this.#start.out);
    const up = new Float64Array(times.length).fill(this.#start.up);
    for (const movement of this.#movements) {
      for (let i = times.length - 1; i >= 0 && times[i] > movement.from; i--) {
        const { out: dx, up: dy } = displacement(movement, times[i]);
        out[i] += dx;
        up[i] += dy;
      }
    }
    return { out, up };
  }
}

function displacement({ from, seconds, by, bow = 0, skew = 1, loop }: Movement, t: number): Place {
  const m = minimumJerk(Math.min(1, (t - from) / seconds) ** skew);
  const side = 4 * m * (1 - m) * bow;
  const place = { out: by.out * m - by.up * side, up: by.up * m + by.out * side };
  if (!loop) return place;
  const angle = loop.phase + 2 * Math.PI * loop.turns * m;
  return {
    out: place.out + loop.size.out * (Math.cos(angle) - Math.cos(loop.phase)),
    up: place.up + loop.size.up * (Math.sin(angle) - Math.sin(loop.phase)),
  };
}

/** A number over time that goes from value to value by minimum-jerk movements, beginning at 0. */
export class Glide {
  #at = 0;
  readonly #steps: { readonly from: number; readonly seconds: number; readonly by: number }[] = [];

  to(value: number, from: number, seconds: number): void {
    this.#steps.push({ from, seconds, by: value - this.#at });
    this.#at = value;
  }

  /** @param t seconds */
  value(t: number): number {
    let sum = 0;
    for (const { from, seconds, by } of this.#steps) if (t > from) sum += by * minimumJerk((t - from) / seconds);
    return sum;
  }
}
