/**
 * How an avatar looks from aside: photographs are lifted and drawn from cameras around their faces, and the networks
 * say how far each face is turned (0 is the photograph) and how far it is from the photograph's own.
 *
 *     node test/orbit.bench.ts PICTURE… [--yaws -20,-10,0,10,20] [--sheet FILE.png]
 *
 * Pictures of people are in `libs/stages/reference/test/fixtures`. The sheet has the views side by side, a row for each
 * picture; pictures of a sheet are of one size.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { canonicalGaussiansStage } from '@soliloquy/canonical-gaussians';
import { decodeImage, encodePng, resizeImage, rgbOf } from '@soliloquy/media';
import type { Camera, Gaussians, Image } from '@soliloquy/ports';
import { referenceStage } from '@soliloquy/reference';
import { openRasterizer } from '@soliloquy/splat';
import { stageContext } from '@soliloquy/testing';
import { faceEmbedding, findPerson, identityDistance, Networks } from '@soliloquy/whole-body';
import { headPose } from '../libs/stages/evaluation/src/evaluation/tracked/head-pose.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { yaws: { type: 'string', default: '-20,-10,0,10,20' }, sheet: { type: 'string' } },
});
const yaws = values.yaws.split(',').map(Number);
const networks = new Networks({ threads: 2 });
const rows: Image[] = [];

console.log(['picture', 'degrees', 'read', 'identity:dlib'].join(' | '));
for (const path of positionals) {
  const { image, gaussians, background } = await lifted(path);
  const photograph = await look(opaque(image));
  for (const yaw of yaws) {
    const view = await drawn(gaussians, background, yaw);
    rows.push(view);
    const seen = await look(view);
    const figures = seen &&
      photograph && [
        (photograph.yaw - seen.yaw).toFixed(1),
        identityDistance(seen.embedding, photograph.embedding).toFixed(3),
      ];
    console.log([basename(path), yaw, ...(figures ?? ['no face'])].join(' | '));
  }
}
await networks.dispose();
if (values.sheet) writeFileSync(values.sheet, await encodePng(sheetOf(rows, yaws.length)));

async function lifted(path: string): Promise<{ image: Image; gaussians: Gaussians; background: Image }> {
  const ctx = stageContext({ threads: 2 });
  const { run: refer } = await referenceStage.backbones.networks.load();
  const params = { ...referenceStage.params.parse({}), ...referenceStage.backbones.networks.params.parse({}) };
  const picture = { image: await decodeImage(readFileSync(path)), landmarks: undefined, background: undefined };
  const reference = await refer(picture, params, ctx);
  const { lift } = canonicalGaussiansStage.backbones;
  const { run } = await lift.load();
  const made = await run(
    { image: reference.image, landmarks: reference.landmarks, background: reference.background, file: undefined },
    { ...canonicalGaussiansStage.params.parse({}), ...lift.params.parse({}) },
    ctx,
  );
  return { image: reference.image, gaussians: made.gaussians, background: reference.background };
}

/** @param degrees the camera goes around the middle of the Gaussians, to the left of the picture for positive ones */
async function drawn(gaussians: Gaussians, background: Image, degrees: number): Promise<Image> {
  const { camera, means, count } = gaussians;
  const { width, height } = camera;
  let depth = 0;
  for (let n = 0; n < count; n++) depth += means[n * 3 + 2] / count;
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const around = [cos, 0, sin, -sin * depth, 0, 1, 0, 0, -sin, 0, cos, depth - cos * depth, 0, 0, 0, 1];
  const rasterizer = await openRasterizer({ device: 'cpu', threads: 2 });
  try {
    const view: Camera = { ...camera, worldToCamera: around };
    const behind = rgbOf(await resizeImage(background, width, height));
    const { color } = await rasterizer.render(gaussians, view, behind);
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) data[4 * i + c] = 255 * color[3 * i + c];
    return { width, height, data };
  } finally {
    rasterizer.dispose();
  }
}

async function look(image: Image): Promise<{ yaw: number; embedding: Float32Array } | undefined> {
  const face = (await findPerson(networks, image)).person?.face;
  if (!face) return undefined;
  const path = (_: string, number: number | string) => {
    const { x, y } = face.points[Number(number)];
    return { x: Float64Array.of(x), y: Float64Array.of(y) };
  };
  const { yaw } = headPose({ frames: 1, path } as unknown as Parameters<typeof headPose>[0]);
  return { yaw: yaw[0], embedding: await faceEmbedding(networks, image, face) };
}

function opaque({ width, height, data }: Image): Image {
  return { width, height, data: data.map((value, i) => (i % 4 === 3 ? 255 : value)) };
}

function sheetOf(images: readonly Image[], columns: number): Image {
  const { width, height } = images[0];
  const rowsOf = Math.ceil(images.length / columns);
  const data = new Uint8ClampedArray(columns * width * rowsOf * height * 4);
  images.forEach((image, k) => {
    for (let y = 0; y < height; y++) {
      const at = 4 * ((Math.floor(k / columns) * height + y) * columns + (k % columns)) * width;
      data.set(image.data.subarray(4 * y * width, 4 * (y + 1) * width), at);
    }
  });
  return { width: columns * width, height: rowsOf * height, data };
}
