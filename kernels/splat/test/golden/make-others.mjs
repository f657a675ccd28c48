// Makes five.ply and five.splat beside it with the tools of others (both MIT), which are no dependencies:
// npm install --ignore-scripts @playcanvas/splat-transform@3.7.0 gsplat@1.2.9 elsewhere, then
// node make-others.mjs <that folder>/node_modules
// five.ply is five-v3.spz as splat-transform reads it; five.splat is the means, scales, rotations, colours and
// opacities of five.json as gsplat.js packs them.
// five-transform.spz is five.ply again, and five-sh1.compressed.ply that without harmonics above degree 1.
// cloud.compressed.ply is cloud(300, 5) of cases.ts, five.compressed.ply is five.ply, as splat-transform compresses
// them.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const modules = process.argv[2];
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const cli = join(modules, '@playcanvas/splat-transform/bin/cli.mjs');
const transform = (...files) =>
  execFileSync(
    process.execPath,
    [cli, '-w', '-g', 'cpu', ...files.map((file) => (file.includes('.') ? here(file) : file))],
    { stdio: 'inherit' },
  );
transform('five-v3.spz', 'five.ply');
transform('five.ply', 'five.compressed.ply');
transform('five.ply', '-H', '1', 'five-sh1.compressed.ply');
transform('five.ply', 'five-transform.spz');
const { encodePly } = await import('../../src/index.ts');
const { cloud } = await import('../cases.ts');
writeFileSync(here('cloud.ply'), encodePly(cloud(300, 5)));
transform('cloud.ply', 'cloud.compressed.ply');
rmSync(here('cloud.ply'));

const { SplatData } = await import(pathToFileURL(join(modules, 'gsplat/dist/index.es.js')).href);
const { numPoints, positions, scales, rotations, alphas, colors } = JSON.parse(readFileSync(here('five.json'), 'utf8'));
const byte = (value) => Math.max(0, Math.min(255, Math.round(255 * value)));
const rgba = Uint8Array.from({ length: 4 * numPoints }, (_, i) => {
  const [at, channel] = [i >> 2, i % 4];
  return byte(channel < 3 ? 0.5 + 0.28209479177387814 * colors[3 * at + channel] : 1 / (1 + Math.exp(-alphas[at])));
});
// xyzw there, wxyz in the file
const wxyz = Float32Array.from(rotations, (_, i) => rotations[i % 4 === 0 ? i + 3 : i - 1]);
const splat = new SplatData(numPoints, Float32Array.from(positions), wxyz, Float32Array.from(scales, Math.exp), rgba);
writeFileSync(here('five.splat'), splat.serialize());
