import type { MotionDecoder } from '@soliloquy/gaussian-codec';
import { tokenLayout, toTokens } from '@soliloquy/latent-flow';
import { mannerNumbers, personNumbers, type LatentFlow } from '@soliloquy/latent-flow/motion';
import type { PackedLatentFlow } from '@soliloquy/latent-flow/port';
import type { NoiseSchedule } from '@soliloquy/motion-transformer';
import type { Audio, BackboneReference, Gaussians, Image, Landmarks, Tracks, Video } from '@soliloquy/ports';
import type { DeviceRasterizer } from '@soliloquy/splat';
import type { StageContext } from '@soliloquy/stage';
import type { Rng } from '@soliloquy/tensor';
import { carriedPoints, type CarriedPoints } from './carried-points.ts';
import { requireLong, requireRate, requireVoices, wholeFrames } from './check-inputs.ts';
import { drawnMotion, type DrawnMotion } from './drawn-motion.ts';
import { readAvatar, type Reading } from './encoder-reading.ts';
import { fitPointMotion, waysOf } from './film-motion.ts';
import { filmTerm, type FilmParams } from './film-term.ts';
import type { LearnedPerson } from './learned-person.ts';
import { keptPictures, pictureTerm } from './picture-term.ts';
import { scoreTerm, type ScoreParams } from './score-term.ts';
import { smallViews, type SmallView } from './small-views.ts';
import { calledTeacher, hearAll, ownTeacher, type Teacher, type Told } from './teacher.ts';
import type { Term } from './term.ts';

/** All that terms are made of. */
export interface TermScene {
  readonly gaussians: Gaussians;
  readonly image: Image;
  readonly landmarks: Landmarks;
  readonly background: Image;
  readonly voices: readonly Audio[];
  readonly tracks: readonly Tracks[];
  readonly videos: readonly Video[];
  readonly teacher?: BackboneReference;
  /** whose latents are read; there where L_vsd has a weight */
  readonly teacherModel: LatentFlow | undefined;
  readonly person: LearnedPerson;
  readonly decoder: MotionDecoder;
  readonly rasterizer: DeviceRasterizer;
  readonly schedule: NoiseSchedule;
  /** the model as it was connected, for a teacher that is called */
  readonly packedTeacher?: PackedLatentFlow;
}

/** Weights and how each term is computed. */
export interface TermParams extends ScoreParams, FilmParams {
  readonly render: number;
  readonly view: number;
  readonly poses: number;
  readonly teacherSeconds: number;
}

/** With what L_vsd needs. */
interface Scored extends TermScene {
  readonly teacherModel: LatentFlow;
  readonly carried: CarriedPoints;
}

interface Opening {
  readonly ctx: StageContext;
  readonly root: Rng;
}

/** Figures of what a term was fitted on. */
type Figures = Partial<Record<'encoder-r2' | 'linear-r2' | 'points-r2', number>>;

/**
 * The terms whose weight is above 0; of the others nothing is computed.
 *
 * @throws StageError of `check-inputs`, `waysOf`, `keptPictures`
 */
export async function openTerms(
  scene: TermScene,
  params: TermParams,
  opening: Opening,
): Promise<{ readonly terms: readonly Term[]; readonly figures: Figures }> {
  const terms: Term[] = [];
  const figures: Figures = {};
  const { gaussians, person, decoder } = scene;
  const { width, height } = gaussians.camera;
  const carried = carriedPoints(gaussians, decoder.rig, scene.landmarks, { width, height });
  const drawn = drawnMotion(gaussians, decoder.rig, scene.rasterizer);
  const size = { ...person.network.size, frames: person.network.frames };
  const { teacherModel } = scene;
  if (teacherModel) {
    const { term, reading } = await openScoreTerm({ ...scene, teacherModel, carried, drawn }, params, opening);
    terms.push(term);
    figures['encoder-r2'] = meanOf(reading.r2);
    figures['linear-r2'] = meanOf(reading.linearR2);
  }
  if (params.traj > 0) {
    const { term, r2 } = openFilmTerm({ ...scene, carried }, params, opening);
    terms.push(term);
    figures['points-r2'] = r2;
  }
  if (params.render > 0) {
    const camera = gaussians.camera;
    const kept = await keptPictures(scene.videos, person.clips, { camera, background: scene.background });
    const { layout } = decoder;
    terms.push(pictureTerm({ ...scene, ...kept, clips: person.clips, drawn, layout, size }, params, opening.root));
  }
  return { terms, figures };
}

async function openScoreTerm(
  scene: Scored & { readonly drawn: DrawnMotion },
  params: TermParams,
  { ctx, root }: Opening,
): Promise<{ readonly term: Term; readonly reading: Reading }> {
  const { gaussians, person, decoder, teacherModel, carried } = scene;
  const { fps, network, opened } = person;
  requireRate(teacherModel.fps, { input: 'teacherModel', wanted: fps });
  const { camera } = gaussians;
  const views = await smallViews({ ...scene, camera }, carried, params.view);
  const { layout } = decoder;
  const told = toldOf(scene);
  const heard = await hearAll(teacherModel, scene.voices, { fps, framesOf: (voice) => wholeFrames(voice, fps) });
  const poses = posesOf(person, params.poses);
  const reading = await readAvatar({ ...scene, model: teacherModel, layout, views, camera }, poses, (done, total) =>
    ctx.step(0, params.steps, `poses ${done} of ${total}`),
  );
  const unread = reading.trust.filter((value) => value === 0).length;
  ctx.log(`score-distillation: the encoder reads ${reading.latent - unread} of ${reading.latent} numbers of a latent`);
  const term = scoreTerm(
    {
      voices: person.voices,
      heard,
      teacher: teacherOf({ ...scene, views, told }, params, ctx),
      basis: teacherModel.basis,
      scale: teacherModel.scale,
      reading,
      layout,
      drawn: scene.drawn,
      views,
      regions: decoder.rig.regions,
      partVariance: opened.partVariance,
      size: { ...network.size, frames: network.frames },
      schedule: scene.schedule,
      fps,
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
    },
    params,
    root,
  );
  return { term, reading };
}

function teacherOf(
  scene: Scored & { readonly views: readonly SmallView[]; readonly told: Told },
  { teacherSeconds }: TermParams,
  ctx: StageContext,
): Teacher {
  const { teacher, teacherModel, told, image, landmarks, background, carried } = scene;
  if (teacher === undefined) return ownTeacher(teacherModel, told);
  const { width, height } = carried;
  const film = { image, landmarks, background, width, height, views: scene.views.map(({ view }) => view) };
  return calledTeacher(
    {
      reference: teacher,
      film,
      person: told.person,
      latent: teacherModel.latent,
      noiseSteps: teacherModel.noiseSteps,
      model: scene.packedTeacher,
      seconds: teacherSeconds,
    },
    ctx,
  );
}

/** Who the teacher is told that it is: the person of the picture, in the manner of its clips. */
function toldOf({ person, carried, landmarks, teacherModel }: Scored): Told {
  const { points, width, height } = carried;
  const layout = tokenLayout(points);
  const { low, high } = teacherModel.manners;
  const manner = new Float32Array(low.length);
  for (const { deformation } of person.voiced) {
    const tracks = carried
      .shifts(deformation.translations)
      .map((value, i) => value + points.positions[i % points.positions.length]);
    mannerNumbers(layout, toTokens(points, layout, tracks), deformation.fps).forEach(
      (value, i) => (manner[i] += value / person.voiced.length),
    );
  }
  return {
    person: personNumbers(landmarks, width, height),
    manner: manner.map((value, i) => Math.min(high[i], Math.max(low[i], value))),
  };
}

/** f32 [M, P, 3] frames of the clips, evenly over all of them. */
function posesOf({ voiced }: LearnedPerson, wanted: number): Float32Array {
  const frames = voiced.flatMap(({ deformation: { translations, particles, frames: count } }) =>
    Array.from({ length: count }, (_, f) => translations.subarray(f * particles * 3, (f + 1) * particles * 3)),
  );
  const count = Math.min(wanted, frames.length);
  const size = frames[0].length;
  const poses = new Float32Array(count * size);
  for (let i = 0; i < count; i++) poses.set(frames[Math.floor((i * frames.length) / count)], i * size);
  return poses;
}

function openFilmTerm(
  scene: TermScene & { readonly carried: CarriedPoints },
  params: TermParams,
  { root }: Opening,
): { readonly term: Term; readonly r2: number } {
  const { person, carried, decoder, tracks, schedule } = scene;
  requireVoices(tracks.length, person.filmVoices.length);
  tracks.forEach(({ fps }, i) => requireRate(fps, { input: `tracks[${i}]`, wanted: person.fps }));
  const { frames: T } = person.network;
  requireLong(
    tracks.map(({ frames }) => frames),
    { input: 'tracks', T },
  );
  const motion = fitPointMotion(
    carried,
    person.voiced.map(({ deformation }, i) => ({
      translations: deformation.translations,
      learned: person.clips[i],
    })),
  );
  const ways = tracks.map((each, i) => waysOf(carried, each, i));
  // Film and voice end where the shorter of them does.
  const voices = person.filmVoices.map((voice, i) => ({ ...voice, frames: Math.min(voice.frames, tracks[i].frames) }));
  const clean = ways.map(({ shifts }) => motion.read(shifts));
  const size = { ...person.network.size, frames: T };
  return {
    term: filmTerm({ voices, ways, clean, carried, layout: decoder.layout, size, schedule }, params, root),
    r2: motion.r2,
  };
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
