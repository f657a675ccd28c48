import type { Deformation, Metrics, ParticleDeformation } from '@soliloquy/ports';
import { speechEnvelope } from '@soliloquy/speech-features';
import { StageError, type RunOf } from '@soliloquy/stage';
import { compareFilms, faceSharpness } from '../film-measures.ts';
import { lagCorrelation } from '../lag-correlation.ts';
import { accelerationError, meanMotion, motionVariance, mouthMotion, mouthOpening } from '../motion-measures.ts';
import type { evaluationStage } from '../stage.ts';

/** Largest lag that is searched, frames. */
const REACH = 12;

export const run: RunOf<typeof evaluationStage, 'measures'> = async (
  { video, image, landmarks, gaussians, audio, deformation, truth, reference, clips, voices },
  params,
  ctx,
) => {
  const values: Record<string, number> = {};
  const about: Record<string, NonNullable<Metrics['about']>[string]> = {};
  const put = (name: string, value: number, note: NonNullable<Metrics['about']>[string]): void => {
    values[name] = value;
    about[name] = note;
  };
  const own = particles('deformation', deformation);
  const at = `film ${video.width}x${video.height}, ${video.fps} fps`;

  await ctx.step(0, 4, 'sharpness');
  put('sharpness', await faceSharpness(video, image, landmarks, params.every), {
    better: 'higher',
    text: 'variance of the Laplacian of the face over that of the picture at film size, median over frames',
  });
  if (reference) {
    if (reference.width !== video.width || reference.height !== video.height)
      throw new StageError({
        code: 'stage.size-mismatch',
        where: 'evaluation.reference',
        expected: `${video.width}x${video.height} as the film`,
        got: `${reference.width}x${reference.height}`,
        remedy: 'give both the same area',
      });
    await ctx.step(1, 4, 'PSNR and SSIM');
    const { psnr, ssim } = await compareFilms(video, reference, params.every);
    put('psnr', psnr, {
      unit: 'dB',
      better: 'higher',
      text: 'the film against the true clip of its voice, inside the matte; idle motion differs by nature',
    });
    put('ssim', ssim, { better: 'higher', text: 'on the same pixels' });
  }

  await ctx.step(2, 4, 'motion');
  const learned = clips?.map((clip, index) => particles(`clips[${index}]`, clip)) ?? [];
  const mouth = mouthMotion(gaussians, own);
  if (truth) {
    const truly = mouthMotion(gaussians, particles('truth', truth));
    if (truly.points !== mouth.points)
      throw new StageError({
        code: 'stage.particle-mismatch',
        where: 'evaluation.truth',
        expected: `the ${mouth.points} particles of mouth and jaw that the film has`,
        got: `${truly.points}`,
        remedy: 'fit it with the same gaussians and params',
      });
    const note = (text: string) => ({
      unit: 'px/frame²',
      better: 'lower' as const,
      text: `${text}, mouth and jaw relative to the head, ${at}`,
    });
    put('acc-err:particles', accelerationError(mouth, truly), note('acceleration error of the particles'));
    put('acc-err:particles/still', accelerationError(undefined, truly), note('the same of standing still'));
    if (learned.length > 0)
      put(
        'acc-err:particles/mean-clip',
        accelerationError(meanMotion(learned.map((clip) => mouthMotion(gaussians, clip))), truly),
        note('the same of the mean clip'),
      );
  }
  if (learned.length > 0) {
    const made = motionVariance(gaussians, [own]);
    const usual = motionVariance(gaussians, learned);
    for (const [part, variance] of Object.entries(made)) {
      const of = usual[part as keyof typeof usual];
      if (of)
        put(`variance:${part}`, variance / of, { text: `variance of the ${part}'s motion over that of the clips` });
    }
  }

  await ctx.step(3, 4, 'mouth and voice');
  const opening = mouthOpening(gaussians, own);
  const heard = lagCorrelation(opening, speechEnvelope(audio, own.fps, own.frames), REACH);
  put('sync:envelope', heard.best, {
    better: 'higher',
    text: `highest correlation of mouth opening and loudness over ±${REACH} frames`,
  });
  put('sync:envelope-lag', Math.abs(heard.lag), {
    unit: 'frames',
    better: 'lower',
    text: 'how far from zero lag that is',
  });
  if (voices && voices.length > 0) {
    const others = voices.map(
      (voice) => lagCorrelation(opening, speechEnvelope(voice, own.fps, own.frames), REACH).best,
    );
    put('sync:envelope/other', Math.max(...others), {
      better: 'lower',
      text: 'the same with the voices of other clips, highest of them',
    });
  }
  ctx.progress(4, 4);
  return { metrics: { values, about } };
};

function particles(where: string, deformation: Deformation): ParticleDeformation {
  if (deformation.kind !== 'particles')
    throw new StageError({
      code: 'stage.deformation-kind',
      where: `evaluation.${where}`,
      expected: 'a deformation by particles',
      got: `a ${deformation.kind} one`,
      remedy: 'fit with control-nodes',
    });
  return deformation;
}
