import { openRasterizer, type OpenOptions } from '../src/open-rasterizer.ts';
import { BROWSER_CASES } from './browser-cases.ts';
import { noise } from './cases.ts';

// In a worker of a page: draws the cases on the device that it is told, and answers with pictures and gradients.
addEventListener('message', ({ data }: MessageEvent<OpenOptions>) => {
  draw(data).then(
    (answer) => postMessage(answer),
    (error: unknown) => postMessage(String(error)),
  );
});

async function draw(options: OpenOptions): Promise<object> {
  const rasterizer = await openRasterizer(options);
  const results: object[] = [];
  for (const { gaussians, camera, background } of BROWSER_CASES) {
    const { color } = await rasterizer.render(gaussians, camera, background);
    const gradients = await rasterizer.backward({ color: noise(camera, 5, 3, -1, 1) });
    results.push({
      color: Array.from(color),
      gradients: Object.fromEntries(Object.entries(gradients).map(([group, values]) => [group, Array.from(values)])),
    });
  }
  const { device, name } = rasterizer;
  rasterizer.dispose();
  return { device, name, isolated: crossOriginIsolated, results };
}
