import { describe, expect, test } from 'vitest';
import { psnr } from '@soliloquy/image-quality';
import { REGIONS, type Gaussians } from '@soliloquy/ports';
import { createRasterizer, LOW_PASS } from '@soliloquy/splat';
import { compareArrays, seededRandom } from '@soliloquy/testing';
import { body } from '../bench/moving-body.ts';
import { areaResize } from '../src/area-resize.ts';
import { coarseOpacity } from '../src/coarse-opacity.ts';
import { cutView, eyesView, faceView, wholeView } from '../src/views.ts';

const gaussians = body(1800, 192);
const clip = { width: 256, height: 384 };
const whole = wholeView(gaussians.camera, 64, 96);
const FACE = ['upperFace', 'jaw', 'upperLip', 'lowerLip', 'leftEyelid', 'rightEyelid'];
const faces = Array.from(gaussians.regions.keys()).filter((n) => FACE.includes(REGIONS[gaussians.regions[n]].name));

describe('the view of the face', () => {
  test('shows every Gaussian of the face with room around it, and little else', () => {
    const { camera } = faceView(gaussians, clip, 50_000, whole)!;
    for (const n of faces) {
      const [x, y, z] = gaussians.means.subarray(n * 3, n * 3 + 3);
      const column = (camera.fx * x) / z + camera.cx;
      const row = (camera.fy * y) / z + camera.cy;
      expect(column).toBeGreaterThan(2);
      expect(column).toBeLessThan(camera.width - 2);
      expect(row).toBeGreaterThan(2);
      expect(row).toBeLessThan(camera.height - 2);
    }
    expect(camera.width * camera.height).toBeLessThan(0.2 * clip.width * clip.height);
  });

  test('has the pixels of the clip where there is room for them, else fewer of the same field', () => {
    const fine = faceView(gaussians, clip, 50_000, whole)!;
    expect(fine.camera.fx).toBeCloseTo((gaussians.camera.fx * clip.width) / gaussians.camera.width, 6);
    for (const [k, share] of fine.box.entries()) {
      const pixels = share * (k % 2 === 0 ? clip.width : clip.height);
      expect(pixels).toBeCloseTo(Math.round(pixels), 6);
    }
    const coarse = faceView(gaussians, clip, 2500, whole)!;
    expect(coarse.box).toEqual(fine.box);
    expect(coarse.camera.width * coarse.camera.height).toBeLessThan(2600);
    expect(coarse.camera.cx / coarse.camera.width).toBeCloseTo(fine.camera.cx / fine.camera.width, 6);
  });

  test('is none where nobody shows a face, or the whole view shows it as finely', () => {
    const headless: Gaussians = { ...gaussians, regions: new Uint8Array(gaussians.count) };
    expect(faceView(headless, clip, 50_000, whole)).toBeUndefined();
    expect(faceView(gaussians, clip, 50_000, wholeView(gaussians.camera, clip.width, clip.height))).toBeUndefined();
  });
});

describe('the view of the eyes', () => {
  const LIDS = ['leftEyelid', 'rightEyelid'].map((name) => REGIONS.findIndex((region) => region.name === name));
  const head = Array.from(gaussians.regions.keys()).filter((n) => REGIONS[gaussians.regions[n]].name === 'head');
  const lids = [0.3, 0.35, 0.6, 0.65].map((share) => head[Math.floor(share * head.length)]);
  const withLids: Gaussians = {
    ...gaussians,
    regions: gaussians.regions.map((region, n) => (lids.includes(n) ? LIDS[lids.indexOf(n) >> 1] : region)),
  };

  test('shows the lids with room to shut, is not stepped by, and keeps to its pixels', () => {
    const { camera, stepped } = eyesView(withLids, clip, 50_000)!;
    expect(stepped).toBe(false);
    for (const n of lids) {
      const [x, y, z] = gaussians.means.subarray(n * 3, n * 3 + 3);
      const [column, row] = [(camera.fx * x) / z + camera.cx, (camera.fy * y) / z + camera.cy];
      expect(column).toBeGreaterThan(0);
      expect(column).toBeLessThan(camera.width);
      expect(row).toBeGreaterThan(0);
      expect(row).toBeLessThan(camera.height);
    }
    const coarse = eyesView(withLids, clip, 150)!.camera;
    expect(coarse.width * coarse.height).toBeLessThan(250);
  });

  test('is none where nobody has lids', () => {
    expect(eyesView(gaussians, clip, 50_000)).toBeUndefined();
  });
});

describe('cutView', () => {
  const source = Uint8ClampedArray.from({ length: clip.width * clip.height * 4 }, (_, i) => (i * 31 + (i >> 9)) % 256);

  test('of the whole is the clip, shrunk', () => {
    const want = new Float32Array(64 * 96 * 3);
    areaResize(source, clip.width, clip.height, 4, want, 64, 96, 3);
    expect(cutView(whole, source, clip.width, clip.height, 4, 3)).toEqual(want);
  });

  test('of the face at the resolution of the clip is its pixels', () => {
    const view = faceView(gaussians, clip, 50_000, whole)!;
    const { width, height } = view.camera;
    const [x0, y0] = [Math.round(view.box[0] * clip.width), Math.round(view.box[1] * clip.height)];
    const want = Float32Array.from({ length: width * height * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return source[((y0 + Math.floor(pixel / width)) * clip.width + x0 + (pixel % width)) * 4 + (i % 3)] / 255;
    });
    compareArrays('face', cutView(view, source, clip.width, clip.height, 4, 3), want, { absolute: 1e-6 });
  });

  test("shows where the view's camera sees it: a mark on a Gaussian is where that Gaussian is drawn", () => {
    const view = faceView(gaussians, clip, 2500, whole)!;
    const [x, y, z] = gaussians.means.subarray(faces[3] * 3, faces[3] * 3 + 3);
    const scale = clip.width / gaussians.camera.width;
    const marked = new Uint8ClampedArray(clip.width * clip.height);
    const column = Math.floor(((gaussians.camera.fx * x) / z + gaussians.camera.cx) * scale);
    const row = Math.floor(((gaussians.camera.fy * y) / z + gaussians.camera.cy) * scale);
    marked[row * clip.width + column] = 255;
    const shown = cutView(view, marked, clip.width, clip.height, 1, 1);
    const brightest = shown.indexOf(Math.max(...shown));
    const { camera } = view;
    expect(Math.abs((brightest % camera.width) + 0.5 - ((camera.fx * x) / z + camera.cx))).toBeLessThan(1);
    expect(Math.abs(Math.floor(brightest / camera.width) + 0.5 - ((camera.fy * y) / z + camera.cy))).toBeLessThan(1);
  });
});

describe('opacity on coarser pixels', () => {
  test('is the same from the own camera', () => {
    compareArrays('logits', coarseOpacity(gaussians, gaussians.camera), gaussians.opacityLogits, { absolute: 1e-5 });
  });

  test('of a round Gaussian falls by the area that it is blown up by', () => {
    const sigma = 0.4;
    const one: Gaussians = { ...body(60, 192) };
    one.logScales.fill(Math.log((sigma * 5) / one.camera.fx));
    const coarse = coarseOpacity(one, wholeView(one.camera, 32, 48).camera);
    const grown = (sigma * sigma + LOW_PASS) / 16 / ((sigma * sigma) / 16 + LOW_PASS);
    const alpha = grown / (1 + Math.exp(-one.opacityLogits[0]));
    compareArrays('logits', coarse, new Float32Array(one.count).fill(Math.log(alpha / (1 - alpha))), {
      absolute: 1e-4,
    });
  });

  test('of Gaussians that lie anyhow is that of their projected covariances, by matrices in f64', () => {
    const random = seededRandom(8);
    const some = body(40, 192);
    some.quats.forEach((_, i) => (some.quats[i] = 2 * random() - 1));
    some.logScales.forEach((_, i) => (some.logScales[i] = Math.log(0.005) + 2 * random()));
    some.opacityLogits.forEach((_, i) => (some.opacityLogits[i] = 4 * random() - 2));
    for (let n = 0; n < some.count; n++) some.means[n * 3 + 2] = 4 + 2 * random();
    const small = wholeView(some.camera, 32, 48).camera;
    const k = small.fx / some.camera.fx;
    const wanted = Array.from({ length: some.count }, (_, n) => {
      const [w, x, y, z] = [...some.quats.subarray(n * 4, n * 4 + 4)];
      // A vector turned by q v q⁻¹, axis by axis: columns of the rotation (Shoemake 1985).
      const turned = (v: readonly number[]): number[] => {
        const cross = (a: readonly number[], b: readonly number[]): number[] => [
          a[1] * b[2] - a[2] * b[1],
          a[2] * b[0] - a[0] * b[2],
          a[0] * b[1] - a[1] * b[0],
        ];
        const u = [x, y, z];
        const once = cross(u, v).map((value, i) => value + w * v[i]);
        const norm = w * w + x * x + y * y + z * z;
        return cross(u, once).map((value, i) => v[i] + (2 * value) / norm);
      };
      const axes = [0, 1, 2].map((axis) =>
        turned([0, 1, 2].map((i) => (i === axis ? 1 : 0))).map(
          (value) => (value * Math.exp(some.logScales[n * 3 + axis]) * some.camera.fx) / some.means[n * 3 + 2],
        ),
      );
      const sigma = (i: number, j: number): number => axes.reduce((sum, axis) => sum + axis[i] * axis[j], 0);
      const determinant = (scale: number, low: number): number =>
        (scale * sigma(0, 0) + low) * (scale * sigma(1, 1) + low) - (scale * sigma(0, 1)) ** 2;
      const grown = Math.sqrt((determinant(1, LOW_PASS) * k ** 4) / determinant(k * k, LOW_PASS));
      const alpha = Math.min(0.999, grown / (1 + Math.exp(-some.opacityLogits[n])));
      return Math.log(alpha / (1 - alpha));
    });
    compareArrays('logits', coarseOpacity(some, small), wanted, { absolute: 1e-4 });
  });

  test('makes a small picture look like a large one, shrunk: closer by 3 dB than without', async () => {
    // Finer than a pixel of the small picture, as the Gaussians of a face are.
    const fine = body(12_000, 384);
    const rasterizer = await createRasterizer();
    const background: [number, number, number] = [0.6, 0.6, 0.6];
    const large = rasterizer.render(fine, fine.camera, background).color;
    const [width, height] = [64, 96];
    const target = new Float32Array(width * height * 3);
    areaResize(
      Uint8ClampedArray.from(large, (value) => 255 * value),
      fine.camera.width,
      fine.camera.height,
      3,
      target,
      width,
      height,
      3,
    );
    const small = wholeView(fine.camera, width, height).camera;
    const plain = psnr({ width, height, image: rasterizer.render(fine, small, background).color, target });
    const eased = psnr({
      width,
      height,
      image: rasterizer.render({ ...fine, opacityLogits: coarseOpacity(fine, small) }, small, background).color,
      target,
    });
    rasterizer.dispose();
    expect(eased - plain, `${plain} dB without, ${eased} dB with`).toBeGreaterThan(3);
  });
});
