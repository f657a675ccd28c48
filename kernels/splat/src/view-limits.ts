import { JACOBIAN_MARGIN } from './layout.ts';
import type { Camera } from './scene.ts';

/** Distance in front of the camera under which nothing is drawn, unless the camera says otherwise. */
export const DEFAULT_NEAR = 0.01;

/**
 * Range of x/z and y/z inside which the Jacobian of the projection is taken: the view grown by 0.3 of its half extent
 * on each side, which for a centred principal point is 1.3 tan(field of view / 2), as in 3DGS. Further out the affine
 * approximation would blow up.
 */
export function viewLimits(camera: Camera): { xLow: number; xHigh: number; yLow: number; yHigh: number } {
  const marginX = (JACOBIAN_MARGIN * 0.5 * camera.width) / camera.fx;
  const marginY = (JACOBIAN_MARGIN * 0.5 * camera.height) / camera.fy;
  return {
    xLow: -camera.cx / camera.fx - marginX,
    xHigh: (camera.width - camera.cx) / camera.fx + marginX,
    yLow: -camera.cy / camera.fy - marginY,
    yHigh: (camera.height - camera.cy) / camera.fy + marginY,
  };
}
