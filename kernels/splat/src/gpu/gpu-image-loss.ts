import type { LossOptions } from '../bind.ts';
import { checkImageLoss, sumOfWeights } from '../image-loss-input.ts';
import type { ImageLoss, ImageLossInput } from '../scene.ts';
import { checkFinite } from '../validate.ts';
import { FLAG_WEIGHTS } from './gpu-layout.ts';
import { FIRST_FRAME, onePass, PLAIN_SIZE, tilesOf } from './gpu-scene.ts';
import type { Session } from './gpu-turns.ts';
import { lossFactors, withFourth } from './gpu-upload.ts';

/** As `Rasterizer.imageLoss`. */
export async function imageLossOnGpu(
  { loss: scene, reader }: Session,
  input: ImageLossInput,
  options: LossOptions,
): Promise<ImageLoss> {
  const { width, height, image, target, weights, ssimWeight = 0.2 } = input;
  checkImageLoss(input, options.into);
  const pixels = width * height;
  const gradient = options.into ?? new Float32Array(pixels * 3);
  checkFinite('imageLoss.image', image);
  checkFinite('imageLoss.target', target);
  const total = sumOfWeights(weights, pixels);
  const [tilesX, tilesY] = tilesOf(input);
  await scene.kernels.need('compare');
  await scene.reserve({
    ...PLAIN_SIZE,
    count: 0,
    rest: 0,
    pixels,
    tiles: tilesX * tilesY,
    allPixels: pixels,
    stepTiles: tilesX * tilesY,
    backgroundPixels: 0,
    entries: 0,
    backward: true,
  });
  const { queue } = scene.device;
  queue.writeBuffer(scene.buffers.get('image'), 0, withFourth(image));
  queue.writeBuffer(scene.buffers.get('goals'), 0, withFourth(target));
  if (weights !== undefined) queue.writeBuffer(scene.buffers.get('weights'), 0, weights as Float32Array<ArrayBuffer>);
  const camera = { width, height, fx: 1, fy: 1, cx: 0, cy: 0, worldToCamera: new Float32Array(12) };
  scene.writeFrame(FIRST_FRAME, {
    camera,
    background: [0, 0, 0],
    count: 0,
    rest: 0,
    capacity: 0,
    flags: weights === undefined ? 0 : FLAG_WEIGHTS,
    loss: lossFactors(ssimWeight, total, 0, pixels),
  });
  const encoder = scene.device.createCommandEncoder();
  const recorder = onePass(encoder);
  scene.loss(recorder, FIRST_FRAME, camera);
  recorder.finish();
  const [values, tiles] = await reader.read(encoder, [
    [scene.buffers.get('imageGradients'), 0, pixels * 16],
    [scene.buffers.get('sums'), 0, tilesX * tilesY * 16],
  ]);
  const from = new Float32Array(values);
  for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) gradient[3 * i + c] = from[4 * i + c];
  const sums = new Float32Array(tiles);
  let l1 = 0;
  let ssim = 0;
  for (let i = 0; i < sums.length; i += 4) {
    l1 += sums[i];
    ssim += sums[i + 1];
  }
  return {
    value: (1 - ssimWeight) * l1 + (ssimWeight > 0 ? ssimWeight * (1 - ssim) : 0),
    l1,
    ssim: ssimWeight > 0 ? ssim : Number.NaN,
    gradient,
  };
}
