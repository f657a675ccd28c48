import { orbitCamera } from '@soliloquy/gaussian-cloud/orbit';
import { openRasterizer, SplatError, type DeviceRasterizer, type RenderOutput } from '@soliloquy/splat';
import { openScene, type OpenedScene } from './opened-scene.ts';
import type { Drawer, FromRenderer, ToRenderer } from './render-messages.ts';

const MOST_THREADS = 4;

let scene: OpenedScene | undefined;
let rasterizer: DeviceRasterizer | undefined;
let because: string | undefined;

const tell = (message: FromRenderer, transfer: Transferable[] = []): void => postMessage(message, { transfer });

addEventListener('message', ({ data }: MessageEvent<ToRenderer>) => {
  const done = data.type === 'scene' ? open(data) : draw(data);
  done.catch((thrown: unknown) =>
    tell({ type: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) }),
  );
});

async function open({ drawer, file, gaussians, motion }: ToRenderer & { type: 'scene' }): Promise<void> {
  scene = await openScene(file, gaussians, motion);
  rasterizer = await openDrawer(drawer).catch(withoutGpu);
  const { count, notice, camera, deformation } = scene;
  const moving = { frames: deformation?.frames ?? 1, fps: deformation?.fps ?? 25 };
  tell({ type: 'scene', count, ...(notice !== undefined && { notice }), ...moving, camera });
}

async function draw({ orbit, frame, width, height, background }: ToRenderer & { type: 'draw' }): Promise<void> {
  if (scene === undefined) return;
  const { camera, centre, at } = scene;
  const began = performance.now();
  const view = orbitCamera(camera, centre, orbit, { width, height });
  const render = (): Promise<RenderOutput> => (rasterizer as DeviceRasterizer).render(at(frame), view, background);
  const { color } = await render().catch((thrown: unknown) => withoutGpu(thrown).then(render));
  const image = new ImageData(width, height);
  for (let i = 0, o = 0; o < image.data.length; i += 3, o += 4) {
    image.data[o] = (color[i] as number) * 255;
    image.data[o + 1] = (color[i + 1] as number) * 255;
    image.data[o + 2] = (color[i + 2] as number) * 255;
    image.data[o + 3] = 255;
  }
  const bitmap = await createImageBitmap(image);
  const { device, name } = rasterizer as DeviceRasterizer;
  tell(
    {
      type: 'drawn',
      bitmap,
      frame,
      milliseconds: performance.now() - began,
      by: { device, name, ...(because !== undefined && { because }) },
    },
    [bitmap],
  );
}

function openDrawer(device: Drawer): Promise<DeviceRasterizer> {
  const threads = crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
  return openRasterizer({ device, threads });
}

/** There is no GPU, there is none any more, or it is too small: WebAssembly draws from here on. */
async function withoutGpu(thrown: unknown): Promise<DeviceRasterizer> {
  if (
    !(thrown instanceof SplatError) ||
    !['splat.device', 'splat.memory'].includes(thrown.code) ||
    rasterizer?.device === 'cpu'
  )
    throw thrown;
  because = thrown.message;
  rasterizer?.dispose();
  return (rasterizer = await openDrawer('cpu'));
}
