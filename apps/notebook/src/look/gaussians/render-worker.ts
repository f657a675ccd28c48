import { allocateDeformed, evaluateDeformation } from '@soliloquy/gaussian-cloud/evaluate-deformation';
import type { Deformation, Gaussians } from '@soliloquy/ports';
import { deformation as deformationPort } from '@soliloquy/ports/deformation';
import { gaussians as gaussiansPort } from '@soliloquy/ports/gaussians';
import { createRasterizer } from '@soliloquy/splat';
import type { Rasterizer } from '@soliloquy/splat';
import { orbitCamera } from './orbit.ts';
import type { FromRenderer, ToRenderer } from './render-messages.ts';

const MOST_THREADS = 4;

interface Scene {
  readonly rasterizer: Rasterizer;
  readonly gaussians: Gaussians;
  readonly deformation: Deformation | undefined;
  readonly deformed: ReturnType<typeof allocateDeformed>;
  /** what the orbit turns about, world */
  readonly centre: readonly [number, number, number];
}

let scene: Scene | undefined;

const tell = (message: FromRenderer, transfer: Transferable[] = []): void => postMessage(message, { transfer });

addEventListener('message', ({ data }: MessageEvent<ToRenderer>) => {
  const done = data.type === 'scene' ? open(data) : draw(data);
  done.catch((thrown: unknown) => tell({ type: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) }));
});

async function open({ gaussians: bytes, deformation: motion }: ToRenderer & { type: 'scene' }): Promise<void> {
  const gaussians = await gaussiansPort.decode({ 'gaussians.safetensors': new Uint8Array(bytes) });
  const deformation = motion === undefined ? undefined : await deformationPort.decode({ 'deformation.safetensors': new Uint8Array(motion) });
  if (deformation !== undefined && deformation.count !== gaussians.count) throw new Error(`deformation.count: expected one of ${gaussians.count} Gaussians, got one of ${deformation.count}; run the nodes again that made them`);
  const threads = crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
  const rasterizer = await createRasterizer({ threads });
  scene = { rasterizer, gaussians, deformation, deformed: allocateDeformed(gaussians), centre: centreOf(gaussians) };
  tell({ type: 'scene', count: gaussians.count, frames: deformation?.frames ?? 1, fps: deformation?.fps ?? 25, camera: gaussians.camera, threads });
}

async function draw({ orbit, frame, width, height, background }: ToRenderer & { type: 'draw' }): Promise<void> {
  if (scene === undefined) return;
  const began = performance.now();
  const { rasterizer, gaussians, deformation, deformed, centre } = scene;
  if (deformation !== undefined) evaluateDeformation(gaussians, deformation, Math.min(deformation.frames - 1, Math.max(0, frame)), deformed);
  const { color } = rasterizer.render(deformation === undefined ? gaussians : deformed, orbitCamera(gaussians.camera, centre, orbit, { width, height }), background);
  const image = new ImageData(width, height);
  for (let i = 0, o = 0; o < image.data.length; i += 3, o += 4) {
    image.data[o] = (color[i] as number) * 255;
    image.data[o + 1] = (color[i + 1] as number) * 255;
    image.data[o + 2] = (color[i + 2] as number) * 255;
    image.data[o + 3] = 255;
  }
  const bitmap = await createImageBitmap(image);
  tell({ type: 'drawn', bitmap, milliseconds: performance.now() - began }, [bitmap]);
}

/** Mean of the Gaussians by opacity. */
function centreOf({ count, means, opacityLogits }: Gaussians): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  let weights = 0;
  for (let n = 0; n < count; n++) {
    const weight = 1 / (1 + Math.exp(-(opacityLogits[n] as number)));
    weights += weight;
    for (let axis = 0; axis < 3; axis++) sum[axis] = (sum[axis] as number) + weight * (means[3 * n + axis] as number);
  }
  return sum.map((value) => value / (weights || 1)) as [number, number, number];
}
