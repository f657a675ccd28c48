import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeImage } from '@soliloquy/media';
import type { StageContext } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/backbones/onnx-diffusion.ts';
import { tilesOf } from '../src/diffusion/decode-latents.ts';
import { packed, unpacked } from '../src/diffusion/network.ts';
import { textToImageStage } from '../src/index.ts';
import { LAYOUTS, writePipeline, type Layout } from './fixture/tiny-pipelines.ts';

const root = mkdtempSync(join(tmpdir(), 'soliloquy-pipelines-'));
// Where networks that look at candidates are kept.
process.env.XDG_CACHE_HOME = join(root, 'cache');
beforeAll(() => LAYOUTS.forEach((layout) => writePipeline(join(root, layout), layout)));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const { params } = textToImageStage.backbones['onnx-diffusion'];
type Params = ReturnType<typeof params.parse>;
const none = { attributes: undefined, file: undefined };

async function draw(layout: Layout, wishes: Partial<Params> = {}, given: Partial<StageContext> = {}) {
  await using ctx = stageContext({ model: (name) => Promise.resolve(join(root, name)), ...given });
  const wanted = params.parse({ width: 64, height: 96, steps: 4, guidance: 4, ...wishes, model: layout });
  return { ...(await run({ ...none, prompt: 'a photo of a cat' }, wanted, ctx)), ctx };
}

/** Samplers that a folder's own is, or that take its place. */
const OWN: Readonly<Partial<Record<Layout, string>>> = { sd15: 'ddim', sd21: 'ddim', 'sd15-f16': 'ddim', lcm: 'lcm' };

const digest = (image: { data: Uint8ClampedArray }): string =>
  createHash('sha256').update(image.data).digest('hex').slice(0, 16);

test('all tiny pipelines together are a few hundred kilobytes, tokenizers apart', () => {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    (each) => each.name === 'model.onnx',
  );
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  expect(bytes).toBeLessThan(600_000);
});

describe.each(LAYOUTS)('%s', (layout) => {
  test('gives an opaque picture of the size, the same on 1, 2 and 4 threads, another with another seed', async () => {
    const { image, candidates } = await draw(layout);
    expect([image.width, image.height, image.data.length]).toEqual([64, 96, 64 * 96 * 4]);
    expect(candidates).toEqual(image);
    const colors = new Set<number>();
    for (let i = 0; i < image.data.length; i += 4) colors.add(image.data[i]!);
    expect(colors.size).toBeGreaterThan(20);
    expect(image.data.every((value, index) => index % 4 !== 3 || value === 255)).toBe(true);
    for (const threads of [1, 2, 4])
      expect([threads, digest((await draw(layout, {}, { threads })).image)]).toEqual([threads, digest(image)]);
    expect(digest((await draw(layout, {}, { seed: 2 })).image)).not.toBe(digest(image));
  });

  test('shows after each step what it will be, small, of the latents that the step took for clean', async () => {
    const { ctx } = await draw(layout, { steps: 3 });
    const pictures = ctx.reports.flatMap(({ note, picture }) => (note?.includes('step') ? [picture] : []));
    expect(pictures.map((picture) => picture !== undefined)).toEqual([false, true, true]);
    const [first, second] = await Promise.all(pictures.slice(1).map((picture) => decodeImage(picture as Uint8Array)));
    expect([first?.width, first?.height]).toEqual([second?.width, second?.height]);
    expect(first?.data).not.toEqual(second?.data);
  });

  test('is led by prompt, guidance, steps and sampler', async () => {
    const seen = [digest((await draw(layout)).image)];
    // Flows have one sampler here; others any but their own.
    const others = (['ddim', 'dpm-solver++-2m', 'lcm'] as const).filter((name) => name !== OWN[layout]);
    const samplers = layout.startsWith('sd3') || layout.startsWith('flux') ? [] : others;
    for (const wishes of [
      { template: 'another {prompt}' },
      { guidance: 8 },
      { steps: 5 },
      ...samplers.map((scheduler) => ({ scheduler })),
    ])
      seen.push(digest((await draw(layout, wishes)).image));
    // FLUX schnell takes no guidance at all.
    if (layout === 'flux-schnell') seen.splice(2, 1);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('guidance', () => {
  test('is by two predictions above 1, by one at 1 or less, and an input of distilled models', async () => {
    const at = async (layout: Layout, wishes: Partial<Params>) => digest((await draw(layout, wishes)).image);
    // Without guidance it matters not what is led away from; 0 and 1 are one.
    const free = await at('sd15', { guidance: 1 });
    expect(await at('sd15', { guidance: 0, negativePrompt: 'blurry' })).toBe(free);
    const led = await at('sd15', { guidance: 3, negativePrompt: 'blurry' });
    expect(await at('sd15', { guidance: 3, negativePrompt: 'painting' })).not.toBe(led);
    const distilled = await at('lcm', { guidance: 3, negativePrompt: 'blurry' });
    expect(await at('lcm', { guidance: 3, negativePrompt: 'painting' })).toBe(distilled);
    expect(await at('lcm', { guidance: 5 })).not.toBe(distilled);
    expect(await at('flux-dev', { guidance: 3 })).not.toBe(await at('flux-dev', { guidance: 5 }));
  });

  test('of SDXL leads away from zeros where nothing is unwanted, of others from an empty text', async () => {
    const xl = digest((await draw('sdxl', { negativePrompt: ' ' })).image);
    expect(digest((await draw('sdxl', { negativePrompt: 'text' })).image)).not.toBe(xl);
    writePipeline(join(root, 'unforced'), 'sdxl');
    const index = { _class_name: 'StableDiffusionXLPipeline', force_zeros_for_empty_prompt: false };
    writeFileSync(join(root, 'unforced/model_index.json'), JSON.stringify(index));
    const unforced = await draw('sdxl', { negativePrompt: ' ' }, { model: async () => join(root, 'unforced') });
    expect(digest(unforced.image)).not.toBe(xl);
  });
});

describe('candidates', () => {
  test('are drawn each from its own noise, the sharpest is kept, all are shown, the kept one first', async () => {
    const { image, candidates, ctx } = await draw('sd15', { candidates: 3 });
    expect([candidates?.width, candidates?.height]).toEqual([128, 192]);
    const sharpness = ctx.scalars.filter(({ name }) => name === 'sharpness').map(({ value }) => value);
    expect(sharpness.length).toBe(3);
    const kept = sharpness.indexOf(Math.max(...sharpness));
    // Nobody is seen in any of them: the sharpest is kept.
    expect(ctx.scalars.filter(({ name }) => name === 'people').map(({ value }) => value)).toEqual([0, 0, 0]);
    expect(ctx.logs.join()).toContain(`kept candidate ${kept + 1} of 3: 0 people`);
    const first = await draw('sd15');
    const alone = await draw('sd15', { candidates: 2 });
    // A candidate is the same however many there are.
    if (kept === 0) expect(digest(image)).toBe(digest(first.image));
    expect([...first.image.data.subarray(0, 64)]).not.toEqual([]);
    expect(alone.ctx.scalars.find(({ name }) => name === 'sharpness')?.value).toBe(sharpness[0]);
    const corner = candidates!.data.subarray(0, 4 * 64);
    expect([...corner]).toEqual([...image.data.subarray(0, 4 * 64)]);
  });
});

describe('decoding in tiles', () => {
  test('gives almost the picture of one piece: latents tell only in their neighbours', async () => {
    const wishes = { width: 256, height: 192 };
    const whole = (await draw('sd15', { ...wishes, tile: 512 })).image;
    const tiled = (await draw('sd15', { ...wishes, tile: 16 })).image;
    let [most, sum] = [0, 0];
    for (let i = 0; i < whole.data.length; i++) {
      const off = Math.abs(whole.data[i]! - tiled.data[i]!);
      most = Math.max(most, off);
      sum += off;
    }
    expect(sum / whole.data.length).toBeLessThan(1);
    expect(sum).toBeGreaterThan(0);
    // At the rim of a tile the decoder sees zeros beyond; there the neighbour's pixels count most.
    expect(most).toBeLessThan(60);
  });

  test('covers every latent, in tiles of one size that overlap by a quarter or more', () => {
    for (const [size, tile] of [
      [96, 96],
      [97, 96],
      [128, 96],
      [300, 64],
      [17, 16],
    ] as const) {
      const spans = tilesOf(size, tile);
      const last = spans.at(-1)!;
      expect([spans[0]!.start, last.start + last.size, spans[0]!.before, last.after]).toEqual([0, size, 0, 0]);
      for (const [i, span] of spans.entries()) {
        expect(span.size).toBe(Math.min(size, tile));
        if (i > 0) expect(span.before).toBeGreaterThanOrEqual(Math.floor(tile / 4));
        if (i > 0) expect(spans[i - 1]!.after).toBe(span.before);
      }
    }
  });
});

test('latents of FLUX are packed in squares of four and come back', () => {
  const canvas = { width: 0, height: 0, channels: 2, rows: 4, columns: 6 };
  const latents = Float32Array.from({ length: 48 }, (_, index) => index);
  const tokens = packed(latents, canvas);
  // The first token: channel 0 at (0, 0), (0, 1), (1, 0), (1, 1), then channel 1.
  expect([...tokens.subarray(0, 8)]).toEqual([0, 1, 6, 7, 24, 25, 30, 31]);
  expect(unpacked(tokens, canvas)).toEqual(latents);
});

describe('it says how far it is', () => {
  test('step by step, and ends within a step when it is cancelled', async () => {
    const { ctx } = await draw('sd15', { steps: 3 });
    expect(ctx.reports.map(({ note }) => note)).toEqual([
      'reading the prompt',
      'picture 1, step 1',
      'picture 1, step 2',
      'picture 1, step 3',
      'decoding picture 1',
    ]);
    const controller = new AbortController();
    const progress = (done: number): void => void (done === 2 && controller.abort(new Error('enough')));
    await expect(draw('sd15', { steps: 9 }, { progress, signal: controller.signal })).rejects.toThrow('enough');
  });

  test('and what it does otherwise than the folder says', async () => {
    const { ctx } = await draw('sd15');
    expect(ctx.logs.join()).toContain("the folder's scheduler PNDMScheduler is not here: ddim takes its place");
    const long = await draw('sd15', { template: 'a photo of a cat '.repeat(30) });
    expect(long.ctx.logs.join()).toMatch(/text_encoder: the last \d+ tokens of "a photo of a cat .*" do not fit/);
  });
});

describe('what cannot be drawn is refused by name', () => {
  test('sizes, words, models', async () => {
    await expect(draw('sd15', { width: 68 })).rejects.toThrow('width: expected a multiple of 8 for this model, got 68');
    await expect(draw('sd3', { height: 104 })).rejects.toThrow('height: expected a multiple of 16');
    const empty = run({ ...none, prompt: ' ' }, params.parse({}), stageContext());
    await expect(empty).rejects.toMatchObject({ code: 'stage.missing-input' });
    const other = { model: () => Promise.reject(new Error('not here')) };
    await expect(draw('sd15', {}, other)).rejects.toThrow('not here');
  });

  test.each<[string, Layout, string, object | string, string]>([
    ['kind', 'sd15', 'model_index.json', { _class_name: 'KandinskyPipeline' }, 'got "KandinskyPipeline"'],
    ['index', 'sd15', 'model_index.json', '{', 'expected JSON'],
    ['sampler', 'sd15', 'scheduler/scheduler_config.json', { thresholding: true }, 'thresholding: expected settings'],
    ['decoder', 'sd15', 'vae_decoder/config.json', { latent_channels: -1 }, 'its field latent_channels right'],
    ['model', 'sd15', 'unet/model.onnx', 'no model', 'unet'],
    ['encoder', 'sdxl', 'text_encoder/config.json', {}, 'expected num_hidden_layers in its config.json, got none'],
  ])('a folder with a strange %s', async (name, layout, file, content, says) => {
    const folder = join(root, `strange ${name}`);
    writePipeline(folder, layout);
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
    const drawn = draw(layout, {}, { model: () => Promise.resolve(folder) });
    await expect(drawn).rejects.toThrow(says);
    await expect(drawn).rejects.toMatchObject({
      code: expect.stringMatching(/^(model|schedulers|tensor)\./) as string,
    });
  });

  test('a network that wants what nobody gives it', async () => {
    const folder = join(root, 'mixed');
    writePipeline(folder, 'sd15');
    writePipeline(join(root, 'mixed-xl'), 'sdxl');
    rmSync(join(folder, 'unet'), { recursive: true });
    const { cpSync } = await import('node:fs');
    cpSync(join(root, 'mixed-xl/unet'), join(folder, 'unet'), { recursive: true });
    await expect(draw('sd15', {}, { model: () => Promise.resolve(folder) })).rejects.toThrow(
      /unet: expected inputs out of sample, timestep, encoder_hidden_states.*, got "text_embeds"/,
    );
  });
});
