import type { Camera } from '@soliloquy/ports';

/** How a scene is looked at: turned about a point from the view that it was made for. */
export interface Orbit {
  /** radians, about the vertical */
  readonly yaw: number;
  /** radians, about the camera's horizontal */
  readonly pitch: number;
  /** distance from the point, of the first view's */
  readonly distance: number;
}

export const FRONT: Orbit = { yaw: 0, pitch: 0, distance: 1 };

/**
 * The camera of an orbit, for a picture of another size.
 *
 * @param first the view that the Gaussians were made for; +x right, +y down, +z forward
 * @param about point that it turns about, world
 * @param size pixels; the first view is seen whole in it
 */
export function orbitCamera(
  first: Camera,
  about: readonly [number, number, number],
  { yaw, pitch, distance }: Orbit,
  { width, height }: { readonly width: number; readonly height: number },
): Camera {
  const m = first.worldToCamera;
  const at = (row: number, column: number): number => m[row * 4 + column] as number;
  // camera to world: columns right, down, forward
  const axes = [0, 1, 2].map((row) => [at(0, row), at(1, row), at(2, row)]);
  const position = [0, 1, 2].map(
    (row) => -(axes[row] as number[]).reduce((sum, value, column) => sum + value * at(column, 3), 0),
  );
  const right = axes.map((row) => row[0] as number) as [number, number, number];
  const turn = multiply(aboutAxis([0, 1, 0], yaw), aboutAxis(right, pitch));
  const turned = multiply(turn, axes);
  const arm = position.map((value, row) => (value - (about[row] as number)) * distance);
  const eye = turn.map(
    (row, index) =>
      (about[index] as number) + row.reduce((sum, value, column) => sum + value * (arm[column] as number), 0),
  );
  const worldToCamera: number[] = [];
  for (let row = 0; row < 3; row++) {
    const axis = turned.map((line) => line[row] as number);
    worldToCamera.push(...axis, -axis.reduce((sum, value, column) => sum + value * (eye[column] as number), 0));
  }
  worldToCamera.push(0, 0, 0, 1);
  const scale = Math.min(width / first.width, height / first.height);
  return {
    width,
    height,
    fx: first.fx * scale,
    fy: first.fy * scale,
    cx: width / 2 + (first.cx - first.width / 2) * scale,
    cy: height / 2 + (first.cy - first.height / 2) * scale,
    worldToCamera,
  };
}

/** Rotation by an angle about a unit axis (Rodrigues), row-major. */
function aboutAxis([x, y, z]: readonly [number, number, number], angle: number): number[][] {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const t = 1 - c;
  return [
    [t * x * x + c, t * x * y - s * z, t * x * z + s * y],
    [t * x * y + s * z, t * y * y + c, t * y * z - s * x],
    [t * x * z - s * y, t * y * z + s * x, t * z * z + c],
  ];
}

function multiply(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] {
  return a.map((row) =>
    [0, 1, 2].map((column) =>
      row.reduce((sum, value, index) => sum + value * ((b[index] as readonly number[])[column] as number), 0),
    ),
  );
}
