import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { psnr, ssim } from '@soliloquy/image-quality';
import { encodeMp4, openMp4, videoFromFrames, type Video } from '@soliloquy/media';
import { findMark, LumaMean, markFilm, type LumaPlane } from '../src/index.ts';

/*
 * What a mark survives: node bench/survival.bench.ts FILM.mp4 … marks each film, treats it as people and sites do (with
 * ffmpeg), and reads it again from two seconds. Figures: share of the 416 coded bits that were wrong.
 */

const ID = '9f86d081884c7d65';
const [TREATED, READ] = [75, 50];
const H264 = ['-c:v', 'libx264', '-preset', 'medium', '-pix_fmt', 'yuv420p'];

interface Treatment {
  readonly name: string;
  /** Arguments of ffmpeg between the marked film and the treated one. */
  readonly args: readonly string[];
  readonly suffix?: string;
}

const filter = (name: string, vf: string, crf = 18): Treatment => ({
  name,
  args: ['-vf', vf, ...H264, '-crf', String(crf)],
});

const TREATMENTS: readonly Treatment[] = [
  { name: 'as it is', args: ['-c', 'copy'] },
  ...[18, 23, 28].map((crf) => ({ name: `H.264, crf ${crf}`, args: [...H264, '-crf', String(crf)] })),
  filter('to 75 % and back', 'scale=iw*0.75:ih*0.75,scale=iw/0.75:ih/0.75:flags=bicubic', 23),
  filter('to 50 % and back', 'scale=iw/2:ih/2,scale=iw*2:ih*2:flags=bicubic', 23),
  filter('to 50 %', 'scale=trunc(iw/4)*2:-2', 23),
  filter('crop to 70 % of each side', 'crop=trunc(iw*0.35)*2:trunc(ih*0.35)*2:iw*0.13:ih*0.07', 23),
  filter('crop to 70 % of the area', 'crop=trunc(iw*0.418)*2:trunc(ih*0.418)*2:iw*0.11:ih*0.05', 23),
  {
    name: '720p, VP9',
    args: ['-vf', 'scale=-2:720', '-c:v', 'libvpx-vp9', '-crf', '33', '-b:v', '0', '-cpu-used', '4'],
    suffix: 'webm',
  },
  {
    name: '720p, AV1',
    args: ['-vf', 'scale=-2:720', '-c:v', 'libsvtav1', '-crf', '35', '-preset', '8'],
    suffix: 'mkv',
  },
  filter('brightness +15 %', 'lutyuv=y=clip(val*1.15\\,16\\,235)', 23),
  filter('brightness -15 %', 'lutyuv=y=val*0.85', 23),
  filter('gamma 0.8', 'eq=gamma=0.8', 23),
  filter('gamma 1.25', 'eq=gamma=1.25', 23),
  filter('flipped', 'hflip', 23),
  filter('25 to 30 frames a second', 'fps=30', 23),
  { name: 'one frame, JPEG 75', args: ['-vf', 'select=eq(n\\,30)', '-frames:v', '1', '-q:v', '5'], suffix: 'jpg' },
  filter('cropped, flipped, crf 28', 'crop=trunc(iw*0.4)*2:trunc(ih*0.4)*2:iw*0.1:ih*0.1,hflip', 28),
];

const folder = await mkdtemp(join(tmpdir(), 'survival-'));
const rows = new Map<string, string[]>();
const note = (row: string, figure: string): void => void rows.set(row, [...(rows.get(row) ?? []), figure]);
try {
  for (const path of process.argv.slice(2)) {
    const film = beginningOf(await openMp4(await readFile(path), path));
    note('film', `${basename(path)} ${film.width}x${film.height}`);
    await measureQuality(film, markFilm(film, ID));
    const marked = join(folder, 'marked.mp4');
    await writeFile(marked, await encodeMp4(markFilm(film, ID), { quality: 'intermediate' }));
    for (const { name, args, suffix = 'mp4' } of TREATMENTS) {
      const treated = join(folder, `treated.${suffix}`);
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', marked, '-an', ...args, treated]);
      const mark = findMark(await lumaOf(treated));
      note(name, mark?.id === ID ? mark.bitErrors.toFixed(3) : `not read`);
      console.log(path, name, mark);
    }
  }
  for (const [name, figures] of rows) console.log(`| ${name} | ${figures.join(' | ')} |`);
} finally {
  await rm(folder, { recursive: true });
}

function beginningOf(film: Video): Video {
  return videoFromFrames(
    { ...film, frames: Math.min(TREATED, film.frames), audio: undefined, matte: undefined },
    (from, to) => film.read(from, to),
  );
}

/** PSNR and SSIM of a frame, and how much more the marked film changes from frame to frame. */
async function measureQuality(plain: Video, marked: Video): Promise<void> {
  const { width, height } = plain;
  const changes = [0, 0];
  let before: Uint8ClampedArray[] | undefined;
  const reading = marked.read(0, Math.min(READ, plain.frames))[Symbol.asyncIterator]();
  for await (const frame of plain.read(0, Math.min(READ, plain.frames))) {
    const pair = [frame.slice(), ((await reading.next()).value as Uint8ClampedArray).slice()];
    if (before === undefined) {
      const [target, image] = pair.map(unitRgb);
      note('PSNR', `${psnr({ width, height, image, target }).toFixed(1)} dB`);
      note('SSIM', ssim({ width, height, image, target }).toFixed(4));
    } else pair.forEach((now, k) => now.forEach((value, i) => (changes[k] += Math.abs(value - (before?.[k][i] ?? 0)))));
    before = pair;
  }
  note('change from frame to frame', `${(100 * (changes[1] / changes[0] - 1)).toFixed(2)} %`);
}

function unitRgb(rgba: Uint8ClampedArray): Float32Array {
  return Float32Array.from({ length: (rgba.length / 4) * 3 }, (_, i) => rgba[4 * Math.floor(i / 3) + (i % 3)] / 255);
}

async function lumaOf(path: string): Promise<LumaPlane> {
  const size = execFileSync('ffprobe', [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=width,height',
    '-of',
    'csv=p=0',
    path,
  ]);
  const [width, height] = String(size).trim().split(',').map(Number);
  const decoder = spawn(
    'ffmpeg',
    ['-v', 'error', '-i', path, '-frames:v', String(READ), '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const mean = new LumaMean(width, height);
  let rest: Uint8Array = new Uint8Array();
  for await (const piece of decoder.stdout as AsyncIterable<Uint8Array>) {
    rest = Buffer.concat([rest, piece]);
    for (; rest.length >= width * height * 4; rest = rest.subarray(width * height * 4))
      mean.add(rest.subarray(0, width * height * 4));
  }
  return mean.plane;
}
