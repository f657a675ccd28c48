/**
 * Makes what `graphs/footage.json` asks for, of a person of whom everything is known: a minute of a painted figure that
 * speaks, at 29.97 frames a second in H.264 with AAC, as a phone writes it, and another voice. Their graph is then run
 * as anybody runs it.
 *
 *     node test/minute-of-footage.bench.ts FOLDER
 *     soliloquy run graphs/footage.json --input recorded=FOLDER/me.mp4 --input voice=FOLDER/voice.wav
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeMp4, encodeWav } from '@soliloquy/media';
import { loadBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { corpusStage } from '@soliloquy/text-to-speech';
import { makeFilm } from './fixture/made-film.ts';

/** As many as take a minute to say, and then twenty seconds. */
const [SENTENCES, OTHERS] = [15, 5];

const [folder] = parseArgs({ allowPositionals: true }).positionals;
mkdirSync(folder, { recursive: true });
const lines = await sentences(SENTENCES + OTHERS);
const film = await makeFilm(lines.slice(0, SENTENCES).join(' '), { fps: 30_000 / 1001, area: 393_216 });
const { frames, width, height } = film.video;
console.log(
  `${frames} frames of ${width} x ${height}, ${(film.audio.samples.length / film.audio.sampleRate).toFixed(1)} s`,
);
writeFileSync(join(folder, 'me.mp4'), await encodeMp4(film.video));
const other = await makeFilm(lines.slice(SENTENCES).join(' '), { frames: 1, area: 24_576 });
writeFileSync(join(folder, 'voice.wav'), encodeWav(other.audio));

async function sentences(count: number): Promise<string[]> {
  const { run } = await loadBackbone('corpus.sentences', corpusStage.backbones.sentences);
  const params = { count, from: 1, style: 'conversation' };
  const { text } = (await run({} as never, params as never, stageContext({ seed: 5 }))) as {
    readonly text: string[];
  };
  return text;
}
