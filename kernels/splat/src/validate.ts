import type { Background, Camera, GaussianArrays, RenderOutput } from './scene.ts';
import { SH_REST_COUNTS } from './spherical-harmonics.ts';
import { SplatError } from './splat-error.ts';

/** Largest side of an image, pixels. */
export const MAX_SIDE = 8192;

function fail(where: string, expected: string, got: string, remedy: string): never {
  throw new SplatError({ code: 'splat.input', where, expected, got, remedy });
}

function describe(value: unknown): string {
  if (value instanceof Float32Array) return `f32 [${value.length}]`;
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return value === null ? 'null' : typeof value === 'number' ? String(value) : typeof value;
}

/** Throws unless `value` is f32 of that length. `shape` is what the message shows. */
export function checkFloats(
  where: string,
  value: unknown,
  length: number,
  shape: string,
): asserts value is Float32Array {
  if (value instanceof Float32Array && value.length === length) return;
  fail(where, `f32 ${shape}`, describe(value), `pass a Float32Array of ${length} numbers`);
}

/** Throws for the number at `index`, which is not finite. */
export function failNotFinite(where: string, values: Float32Array, index: number): never {
  fail(where, 'finite numbers', `${values[index]} at index ${index}`, 'find what made it');
}

/** Throws for the first number that is not finite. */
export function checkFinite(where: string, values: Float32Array): void {
  // 0 x is 0 for a finite x and not a number otherwise; one pass without a branch a number
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * values[i];
  if (sum === 0) return;
  failNotFinite(
    where,
    values,
    values.findIndex((value) => !Number.isFinite(value)),
  );
}

/** Checks lengths; returns N. */
export function checkGaussians(where: string, gaussians: GaussianArrays): number {
  if (!(gaussians.opacityLogits instanceof Float32Array))
    fail(`${where}.opacityLogits`, 'f32 [N]', describe(gaussians.opacityLogits), 'pass a Float32Array');
  const n = gaussians.opacityLogits.length;
  checkFloats(`${where}.means`, gaussians.means, n * 3, `[N, 3] with N=${n}`);
  checkFloats(`${where}.quats`, gaussians.quats, n * 4, `[N, 4] with N=${n}`);
  checkFloats(`${where}.logScales`, gaussians.logScales, n * 3, `[N, 3] with N=${n}`);
  checkFloats(`${where}.colors`, gaussians.colors, n * 3, `[N, 3] with N=${n}`);
  if (
    gaussians.shRest !== undefined &&
    !SH_REST_COUNTS.some((rest) => gaussians.shRest instanceof Float32Array && gaussians.shRest.length === n * rest * 3)
  ) {
    fail(
      `${where}.shRest`,
      `f32 [N, K, 3] with N=${n} and K = 3, 8 or 15`,
      describe(gaussians.shRest),
      'leave it out for plain colours',
    );
  }
  return n;
}

/** Coefficients of one channel beyond degree 0, of arrays that `checkGaussians` let pass. */
export function restOf(gaussians: GaussianArrays): number {
  const n = gaussians.opacityLogits.length;
  return n === 0 || gaussians.shRest === undefined ? 0 : gaussians.shRest.length / n / 3;
}

/** Throws, naming the array, for Gaussian `g`, one of whose numbers cannot be used. */
export function failGaussian(where: string, gaussians: GaussianArrays, g: number): never {
  for (const [name, size] of [
    ['means', 3],
    ['quats', 4],
    ['logScales', 3],
    ['opacityLogits', 1],
    ['colors', 3],
    ['shRest', 3 * restOf(gaussians)],
  ] as const) {
    const values = gaussians[name]?.subarray(g * size, (g + 1) * size) ?? new Float32Array(0);
    if (!values.every(Number.isFinite))
      fail(`${where}.${name}`, 'finite numbers', `[${values.join(', ')}] at Gaussian ${g}`, 'find what made it');
  }
  const quat = gaussians.quats.subarray(g * 4, g * 4 + 4);
  fail(
    `${where}.quats`,
    'quaternions of a length above 1e-12',
    `[${quat.join(', ')}] at Gaussian ${g}`,
    'the identity is [1, 0, 0, 0]',
  );
}

/** Throws unless width and height are whole and 1 … MAX_SIDE. */
export function checkSize(where: string, width: number, height: number): void {
  for (const [name, side] of [
    ['width', width],
    ['height', height],
  ] as const) {
    if (!Number.isInteger(side) || side < 1 || side > MAX_SIDE)
      fail(`${where}.${name}`, `a whole number 1 … ${MAX_SIDE}`, describe(side), 'choose another size');
  }
}

/** Throws unless all of the camera is usable. */
export function checkCamera(where: string, camera: Camera): void {
  checkSize(where, camera.width, camera.height);
  for (const name of ['fx', 'fy'] as const) {
    if (!(camera[name] > 0) || !Number.isFinite(camera[name]))
      fail(`${where}.${name}`, 'pixels above 0', describe(camera[name]), 'give the focal length in pixels');
  }
  for (const name of ['cx', 'cy'] as const) {
    if (!Number.isFinite(camera[name]))
      fail(
        `${where}.${name}`,
        'a finite number of pixels',
        describe(camera[name]),
        'the middle of the image is width / 2, height / 2',
      );
  }
  if (camera.near !== undefined && !(camera.near > 0 && Number.isFinite(camera.near)))
    fail(`${where}.near`, 'a distance above 0', describe(camera.near), 'leave it out for 0.01');
  const matrix = Array.from(camera.worldToCamera);
  if (matrix.length !== 12 && matrix.length !== 16)
    fail(`${where}.worldToCamera`, '12 or 16 numbers, row-major', `${matrix.length}`, 'pass [R | t] by rows');
  if (!matrix.every(Number.isFinite))
    fail(`${where}.worldToCamera`, 'finite numbers', `[${matrix.join(', ')}]`, 'find what made it');
  if (matrix.length === 16 && (matrix[12] !== 0 || matrix[13] !== 0 || matrix[14] !== 0 || matrix[15] !== 1)) {
    fail(`${where}.worldToCamera`, 'a last row of 0 0 0 1', matrix.slice(12).join(' '), 'pass the matrix row-major');
  }
}

/** Whether the background is an image of the camera's size (else it is one rgb). */
export function checkBackground(where: string, background: Background, camera: Camera): background is Float32Array {
  if (background instanceof Float32Array && background.length !== 3) {
    checkFloats(
      where,
      background,
      camera.width * camera.height * 3,
      `[H, W, 3] with H=${camera.height}, W=${camera.width}`,
    );
    return true;
  }
  if (background.length !== 3 || !Array.from(background).every(Number.isFinite))
    fail(where, 'three finite numbers or an image f32 [H, W, 3]', describe(background), 'white is [1, 1, 1]');
  return false;
}

/** Where a render goes: new arrays, or the caller's own if they fit. */
export function allocateOutput(
  { width, height }: Camera,
  depth: boolean,
  into: RenderOutput | undefined,
): RenderOutput {
  const pixels = width * height;
  if (into === undefined) {
    const output = { width, height, color: new Float32Array(pixels * 3), transmittance: new Float32Array(pixels) };
    return depth ? { ...output, depth: new Float32Array(pixels) } : output;
  }
  checkFloats('render.into.color', into.color, pixels * 3, '[H, W, 3]');
  checkFloats('render.into.transmittance', into.transmittance, pixels, '[H, W]');
  if (depth) checkFloats('render.into.depth', into.depth, pixels, '[H, W]');
  return into;
}
