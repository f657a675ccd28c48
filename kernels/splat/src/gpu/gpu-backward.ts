import { backgroundGradient } from '../background-gradient.ts';
import type { BackwardOptions } from '../bind.ts';
import { allocateGradients, GROUP_WIDTHS, wantedGroups } from '../gradient-groups.ts';
import type { Background, Camera, GaussianGradients, OutputGradient } from '../scene.ts';
import { checkFinite, checkFloats } from '../validate.ts';
import { FLAG_DEPTH_GRADIENT } from './gpu-layout.ts';
import { FIRST_FRAME, onePass, PLAIN_SIZE, tilesOf, type FrameUniform, type GpuScene } from './gpu-scene.ts';
import type { Session } from './gpu-turns.ts';
import { PARAMETER_ORDER } from './gpu-upload.ts';

/** The last picture: what a gradient is of. Its Gaussians lie on the device. */
export interface Drawn {
  readonly camera: Camera;
  readonly background: Background;
  readonly frame: FrameUniform;
}

/** As `Rasterizer.backward`, of the picture that was drawn last. */
export async function backwardOnGpu(
  { scene, reader }: Session,
  drawn: Drawn,
  gradient: OutputGradient,
  options: BackwardOptions,
): Promise<GaussianGradients> {
  const { camera, background, frame } = drawn;
  const { count, rest } = frame;
  const pixels = camera.width * camera.height;
  checkGradient(gradient, camera);
  const groups = wantedGroups(options.groups);
  const result = allocateGradients(count, rest, background, groups, options.into);
  await scene.kernels.need('differentiate');
  const [tilesX, tilesY] = tilesOf(camera);
  await scene.reserve({
    ...PLAIN_SIZE,
    count,
    rest,
    pixels,
    tiles: tilesX * tilesY,
    backgroundPixels: background.length === pixels * 3 ? pixels : 0,
    entries: frame.capacity,
    backward: true,
  });
  writeGradient(scene, gradient, pixels);
  scene.writeFrame(FIRST_FRAME, {
    ...frame,
    flags: frame.flags | (gradient.depth === undefined ? 0 : FLAG_DEPTH_GRADIENT),
  });
  const encoder = scene.device.createCommandEncoder();
  const recorder = onePass(encoder);
  scene.backward(recorder, FIRST_FRAME, count, camera);
  recorder.finish();
  // what was not asked for stays there
  const wanted = groupsOnDevice(frame).filter(({ name }) => groups.has(name));
  const all = scene.buffers.get('gradients');
  const [image, ...parts] = await reader.read(encoder, [
    [scene.buffers.get('image'), 0, groups.has('background') ? pixels * 16 : 0],
    ...wanted.map((each) => [all, each.from * 4, each.length * 4] as const),
  ]);
  for (const [i, { name }] of wanted.entries()) result[name]?.set(new Float32Array(parts[i]));
  if (groups.has('background'))
    backgroundGradient(new Float32Array(image), gradient.color, background, result.background, 4, 3);
  return result;
}

function checkGradient(gradient: OutputGradient, { width, height }: Camera): void {
  const shape = `with H=${height}, W=${width}`;
  checkFloats('backward.color', gradient.color, width * height * 3, `[H, W, 3] ${shape}`);
  checkFinite('backward.color', gradient.color);
  for (const name of ['transmittance', 'depth'] as const) {
    const values = gradient[name];
    if (values === undefined) continue;
    checkFloats(`backward.${name}`, values, width * height, `[H, W] ${shape}`);
    checkFinite(`backward.${name}`, values);
  }
}

/** Colour and transmittance of a pixel lie side by side on the device. */
function writeGradient({ device, buffers }: GpuScene, gradient: OutputGradient, pixels: number): void {
  const interleaved = new Float32Array(pixels * 4);
  for (let i = 0; i < pixels; i++) {
    interleaved.set(gradient.color.subarray(3 * i, 3 * i + 3), 4 * i);
    interleaved[4 * i + 3] = gradient.transmittance?.[i] ?? 0;
  }
  device.queue.writeBuffer(buffers.get('imageGradients'), 0, interleaved);
  if (gradient.depth !== undefined)
    device.queue.writeBuffer(buffers.get('depthGradients'), 0, gradient.depth as Float32Array<ArrayBuffer>);
}

/** Where the gradient of each group lies in their buffer: floats. */
function groupsOnDevice({ count, rest }: FrameUniform) {
  let end = 0;
  return ([...PARAMETER_ORDER, 'means2d'] as const).map((name) => {
    const length = count * (name === 'shRest' ? 3 * rest : GROUP_WIDTHS[name]);
    end += length;
    return { name, from: end - length, length };
  });
}
