// Makes the .spz files beside it with @adobe/spz 0.2.3 (Niantic's packer, ISC), which is no dependency:
// npm install @adobe/spz@0.2.3 elsewhere, then
// node make-spz.mjs <that folder>/node_modules/@adobe/spz/dist/spz.js
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { default: createSpzModule } = await import(pathToFileURL(process.argv[2]).href);
const spz = await createSpzModule();
const count = 5;
const wave = (length, size, phase) => Float32Array.from({ length }, (_, i) => size * Math.sin(1.7 * i + phase));
const rotations = wave(count * 4, 1, 2);
for (let g = 0; g < count; g++) {
  const norm = Math.hypot(...rotations.subarray(4 * g, 4 * g + 4));
  for (let k = 0; k < 4; k++) rotations[4 * g + k] /= norm;
}
const cloud = {
  numPoints: count,
  shDegree: 3,
  antialiased: false,
  extensions: [],
  positions: wave(count * 3, 2, 0),
  scales: wave(count * 3, 1, 1).map((value) => value - 4),
  rotations,
  alphas: wave(count, 3, 3),
  colors: wave(count * 3, 1, 4),
  sh: wave(count * 45, 0.5, 5),
};
for (const version of [2, 3, 4]) {
  try {
    const options = { version, from: spz.CoordinateSystem.RDF, sh1Bits: 5, shRestBits: 4 };
    writeFileSync(new URL(`five-v${version}.spz`, import.meta.url), spz.saveSpzToBuffer(cloud, options));
  } catch (error) {
    console.log(`version ${version}: ${error}`);
  }
}
const rounded = (value) => (ArrayBuffer.isView(value) ? Array.from(value, (x) => Number(x.toFixed(6))) : value);
const numbers = Object.fromEntries(Object.entries(cloud).map(([name, value]) => [name, rounded(value)]));
writeFileSync(new URL('five.json', import.meta.url), `${JSON.stringify(numbers)}\n`);
