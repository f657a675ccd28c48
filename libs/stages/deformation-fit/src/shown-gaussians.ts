import type { DeformedGaussians } from '@soliloquy/gaussian-cloud';
import type { Camera } from '@soliloquy/ports';

/** Standard deviations at which an opaque Gaussian falls below 1/255, where the rasteriser ends it: √(2 ln 255). */
const EXTENT = Math.sqrt(2 * Math.log(255));
/** pixels; what the low-pass filter of 0.3 pixels² adds to that, at most */
const BLUR = EXTENT * Math.sqrt(0.3);

/**
 * Those Gaussians of a cloud that can touch the picture of a camera, in the cloud's order: a window on an eye shows a
 * few hundred of many thousands, and a render's cost begins with how many it is given. What is left out would not have
 * been drawn, so the picture is the same.
 */
export class ShownGaussians {
  readonly #indices: Int32Array;
  readonly #room: DeformedGaussians;
  #count = 0;

  /** @param most Gaussians of the cloud */
  constructor(most: number) {
    this.#indices = new Int32Array(most);
    this.#room = {
      means: new Float32Array(most * 3),
      quats: new Float32Array(most * 4),
      logScales: new Float32Array(most * 3),
      opacityLogits: new Float32Array(most),
      colors: new Float32Array(most * 3),
    };
  }

  /** i32 [M]: which they are; good until the next choice. */
  get indices(): Int32Array {
    return this.#indices.subarray(0, this.#count);
  }

  /**
   * Chooses them.
   *
   * @param margin pixels beside the picture in which they may still move
   */
  choose({ means, logScales }: DeformedGaussians, camera: Camera, margin = 0): void {
    const { fx, fy, cx, cy, width, height, worldToCamera: w } = camera;
    const focal = Math.max(fx, fy);
    this.#count = 0;
    for (let n = 0, o = 0; o < means.length; n++, o += 3) {
      const [x, y, z] = [means[o], means[o + 1], means[o + 2]];
      const depth = w[8] * x + w[9] * y + w[10] * z + w[11];
      if (depth <= 0) continue;
      const right = (w[0] * x + w[1] * y + w[2] * z + w[3]) / depth;
      const down = (w[4] * x + w[5] * y + w[6] * z + w[7]) / depth;
      const u = fx * right + cx;
      const v = fy * down + cy;
      const beside = Math.max(-u, u - width, -v, v - height) - margin - BLUR;
      if (beside > 0) {
        const scale = Math.exp(Math.max(logScales[o], logScales[o + 1], logScales[o + 2]));
        // ‖J‖ is at most f/z √(1 + tan²).
        const size = ((EXTENT * scale * focal) / depth) * Math.sqrt(1 + right * right + down * down);
        if (beside > size) continue;
      }
      this.#indices[this.#count++] = n;
    }
  }

  /**
   * The chosen ones of a cloud, in arrays that are good until the next call.
   *
   * @param opacityLogits f32 [N], in place of the cloud's
   */
  of(cloud: DeformedGaussians, opacityLogits: Float32Array): DeformedGaussians {
    const count = this.#count;
    const { means, quats, logScales, opacityLogits: opacities, colors } = this.#room;
    for (let m = 0; m < count; m++) {
      const n = this.#indices[m];
      for (let k = 0; k < 3; k++) {
        means[m * 3 + k] = cloud.means[n * 3 + k];
        logScales[m * 3 + k] = cloud.logScales[n * 3 + k];
        colors[m * 3 + k] = cloud.colors[n * 3 + k];
      }
      for (let k = 0; k < 4; k++) quats[m * 4 + k] = cloud.quats[n * 4 + k];
      opacities[m] = opacityLogits[n];
    }
    return {
      means: means.subarray(0, count * 3),
      quats: quats.subarray(0, count * 4),
      logScales: logScales.subarray(0, count * 3),
      opacityLogits: opacities.subarray(0, count),
      colors: colors.subarray(0, count * 3),
    };
  }
}
