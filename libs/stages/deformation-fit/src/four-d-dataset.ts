import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng, resizeImage, type Image } from '@soliloquy/media';
import { scaleCamera, type Camera, type Gaussians, type Video } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';

/** How frames lie in pictures of the data set. */
export interface SquareView {
  /** Of the frame, whose pixels are square. */
  readonly camera: Camera;
  /** pixels; the principal point is in the middle */
  readonly side: number;
  /** Where the frame's first pixel lies. */
  readonly left: number;
  readonly top: number;
}

/**
 * Writes a clip as a data set of 4DGaussians, in the layout of D-NeRF: `transforms_train.json`, `transforms_test.json`,
 * `train/*.png` and the cloud it begins with, `fused.ply`.
 *
 * Its reader takes pictures to be square, of one field of view, with the principal point in the middle, and brings them
 * to 800x800: frames are set into such squares, transparent around the person. Test pictures are those of training, so
 * that the export gives one PLY a frame, in order. Times go from 0 to 1.
 *
 * The reader scales learning rates by how far apart the cameras of training stand, which is nothing for a camera that
 * stays. One more picture, of a camera that stands behind, as far as the person is away, and looks the other way, where
 * nothing is, gives that length.
 *
 * @throws StageError `stage.clip-short`, `stage.no-matte`
 */
export async function writeDataset(folder: string, gaussians: Gaussians, clip: Video): Promise<void> {
  if (clip.matte === undefined) throw refused('no-matte', 'a clip with its matte', 'one without', 'give its matte');
  if (clip.frames < 2)
    throw refused('clip-short', 'a clip of at least 2 frames', `${clip.frames}`, 'give a longer one');
  const view = squareView(gaussians.camera, clip);
  await mkdir(join(folder, 'train'), { recursive: true });
  const mattes = clip.matte.read()[Symbol.asyncIterator]();
  let frame = 0;
  for await (const colours of clip.read()) {
    const matte = await mattes.next();
    if (matte.done === true) break;
    const person = cutOut(colours, matte.value, clip);
    await writeFile(join(folder, `${pathOf(frame++)}.png`), await encodePng(await inSquare(person, view)));
  }
  await writeFile(join(folder, 'train/away.png'), await encodePng(blank(view.side)));
  const pose = cameraToWorld(view.camera.worldToCamera);
  const frames = Array.from({ length: clip.frames }, (_, f) => ({
    file_path: pathOf(f),
    time: f / (clip.frames - 1),
    transform_matrix: pose,
  }));
  const away = {
    file_path: './train/away',
    time: 0,
    transform_matrix: cameraToWorld(turnedAway(view.camera.worldToCamera, distanceOf(gaussians))),
  };
  const camera_angle_x = 2 * Math.atan(view.side / (2 * view.camera.fx));
  const write = (name: string, listed: readonly object[]): Promise<void> =>
    writeFile(join(folder, name), JSON.stringify({ camera_angle_x, frames: listed }, null, 1));
  await write('transforms_train.json', [...frames, away]);
  await write('transforms_test.json', frames);
  await writeFile(join(folder, 'fused.ply'), encodePoints(gaussians));
}

/** The smallest square around a clip's frames that has the principal point in the middle. */
export function squareView(canonical: Camera, { width, height }: Pick<Video, 'width' | 'height'>): SquareView {
  const given = scaleCamera(canonical, width, height);
  const camera = scaleCamera(canonical, width, Math.round((height * given.fx) / given.fy));
  const reach = Math.max(camera.cx, camera.width - camera.cx, camera.cy, camera.height - camera.cy);
  const side = 2 * Math.ceil(reach);
  return { camera, side, left: Math.round(side / 2 - camera.cx), top: Math.round(side / 2 - camera.cy) };
}

/**
 * The pose that its reader makes this camera of. It takes camera to world with +y up and +z back, and of the inverse
 * [A | b] it makes the rotation diag(1, −1, −1) A and the translation −b: the sign of b's first element is not turned
 * as that of A's first row is, which no camera that looks at the origin shows.
 *
 * @param worldToCamera row-major 4x4; +x right, +y down, +z forward
 */
export function cameraToWorld(worldToCamera: readonly number[]): number[][] {
  const at = (row: number, column: number): number => worldToCamera[row * 4 + column] * (row === 0 ? 1 : -1);
  const rows = [0, 1, 2].map((axis) => {
    const rotation = [0, 1, 2].map((row) => at(row, axis));
    const place = [0, 1, 2].reduce((sum, row) => sum + rotation[row] * worldToCamera[row * 4 + 3], 0);
    return [...rotation, place];
  });
  return [...rows, [0, 0, 0, 1]];
}

/** A camera that is moved back and turned about its own +y by half a turn. */
function turnedAway(worldToCamera: readonly number[], back: number): number[] {
  return worldToCamera.map((value, i) => {
    const row = i >> 2;
    const moved = i === 11 ? value + back : value;
    return row === 0 || row === 2 ? -moved : moved;
  });
}

/** Mean depth, world. */
function distanceOf({ means, count, camera }: Gaussians): number {
  const [x, y, z, shift] = camera.worldToCamera.slice(8, 12);
  let sum = 0;
  for (let n = 0; n < count; n++) sum += x * means[3 * n] + y * means[3 * n + 1] + z * means[3 * n + 2] + shift;
  return sum / count;
}

const pathOf = (frame: number): string => `./train/r_${String(frame).padStart(5, '0')}`;

function cutOut(colours: Uint8ClampedArray, matte: Uint8ClampedArray, { width, height }: Video): Image {
  const data = colours.slice();
  for (let i = 0; i < matte.length; i++) data[4 * i + 3] = matte[i];
  return { width, height, data };
}

function blank(side: number): Image {
  return { width: side, height: side, data: new Uint8ClampedArray(side * side * 4) };
}

async function inSquare(frame: Image, { camera, side, left, top }: SquareView): Promise<Image> {
  const { width, height } = camera;
  const same = width === frame.width && height === frame.height;
  const { data } = same ? frame : await resizeImage(frame, width, height, { colours: 'weighted' });
  const square = blank(side);
  for (let y = Math.max(0, -top); y < Math.min(height, side - top); y++) {
    const row = data.subarray(y * width * 4, (y * width + Math.min(width, side - left)) * 4);
    square.data.set(row, ((y + top) * side + left) * 4);
  }
  return square;
}

/** The cloud as its reader wants it: places, normals (0) and colours of 0 … 255. */
function encodePoints({ count, means, colors }: Gaussians): Uint8Array {
  const names = ['x', 'y', 'z', 'nx', 'ny', 'nz'].map((name) => `property float ${name}`);
  const shades = ['red', 'green', 'blue'].map((name) => `property uchar ${name}`);
  const lines = [
    'ply',
    'format binary_little_endian 1.0',
    `element vertex ${count}`,
    ...names,
    ...shades,
    'end_header',
  ];
  const header = new TextEncoder().encode(`${lines.join('\n')}\n`);
  const bytes = new Uint8Array(header.length + count * 27);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < 3; c++) {
      view.setFloat32(n * 27 + 4 * c, means[3 * n + c], true);
      view.setUint8(n * 27 + 24 + c, Math.round(255 * Math.min(1, Math.max(0, colors[3 * n + c]))));
    }
  return bytes;
}

function refused(code: string, expected: string, got: string, remedy: string): StageError {
  return new StageError({ code: `stage.${code}`, where: 'deformation-fit.video', expected, got, remedy });
}
