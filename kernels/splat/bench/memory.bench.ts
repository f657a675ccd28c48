// node kernels/splat/bench/memory.bench.ts [Gaussians side]
// What a scene with its gradients takes of the WebAssembly memory, split up by differences: more Gaussians that reach
// no tile, then the same Gaussians larger, then more pixels; and the whole of a million Gaussians at 1024² with their
// gradients.
import { createRasterizer, type GaussianArrays } from '../src/index.ts';
import { person } from './scenes.ts';

const [count = 1_000_000, side = 1024] = process.argv.slice(2).map(Number);
const TILE_PIXELS = 256;

/** Bytes of a scene that was drawn, and of the memory as it has grown; also after loss and gradient. */
async function measured(
  gaussians: GaussianArrays,
  width: number,
  height: number,
  differentiate = false,
): Promise<{ bytes: number; memoryBytes: number; entries: number }> {
  const rasterizer = await createRasterizer();
  const { camera } = person(1, width, height, 1);
  const { color } = rasterizer.render(gaussians, camera, [1, 1, 1], { lend: true });
  const { bytes, tilePairs } = rasterizer.statistics();
  if (differentiate)
    rasterizer.backward({
      color: rasterizer.imageLoss(
        { width, height, image: color, target: new Float32Array(width * height * 3) },
        { lend: true },
      ).gradient,
    });
  const { memoryBytes } = rasterizer.statistics();
  rasterizer.dispose();
  return { bytes, memoryBytes, entries: tilePairs / TILE_PIXELS };
}

const few = 20_000;
const scene = (n: number): GaussianArrays => person(n, 256, 256, 3).gaussians;
const hidden = (n: number): GaussianArrays => ({ ...scene(n), opacityLogits: new Float32Array(n).fill(-20) });
const none = await measured(hidden(few), 256, 256);
const more = await measured(hidden(2 * few), 256, 256);
const seen = await measured(scene(few), 256, 256);
const wide = await measured(hidden(few), 512, 512);
console.log(`a Gaussian     ${((more.bytes - none.bytes) / few).toFixed(1)} bytes`);
console.log(`a tile entry   ${((seen.bytes - none.bytes) / seen.entries).toFixed(1)} bytes`);
console.log(`a pixel        ${((wide.bytes - none.bytes) / (512 * 512 - 256 * 256)).toFixed(1)} bytes`);

const { gaussians: lifted } = person(count, side, side, 4);
// about six tiles each, as the roofline of the GPU counts
const gaussians = { ...lifted, logScales: lifted.logScales.map((value) => value + 1.85) };
const whole = await measured(gaussians, side, side, true);
const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
console.log(
  `${count} Gaussians at ${side}², ${(whole.entries / count).toFixed(1)} tiles each: scene with gradients ` +
    `${gib(whole.bytes)}, memory as it has grown, with the image loss ${gib(whole.memoryBytes)}`,
);
