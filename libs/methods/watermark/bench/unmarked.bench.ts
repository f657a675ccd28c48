import { readFile } from 'node:fs/promises';
import { openMp4 } from '@soliloquy/media';
import { findMark, LumaMean } from '../src/index.ts';

/*
 * Marks that are found where there is none: node bench/unmarked.bench.ts FILM.mp4 … takes films that nobody marked in
 * pieces of a second. None is expected in 10,000 frames.
 */

let [frames, pieces, found] = [0, 0, 0];
for (const path of process.argv.slice(2)) {
  const film = await openMp4(await readFile(path), path);
  const piece = Math.round(film.fps);
  for (let from = 0; from + piece <= film.frames; from += piece) {
    const mean = new LumaMean(film.width, film.height);
    for await (const frame of film.read(from, from + piece)) mean.add(frame);
    const mark = findMark(mean.plane);
    frames += piece;
    pieces += 1;
    if (mark !== undefined) found += 1;
  }
  console.log(`${frames} frames in ${pieces} pieces: ${found} marks found`);
}
