/**
 * How well latents of motion are read from small pictures of a gesturing person, on sentences that it was not fitted
 * on, of figures whose motion the basis has not seen: R² by part of the body and by component.
 *
 *     node test/linear-encoder.bench.ts [--figures 4] [--train 24] [--test 4] [--only NAME;NAME]
 *                                       [--fitted puppet|decoder] [--tested puppet|decoder]
 *
 * Films are 256x384; what was to be read is where the puppet says that the canonical points are, and how far the lids
 * are shut. Frames are the puppet's own, or what the warp decoder makes of those points and of the appearance that is
 * read of the puppet's frames; of either the picture at rest of its own painter is taken off.
 * What the figures led to: libs/methods/latent-flow/bench/NOTES.md.
 */
import { parseArgs } from 'node:util';
import { filmFace } from '@soliloquy/face';
import {
  appearanceReader,
  canonicalPoints,
  createWarpDecoder,
  decodeTokens,
  encodeTokens,
  filmView,
  fitBasis,
  FLOW_PARTS,
  POINT_PARTS,
  tokenLayout,
  toTokens,
  type AppearanceReader,
  type BasisWidths,
  type CanonicalPoints,
  type FilmView,
  type FlowBasis,
  type TokenLayout,
  type WarpDecoder,
} from '@soliloquy/latent-flow';
import { SENTENCES, type Voice } from '@soliloquy/text-to-speech';
import { ENCODERS, type Samples } from './fixture/pixel-encoders.ts';
import { FRAMES, motionFor, paintedSubject, puppetFilm, said, stillOf, type Subject } from './fixture/puppet-films.ts';

const { values } = parseArgs({
  options: {
    figures: { type: 'string', default: '4' },
    train: { type: 'string', default: '24' },
    test: { type: 'string', default: '4' },
    only: { type: 'string' },
    fitted: { type: 'string', default: 'puppet' },
    tested: { type: 'string', default: 'puppet' },
  },
});
const [FIGURES, TRAIN, TEST] = [values.figures, values.train, values.test].map(Number);
/** Of the films that it is fitted on every so manieth frame, so that few poses are of many films; of the others. */
const STEP = { train: 6, test: 2 };
const WIDTHS: BasisWidths = { torso: 6, arms: 14, head: 8, mouth: 8 };
const TRAIN_VOICES: readonly Voice[] = ['slt', 'rms', 'kal16'];
const TEST_VOICES: readonly Voice[] = ['awb', 'slt', 'awb', 'rms'];
/** Pixels of the views: the whole film, the face, and both arms as far as hands go. */
const SIZES = { whole: [64, 96], face: [64, 64], leftArm: [48, 64], rightArm: [48, 64] } as const;
export type ViewName = keyof typeof SIZES;

interface Clip {
  readonly pixels: Record<ViewName, Float32Array>;
  readonly tokens: Float32Array;
  readonly lids: Float32Array;
}
interface Figure {
  readonly subject: Subject;
  readonly decoder: WarpDecoder;
  readonly reader: AppearanceReader;
  readonly points: CanonicalPoints;
  readonly views: Record<ViewName, FilmView>;
}

const figures: Figure[] = [];
for (let s = 0; s < FIGURES; s++) figures.push(await figureOf(1001 + s));
const layout = tokenLayout(figures[0].points);
const tokensOf = await Promise.all(figures.map((figure, s) => corpusTokens(figure, s)));

const lines: string[] = [];
for (let s = 0; s < FIGURES; s++) {
  const others = tokensOf.filter((_, other) => other !== s || FIGURES === 1);
  const basis = fitBasis(layout, joined(others), WIDTHS);
  if (s === 0) console.log('explained', JSON.stringify(basis.explained), 'points', figures[0].points.count);
  const started = performance.now();
  const train: Clip[] = [];
  for (let c = 0; c < TRAIN; c++)
    train.push(
      await clipOf(figures[s], {
        line: line(s, c),
        voice: TRAIN_VOICES[c % 3],
        step: STEP.train,
        painter: values.fitted,
      }),
    );
  const test: Clip[] = [];
  for (let c = 0; c < TEST; c++)
    test.push(
      await clipOf(figures[s], {
        line: 80 + 4 * s + c,
        voice: TEST_VOICES[c % 4],
        step: STEP.test,
        painter: values.tested,
      }),
    );
  console.log(`figure ${s}: films in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  for (const [name, fit] of Object.entries(ENCODERS)) {
    if (values.only && !values.only.split(';').includes(name)) continue;
    const before = performance.now();
    const read = fit(samplesOf(train, basis), layout, basis);
    const fitted = (performance.now() - before) / 1000;
    const wanted = samplesOf(test, basis);
    const row = `${name.padEnd(26)} figure ${s} ${report(read(wanted), { wanted, basis, points: figures[s].points })}`;
    console.log(`${row}  (${fitted.toFixed(1)} s)`);
    lines.push(row);
  }
}

function line(figure: number, clip: number): number {
  return (17 * figure + 3 * clip) % 80;
}

async function figureOf(seed: number): Promise<Figure> {
  const subject = await paintedSubject({}, seed, { width: 256, height: 384 });
  const { landmarks, width, height } = subject;
  const points = canonicalPoints(landmarks, width, height);
  const { origin, unit, film } = filmFace(landmarks, width, height);
  const arm = (side: 'left' | 'right') => {
    const [shoulder, wrist] = [film(`${side}Shoulder`)!, film(`${side}Wrist`)!];
    const [left, right] = [Math.min(shoulder.x, wrist.x) - 2.2 * unit, Math.max(shoulder.x, wrist.x) + 2.2 * unit];
    return { left, width: right - left, top: shoulder.y - unit, height: 9 * unit };
  };
  const boxes = {
    whole: { left: 0, top: 0, width, height },
    face: { left: origin.x - 2 * unit, top: origin.y - 2.7 * unit, width: 4 * unit, height: 4 * unit },
    leftArm: arm('left'),
    rightArm: arm('right'),
  };
  const views = Object.fromEntries(
    Object.entries(SIZES).map(([name, [columns, rows]]) => [
      name,
      filmView({ width, height }, boxes[name as ViewName], { width: columns, height: rows }),
    ]),
  ) as Figure['views'];
  const decoder = await createWarpDecoder({ ...subject, points }, { device: 'cpu', threads: 1 });
  const reader = await appearanceReader({ ...subject, points });
  return { subject, points, views, decoder, reader };
}

/** Tokens of a figure's training films, without drawing them. */
async function corpusTokens(figure: Figure, s: number): Promise<Float32Array> {
  const all: Float32Array[] = [];
  for (let c = 0; c < TRAIN; c++) {
    const audio = await said(SENTENCES.conversation[line(s, c)], TRAIN_VOICES[c % 3]);
    const motion = await motionFor(figure.subject, audio, { seed: 100 * s + c });
    all.push(await tokensOfMotion(figure, motion));
  }
  return joined(all);
}

type Motion = Awaited<ReturnType<typeof motionFor>>;

async function tokensOfMotion({ subject, points }: Figure, motion: Motion): Promise<Float32Array> {
  const { carrier } = await puppetFilm(subject, motion);
  const tracks = new Float32Array(FRAMES * 2 * points.count);
  for (let f = 0; f < FRAMES; f++)
    carrier.carry(motion, f, points.positions, tracks.subarray(f * 2 * points.count, (f + 1) * 2 * points.count));
  return toTokens(points, tokenLayout(points), tracks);
}

interface ClipPlan {
  readonly line: number;
  readonly voice: Voice;
  readonly step: number;
  readonly painter: string;
}

async function clipOf(figure: Figure, { line: at, voice, step, painter }: ClipPlan): Promise<Clip> {
  const { subject, views, points, decoder, reader } = figure;
  const motion = await motionFor(subject, await said(SENTENCES.conversation[at], voice), { seed: 7 * at + 1 });
  const { renderer, carrier } = await puppetFilm(subject, motion);
  const rgba = new Uint8ClampedArray(4 * subject.width * subject.height);
  const kept = [...Array(FRAMES).keys()].filter((f) => f % step === 0);
  const sizeOf = ({ width, height }: FilmView): number => 3 * width * height;
  const pixels = Object.fromEntries(
    Object.entries(views).map(([name, view]) => [name, new Float32Array(kept.length * sizeOf(view))]),
  ) as Clip['pixels'];
  const rest = Object.fromEntries(Object.entries(views).map(([name, view]) => [name, new Float32Array(sizeOf(view))]));
  const still = { tracks: points.positions, appearance: new Float32Array(4) };
  if (painter === 'decoder') await decoder.frame(still, rgba);
  else rgba.set(await stillOf(subject));
  for (const [name, view] of Object.entries(views)) view.take(rgba, rest[name]);
  const tracks = new Float32Array(points.positions.length);
  for (const [i, f] of kept.entries()) {
    await renderer.frame(f, rgba);
    if (painter === 'decoder') {
      carrier.carry(motion, f, points.positions, tracks);
      await decoder.frame({ tracks, appearance: reader.read(rgba, tracks) }, rgba);
    }
    for (const [name, view] of Object.entries(views)) {
      const own = pixels[name as ViewName].subarray(i * sizeOf(view), (i + 1) * sizeOf(view));
      view.take(rgba, own);
      rest[name].forEach((value, p) => (own[p] -= value));
    }
  }
  const tokens = await tokensOfMotion(figure, motion);
  const D = layout.width;
  return {
    pixels,
    tokens: joined(kept.map((f) => tokens.slice(f * D, (f + 1) * D))),
    lids: Float32Array.from(kept, (f) => motion.channels.blink[f]),
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Latents of all parts with the lids behind them. */
function samplesOf(clips: readonly Clip[], basis: FlowBasis): Samples {
  const tokens = joined(clips.map((clip) => clip.tokens));
  const lids = joined(clips.map((clip) => clip.lids));
  const motion = encodeTokens(basis, tokens);
  const [count, width] = [lids.length, basis.width + 1];
  const latents = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    latents.set(motion.subarray(i * basis.width, (i + 1) * basis.width), i * width);
    latents[i * width + basis.width] = lids[i];
  }
  const pixels = Object.fromEntries(
    Object.entries(SIZES).map(([name, [columns, rows]]) => [
      name,
      { count, width: 3 * columns * rows, data: joined(clips.map((clip) => clip.pixels[name as ViewName])) },
    ]),
  ) as Samples['pixels'];
  return { count, width, pixels, latents, tokens, sizes: SIZES };
}

/** R² of points' shifts by what they lie on, and of the first components of each part. */
function report(
  latents: Float32Array,
  { wanted, basis, points }: { wanted: Samples; basis: FlowBasis; points: CanonicalPoints },
): string {
  const { count, width } = wanted;
  const motion = new Float32Array(count * basis.width);
  for (let i = 0; i < count; i++) motion.set(latents.subarray(i * width, i * width + basis.width), i * basis.width);
  const tokens = decodeTokens(basis, motion);
  const byPart = POINT_PARTS.map((part, p) => {
    const columns = columnsOf(points, layout, p);
    return `${part} ${r2(tokens, wanted.tokens, { columns, width: layout.width }).toFixed(2)}`;
  });
  const head = layout.ranges.find(({ part }) => part === 'head')!;
  byPart.push(
    `carrier ${r2(tokens, wanted.tokens, { columns: [head.from, head.from + 1], width: layout.width }).toFixed(2)}`,
  );
  byPart.push(`lids ${r2(latents, wanted.latents, { columns: [basis.width], width }).toFixed(2)}`);
  let k = 0;
  const byComponent = FLOW_PARTS.map((part) => {
    const all = Array.from({ length: WIDTHS[part] }, () => r2(latents, wanted.latents, { columns: [k++], width }));
    return `${part} [${all.map((value) => value.toFixed(2)).join(' ')}]`;
  });
  return `${byPart.join(', ')} | ${byComponent.join(' ')}`;
}

function columnsOf(points: CanonicalPoints, { ranges }: TokenLayout, part: number): number[] {
  return ranges.flatMap(({ part: name, from, members }) =>
    [...members].flatMap((q, i) => {
      const at = from + 2 * (i + (name === 'head' ? 1 : 0));
      return points.parts[q] === part ? [at, at + 1] : [];
    }),
  );
}

function r2(
  read: Float32Array,
  wanted: Float32Array,
  { columns, width }: { readonly columns: readonly number[]; readonly width: number },
): number {
  const count = wanted.length / width;
  let [error, total] = [0, 0];
  for (const column of columns) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += wanted[i * width + column] / count;
    for (let i = 0; i < count; i++) {
      error += (read[i * width + column] - wanted[i * width + column]) ** 2;
      total += (wanted[i * width + column] - mean) ** 2;
    }
  }
  return 1 - error / total;
}
