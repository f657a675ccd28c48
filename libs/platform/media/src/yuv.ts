/**
 * How luma and chroma were made from RGB (ITU-T H.273): Kr and Kb of the matrix, and whether luma uses 16 … 235 or 0 …
 * 255.
 */
export interface YuvSpace {
  readonly matrix: 'bt709' | 'bt601';
  readonly fullRange: boolean;
}

/** What every film here is written in. */
export const FILM_SPACE: YuvSpace = { matrix: 'bt709', fullRange: false };

const LUMA_WEIGHTS = { bt709: { kr: 0.2126, kb: 0.0722 }, bt601: { kr: 0.299, kb: 0.114 } } as const;

/**
 * RGBA to 4:2:0 planes in BT.709, limited range: Y = 16 + 219 (Kr R + Kg G + Kb B), Cb = 128 + 224 (B − Y') / (2 − 2
 * Kb), Cr = 128 + 224 (R − Y') / (2 − 2 Kr) (ITU-R BT.709-6 §3). Chroma is averaged over two rows and weighted 1 2 1
 * over columns, which puts it where H.264 expects it: on the even columns, between the rows. Done here because the
 * codec package's own conversion signals no matrix.
 *
 * @param rgba u8 [height, width, 4]
 * @param into u8 [width height 3/2]: Y, then Cb, then Cr at half sides
 */
export function rgbaToI420(rgba: Uint8ClampedArray, width: number, height: number, into: Uint8Array): void {
  const { kr, kb } = LUMA_WEIGHTS.bt709;
  const kg = 1 - kr - kb;
  const [yr, yg, yb] = [(kr * 219) / 255, (kg * 219) / 255, (kb * 219) / 255];
  const pixels = width * height;
  for (let i = 0, p = 0; i < pixels; i++, p += 4) into[i] = 16.5 + yr * rgba[p] + yg * rgba[p + 1] + yb * rgba[p + 2];

  const bScale = 224 / 255 / (2 - 2 * kb) / 8;
  const rScale = 224 / 255 / (2 - 2 * kr) / 8;
  const half = width / 2;
  const stride = width * 4;
  for (let row = 0, c = pixels; row < height; row += 2) {
    for (let column = 0; column < half; column++, c++) {
      const p = row * stride + column * 8;
      const before = column === 0 ? p : p - 4;
      const r =
        rgba[before] + 2 * rgba[p] + rgba[p + 4] + rgba[before + stride] + 2 * rgba[p + stride] + rgba[p + 4 + stride];
      const g =
        rgba[before + 1] +
        2 * rgba[p + 1] +
        rgba[p + 5] +
        rgba[before + stride + 1] +
        2 * rgba[p + stride + 1] +
        rgba[p + 5 + stride];
      const b =
        rgba[before + 2] +
        2 * rgba[p + 2] +
        rgba[p + 6] +
        rgba[before + stride + 2] +
        2 * rgba[p + stride + 2] +
        rgba[p + 6 + stride];
      const luma = kr * r + kg * g + kb * b;
      into[c] = 128.5 + bScale * (b - luma);
      into[c + pixels / 4] = 128.5 + rScale * (r - luma);
    }
  }
}

/**
 * 4:2:0 planes to opaque RGBA, the inverse of `rgbaToI420`. Chroma is interpolated linearly from where H.264 puts it.
 *
 * @param planes u8 [width height 3/2]
 * @param into   u8 [height, width, 4]
 */
export function i420ToRgba(
  planes: Uint8Array,
  width: number,
  height: number,
  space: YuvSpace,
  into: Uint8ClampedArray,
): void {
  const { kr, kb } = LUMA_WEIGHTS[space.matrix];
  const kg = 1 - kr - kb;
  const lumaGain = space.fullRange ? 1 : 255 / 219;
  const lumaOffset = space.fullRange ? 0 : 16;
  const chromaGain = space.fullRange ? 1 : 255 / 224;
  const pixels = width * height;
  const half = width / 2;
  const rows = height / 2;
  const cb = new Float32Array(width + 1);
  const cr = new Float32Array(width + 1);
  const rFromCr = chromaGain * (2 - 2 * kr);
  const bFromCb = chromaGain * (2 - 2 * kb);
  const gFromCr = (-rFromCr * kr) / kg;
  const gFromCb = (-bFromCb * kb) / kg;
  for (let row = 0; row < height; row++) {
    const near = row >> 1;
    const far = Math.min(rows - 1, Math.max(0, near + ((row & 1) === 1 ? 1 : -1)));
    const nearAt = pixels + near * half;
    const farAt = pixels + far * half;
    const toCr = pixels / 4;
    for (let column = 0; column < half; column++) {
      cb[2 * column] = 0.75 * planes[nearAt + column] + 0.25 * planes[farAt + column] - 128;
      cr[2 * column] = 0.75 * planes[nearAt + column + toCr] + 0.25 * planes[farAt + column + toCr] - 128;
    }
    cb[width] = cb[width - 2];
    cr[width] = cr[width - 2];
    for (let column = 1; column < width; column += 2) {
      cb[column] = 0.5 * (cb[column - 1] + cb[column + 1]);
      cr[column] = 0.5 * (cr[column - 1] + cr[column + 1]);
    }
    for (let column = 0, i = row * width, p = row * width * 4; column < width; column++, i++, p += 4) {
      const luma = lumaGain * (planes[i] - lumaOffset);
      into[p] = luma + rFromCr * cr[column];
      into[p + 1] = luma + gFromCr * cr[column] + gFromCb * cb[column];
      into[p + 2] = luma + bFromCb * cb[column];
      into[p + 3] = 255;
    }
  }
}
