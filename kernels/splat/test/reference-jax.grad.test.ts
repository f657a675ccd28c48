import { grad, numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { referenceBackward, referenceRender } from '../src/index.ts';
import { LOW_PASS } from '../src/layout.ts';
import { agreement } from './agreement.ts';
import { cameraOf, cloud, noise } from './cases.ts';

/** jax-js 0.1.25 has an exponential of float64 that is right to 1.4e-7; all else is float64. */
const EXP_ERROR = 1e-6;
const COUNT = 4;
/** numbers a Gaussian: mean, quat, logScale, logit, color, and nine harmonics of degree 1 */
const GROUPS = { means: 3, quats: 4, logScales: 3, opacityLogits: 1, colors: 3, shRest: 9 } as const;
const WIDTH = 23;
const W = [0.8, 0, -0.6, 0.1, 0.36, 0.8, 0.48, -0.1, 0.48, -0.6, 0.64, 3];
const camera = cameraOf(6, 5, { fx: 7, fy: 6, cx: 2.5, cy: 3, worldToCamera: W });
const background = Float32Array.of(0.2, 0.4, 0.6);

const scalarOf = (value: number): np.Array => np.array(value, { dtype: np.float64 });

/** A jax-js value that may be used any number of times. */
class Value {
  readonly of: np.Array;
  constructor(of: np.Array) {
    this.of = of;
  }
  #with(other: Value | number, f: (a: np.Array, b: np.Array) => np.Array): Value {
    return new Value(f(this.of.ref, other instanceof Value ? other.of.ref : scalarOf(other)));
  }
  plus = (other: Value | number): Value => this.#with(other, (a, b) => np.add(a, b));
  minus = (other: Value | number): Value => this.#with(other, (a, b) => np.subtract(a, b));
  times = (other: Value | number): Value => this.#with(other, (a, b) => np.multiply(a, b));
  over = (other: Value | number): Value => this.#with(other, (a, b) => np.divide(a, b));
  exp = (): Value => new Value(np.exp(this.of.ref));
  sqrt = (): Value => new Value(np.sqrt(this.of.ref));
}

const constant = (values: Float64Array): Value =>
  new Value(np.array(values as Float64Array<ArrayBuffer>, { dtype: np.float64 }));
const dot = (a: readonly Value[], b: readonly (Value | number)[]): Value =>
  a.map((value, i) => value.times(b[i])).reduce((sum, value) => sum.plus(value));

/**
 * The scalar Σ g·color + h·T + d·depth of the picture, written a second time and forwards only: no cut, no clamp and no
 * stop, which the scene does not meet.
 *
 * @param order Gaussians front to back, which is no function to differentiate
 */
function scalar(
  parameters: np.Array,
  order: readonly number[],
  compensate: boolean,
  [color, transmittance, depth]: readonly Float64Array[],
): np.Array {
  const all = new Value(parameters);
  const pick = (i: number): Value =>
    new Value(
      np.sum(all.times(constant(Float64Array.from({ length: COUNT * WIDTH }, (_, k) => (k === i ? 1 : 0)))).of),
    );
  const pixels = camera.width * camera.height;
  const columns = constant(Float64Array.from({ length: pixels }, (_, p) => (p % camera.width) + 0.5));
  const rows = constant(Float64Array.from({ length: pixels }, (_, p) => Math.floor(p / camera.width) + 0.5));
  const eye = [0, 1, 2].map((j) => -(W[j] * W[3] + W[4 + j] * W[7] + W[8 + j] * W[11]));
  let through = constant(new Float64Array(pixels).fill(1));
  let seen = [0, 1, 2].map(() => constant(new Float64Array(pixels)));
  let far = constant(new Float64Array(pixels));
  for (const g of order) {
    const n = Array.from({ length: WIDTH }, (_, k) => pick(g * WIDTH + k));
    const mean = n.slice(0, 3);
    const norm = dot(n.slice(3, 7), n.slice(3, 7)).sqrt();
    const [w, x, y, z] = n.slice(3, 7).map((q) => q.over(norm));
    const scale = n.slice(7, 10).map((s) => s.exp());
    const two = (value: Value): Value => value.times(2);
    const one = new Value(scalarOf(1));
    const R = [
      [
        one.minus(two(y.times(y).plus(z.times(z)))),
        two(x.times(y).minus(w.times(z))),
        two(x.times(z).plus(w.times(y))),
      ],
      [
        two(x.times(y).plus(w.times(z))),
        one.minus(two(x.times(x).plus(z.times(z)))),
        two(y.times(z).minus(w.times(x))),
      ],
      [
        two(x.times(z).minus(w.times(y))),
        two(y.times(z).plus(w.times(x))),
        one.minus(two(x.times(x).plus(y.times(y)))),
      ],
    ];
    const at = [0, 4, 8].map((r) => dot(mean, W.slice(r, r + 3)).plus(W[r + 3]));
    const J = [
      [one.times(camera.fx).over(at[2]), at[0].times(-camera.fx).over(at[2].times(at[2]))],
      [one.times(camera.fy).over(at[2]), at[1].times(-camera.fy).over(at[2].times(at[2]))],
    ];
    const T = [0, 1].map((i) => [0, 1, 2].map((j) => J[i][0].times(W[4 * i + j]).plus(J[i][1].times(W[8 + j]))));
    const B = T.map((row) =>
      [0, 1, 2].map((k) =>
        dot(
          row,
          R.map((r) => r[k]),
        ).times(scale[k]),
      ),
    );
    const [pxx, xy, pyy] = [dot(B[0], B[0]), dot(B[0], B[1]), dot(B[1], B[1])];
    const [xx, yy] = [pxx.plus(LOW_PASS), pyy.plus(LOW_PASS)];
    const det = xx.times(yy).minus(xy.times(xy));
    let opacity = one.over(n[10].times(-1).exp().plus(1));
    if (compensate) opacity = opacity.times(pxx.times(pyy).minus(xy.times(xy)).over(det).sqrt());
    const dx = columns.minus(at[0].times(camera.fx).over(at[2]).plus(camera.cx));
    const dy = rows.minus(at[1].times(camera.fy).over(at[2]).plus(camera.cy));
    const form = dx.times(dx).times(yy).minus(dx.times(dy).times(xy).times(2)).plus(dy.times(dy).times(xx)).over(det);
    const alpha = form.times(-0.5).exp().times(opacity);
    const away = mean.map((value, j) => value.minus(eye[j]));
    const distance = dot(away, away).sqrt();
    const [ax, ay, az] = away.map((value) => value.over(distance).times(0.4886025119029199));
    const weight = through.times(alpha);
    seen = seen.map((sum, c) =>
      sum.plus(
        weight.times(
          n[11 + c]
            .minus(ay.times(n[14 + c]))
            .plus(az.times(n[17 + c]))
            .minus(ax.times(n[20 + c])),
        ),
      ),
    );
    far = far.plus(weight.times(at[2]));
    through = through.minus(weight);
  }
  const parts = seen.map((sum, c) =>
    sum.plus(through.times(background[c])).times(constant(color.filter((_, i) => i % 3 === c))),
  );
  return np.sum(
    parts
      .reduce((sum, part) => sum.plus(part))
      .plus(through.times(constant(transmittance)))
      .plus(far.times(constant(depth))).of,
  );
}

test.each([[false], [true]])(
  'the hand-written f64 gradient is that of jax-js in float64 (opacity compensation: %s)',
  async (compensateOpacity) => {
    const base = cloud(COUNT, 3, { logScale: [0.3, 0.9], logit: [-1, 0.5], depth: [-0.6, 0.6] });
    const means = base.means.map((value, i) => (i % 3 === 2 ? value : 0.3 * value));
    const scene = Object.fromEntries(
      Object.entries({
        ...base,
        means,
        shRest: Float32Array.from({ length: COUNT * 9 }, (_, i) => 0.1 * Math.sin(i)),
      }).map(([name, values]) => [name, Float64Array.from(values)]),
    ) as Record<keyof typeof GROUPS, Float64Array>;
    const gradient = {
      color: noise(camera, 1, 3, -1, 1),
      transmittance: noise(camera, 2, 1, -1, 1),
      depth: noise(camera, 3, 1, -1, 1),
    };
    const output = referenceRender(scene, camera, background, { compensateOpacity });
    // nothing is cut, clamped or stopped anywhere, so that both write the same function
    expect(Math.min(...output.margin)).toBeGreaterThan(0.05);
    expect(Math.min(...output.transmittance)).toBeGreaterThan(1e-3);
    const depthOf = (g: number): number =>
      W[8] * scene.means[3 * g] + W[9] * scene.means[3 * g + 1] + W[10] * scene.means[3 * g + 2];
    const order = [...Array(COUNT).keys()].sort((a, b) => depthOf(a) - depthOf(b));
    const packed = Float64Array.from({ length: COUNT * WIDTH });
    let offset = 0;
    for (const [name, width] of Object.entries(GROUPS) as [keyof typeof GROUPS, number][]) {
      for (let g = 0; g < COUNT; g++) packed.set(scene[name].subarray(g * width, (g + 1) * width), g * WIDTH + offset);
      offset += width;
    }
    const weights = [gradient.color, gradient.transmittance, gradient.depth].map((values) => Float64Array.from(values));
    const ours = referenceBackward(scene, camera, background, gradient, { compensateOpacity });
    const parameters = (): np.Array => np.array(packed as Float64Array<ArrayBuffer>, { dtype: np.float64 });
    const value = (await scalar(parameters(), order, compensateOpacity, weights).data())[0];
    const expected = [output.color, output.transmittance, output.depth].reduce(
      (sum, image, k) => sum + image.reduce((s, x, i) => s + x * weights[k][i], 0),
      0,
    );
    expect(Math.abs(value / expected - 1)).toBeLessThan(EXP_ERROR);
    const slopes = (await grad((p: np.Array) => scalar(p, order, compensateOpacity, weights))(
      parameters(),
    ).data()) as Float64Array;
    expect(slopes).toBeInstanceOf(Float64Array);
    offset = 0;
    for (const [name, width] of Object.entries(GROUPS) as [keyof typeof GROUPS, number][]) {
      const theirs = Float64Array.from(
        { length: COUNT * width },
        (_, i) => slopes[Math.floor(i / width) * WIDTH + offset + (i % width)],
      );
      expect(agreement(ours[name], theirs).relative, name).toBeLessThan(EXP_ERROR);
      expect(Math.max(...theirs.map(Math.abs)), name).toBeGreaterThan(1e-4);
      offset += width;
    }
  },
);
