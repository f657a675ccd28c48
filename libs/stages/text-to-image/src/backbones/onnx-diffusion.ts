import type { Image } from '@soliloquy/media';
import { StageError, type RunOf, type StageContext } from '@soliloquy/stage';
import { createRng } from '@soliloquy/tensor';
import { Networks } from '@soliloquy/whole-body';
import { openDecoder } from '../diffusion/decode-latents.ts';
import { denoise, samplerOf } from '../diffusion/denoise.ts';
import { encodePrompts } from '../diffusion/encode-prompt.ts';
import { best, judge, sheetOf, type Judgement } from '../diffusion/judge-candidates.ts';
import { openNetwork, type Canvas } from '../diffusion/network.ts';
import { openPipelineFolder, type PipelineFolder } from '../diffusion/pipeline-folder.ts';
import { previewLatents } from '../diffusion/preview-latents.ts';
import type { textToImageStage } from '../stage.ts';

type Run = RunOf<typeof textToImageStage, 'onnx-diffusion'>;
type Params = Parameters<Run>[1];

const WHERE = 'onnx-diffusion';

/** What the parts of a run share. */
interface Drawing {
  readonly folder: PipelineFolder;
  readonly canvas: Canvas;
  readonly params: Params;
  readonly ctx: StageContext;
}

/** The subject's sentence in the template leads a diffusion model; of several pictures the best is kept. */
export const run: Run = async (inputs, params, ctx) => {
  const sentence = inputs.prompt ?? inputs.attributes?.prompt ?? '';
  if (sentence.trim() === '')
    throw new StageError({
      code: 'stage.missing-input',
      where: `${WHERE}.attributes`,
      expected: 'attributes with a prompt, or a prompt',
      got: 'no words',
      remedy: 'connect attribute-sampler.attributes or a text',
    });
  const folder = openPipelineFolder(await ctx.model(params.model), `${WHERE}.model "${params.model}"`);
  const drawing = { folder, canvas: canvasOf(folder, params), params, ctx };
  const latents = await drawLatents(drawing, params.template.replaceAll('{prompt}', sentence));
  const images = await decodeAll(drawing, latents);
  const kept = images.length === 1 ? 0 : await chooseBest(images, ctx);
  const image = images[kept] as Image;
  const others = images.filter((_, index) => index !== kept);
  return { image, candidates: sheetOf([image, ...others]) };
};

/** Looks at all candidates and tells what was seen of each; index of the one to keep. */
async function chooseBest(images: readonly Image[], ctx: StageContext): Promise<number> {
  const networks = new Networks({ threads: ctx.threads });
  try {
    const judgements: Judgement[] = [];
    for (const [index, image] of images.entries()) {
      await ctx.step(index, images.length, `looking at picture ${index + 1}`);
      judgements.push(await judge(networks, image));
      for (const [name, value] of Object.entries(judgements[index] as Judgement)) ctx.scalar(name, index, value);
    }
    const kept = best(judgements);
    ctx.log(`kept candidate ${kept + 1} of ${images.length}: ${wordsOf(judgements[kept] as Judgement)}`);
    return kept;
  } finally {
    await networks.dispose();
  }
}

function wordsOf({ people, body, frontal, hands, sharpness }: Judgement): string {
  const shares = { body, frontal, hands };
  const told = Object.entries(shares).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  return `${people} ${people === 1 ? 'person' : 'people'}, ${told.join(', ')}, sharpness ${sharpness.toFixed(0)}`;
}

/** @throws StageError `stage.argument` for a size that is no whole number of latents */
function canvasOf({ latent, family }: PipelineFolder, { width, height }: Params): Canvas {
  // Transformers take latents in squares of four.
  const unit = latent.pixels * (family === 'sd3' || family === 'flux' ? 2 : 1);
  for (const [name, side] of Object.entries({ width, height }))
    if (side % unit !== 0)
      throw new StageError({
        code: 'stage.argument',
        where: `${WHERE}.${name}`,
        expected: `a multiple of ${unit} for this model`,
        got: String(side),
        remedy: `e.g. ${Math.max(unit, Math.round(side / unit) * unit)}`,
      });
  const { channels, pixels } = latent;
  return { width, height, channels, rows: height / pixels, columns: width / pixels };
}

/** Latents of every candidate; a candidate's draw does not depend on how many there are. */
async function drawLatents({ folder, canvas, params, ctx }: Drawing, prompt: string): Promise<Float32Array[]> {
  const { steps, guidance, candidates } = params;
  const log = (message: string): void => ctx.log(`${WHERE}: ${message}`);
  const byTwo = guidance > 1 && !takesGuidance(folder);
  const unwanted = params.negativePrompt.trim() === '' ? undefined : params.negativePrompt;
  await ctx.step(0, steps * candidates, 'reading the prompt');
  const reading = { where: WHERE, threads: ctx.threads, log };
  const [wanted, away] = await encodePrompts(folder, byTwo ? [prompt, unwanted] : [prompt], reading);
  const network = await openNetwork(folder, { where: WHERE, threads: ctx.threads, canvas, guidance });
  try {
    const drawn: Float32Array[] = [];
    for (let candidate = 0; candidate < candidates; candidate++)
      drawn.push(
        await denoise({
          network,
          scheduler: samplerOf(folder, params.scheduler, { steps, canvas, log }),
          canvas,
          wanted: wanted as NonNullable<typeof wanted>,
          unwanted: byTwo ? away : undefined,
          guidance,
          rng: createRng(ctx.seed).fork(`candidate ${candidate}`),
          step: async (index, _steps, denoised) => {
            const seen = denoised && (await previewLatents(folder.family, canvas, denoised));
            const note = `picture ${candidate + 1}, step ${index + 1}`;
            await ctx.step(candidate * steps + index, steps * candidates, note, seen);
          },
        }),
      );
    return drawn;
  } finally {
    await network.dispose();
  }
}

/** Distilled on guidance: it is an input of the network, and there is one prediction per step. */
function takesGuidance({ family, widths }: PipelineFolder): boolean {
  return family === 'flux' || widths.guidance !== undefined;
}

async function decodeAll({ folder, canvas, params, ctx }: Drawing, latents: readonly Float32Array[]): Promise<Image[]> {
  let picture = 0;
  const decoder = await openDecoder(folder, {
    where: WHERE,
    threads: ctx.threads,
    canvas,
    tile: params.tile,
    step: (index, tiles) =>
      ctx.step(picture * tiles + index, latents.length * tiles, `decoding picture ${picture + 1}`),
  });
  try {
    const images: Image[] = [];
    for (const each of latents) {
      images.push(await decoder.decode(each));
      picture++;
    }
    return images;
  } finally {
    await decoder.dispose();
  }
}
