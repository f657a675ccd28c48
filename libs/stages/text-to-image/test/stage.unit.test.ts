import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { encodePng } from '@soliloquy/media';
import { stageContext } from '@soliloquy/testing';
import { run as figure } from '../src/backbones/figure.ts';
import { run as picture } from '../src/backbones/picture.ts';
import { attributesOfPrompt } from '../src/figure/index.ts';

const none = { attributes: undefined, prompt: undefined, file: undefined };
const size = { width: 64, height: 96 };

describe('figure', () => {
  it('paints what the attributes say and gives picture, landmarks and background', async () => {
    const ctx = stageContext({ seed: 4 });
    const result = await figure(
      { ...none, attributes: { values: { gender: 'man', facialHair: 'beard', clothing: 'hoodie' }, prompt: '' } },
      size,
      ctx,
    );
    expect(ctx.logs.join()).toContain('gender man');
    expect(ctx.logs.join()).toContain('clothing hoodie');
    expect(result.image).toMatchObject(size);
    expect(result.background).toMatchObject(size);
    expect(result.landmarks).toMatchObject(size);
  });

  it('lets attributes go before the prompt', async () => {
    const ctx = stageContext({ seed: 4 });
    await figure(
      { ...none, attributes: { values: { gender: 'woman' }, prompt: '' }, prompt: 'a man in a suit' },
      size,
      ctx,
    );
    expect(ctx.logs.join()).toContain('gender woman');
    expect(ctx.logs.join()).toContain('clothing suit');
  });

  it('refuses attributes and values that it cannot paint, naming those it can', async () => {
    const paint = async (values: Record<string, string>): Promise<unknown> =>
      figure({ ...none, attributes: { values, prompt: '' } }, size, stageContext());
    await expect(paint({ hairstyle: 'mohawk' })).rejects.toThrow(
      'figure.attributes.hairstyle: expected one of short, bob, long',
    );
    await expect(paint({ hat: 'fez' })).rejects.toThrow('got "hat"');
    await expect(async () => figure(none, size, stageContext())).rejects.toThrow('expected attributes or a prompt');
  });

  it('stops between parts when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(async () =>
      figure({ ...none, prompt: 'a woman' }, size, stageContext({ signal: controller.signal })),
    ).rejects.toThrow();
  });
});

describe('words of a prompt', () => {
  it.each([
    [
      'A young woman with long red hair and fair skin, wearing a teal sweater',
      {
        age: 'young',
        gender: 'woman',
        hairstyle: 'long',
        hairColour: 'red',
        skinTone: 'light',
        clothingColour: 'teal',
        clothing: 'sweater',
      },
    ],
    [
      'an elderly, stout gentleman with a grey beard in a navy suit',
      { age: 'older', bodyType: 'heavy', gender: 'man', facialHair: 'beard', clothing: 'suit', clothingColour: 'navy' },
    ],
    [
      'black man, buzz cut, dark skin, white t-shirt',
      { gender: 'man', hairstyle: 'buzz cut', skinTone: 'dark', clothing: 't-shirt', clothingColour: 'white' },
    ],
    ['a blonde in a dress shirt', { hairColour: 'blond', clothing: 'shirt' }],
    ['a lady in a green dress', { gender: 'woman', clothing: 'dress', clothingColour: 'sage' }],
    ['someone', {}],
  ])('understands “%s”', (prompt, expected) => {
    expect(attributesOfPrompt(prompt)).toEqual(expected);
  });

  it("understands the sentence of attribute-sampler's embedded dictionary", () => {
    const values = {
      age: 'middle-aged',
      gender: 'woman',
      bodyType: 'slim',
      skinTone: 'olive',
      hairstyle: 'curly',
      hairColour: 'dark brown',
      facialHair: 'none',
      clothingColour: 'burgundy',
      clothing: 'blouse and skirt',
    };
    const prompt =
      `A full-body photograph of one ${values.age} ${values.gender} of ${values.bodyType} build ` +
      `with ${values.skinTone} skin, ${values.hairstyle} ${values.hairColour} hair ` +
      `and facial hair: ${values.facialHair}, wearing a ${values.clothingColour} ${values.clothing}, ` +
      'standing in a plain room, facing the camera, both hands visible.';
    const { facialHair: _facialHair, ...said } = values;
    expect(attributesOfPrompt(prompt)).toMatchObject(said);
  });
});

describe('picture', () => {
  const image = {
    width: 300,
    height: 400,
    data: Uint8ClampedArray.from({ length: 300 * 400 * 4 }, (_, index) => (index * 37 + (index >> 9)) & 255),
  };

  it('passes a picture on byte for byte, alpha and colour under it too', async () => {
    const result = await picture(
      { ...none, file: { name: 'me.png', bytes: await encodePng(image) } },
      { maxArea: 2_400_000 },
      stageContext(),
    );
    const digest = (data: Uint8ClampedArray): string => createHash('sha256').update(data).digest('hex');
    expect(digest(result.image.data)).toBe(digest(image.data));
    expect(result.landmarks).toBeUndefined();
    expect(result.background).toBeUndefined();
  });

  it('scales a large picture down to the area, keeping its aspect', async () => {
    const result = await picture(
      { ...none, file: { name: 'me.png', bytes: await encodePng(image) } },
      { maxArea: 70_000 },
      stageContext(),
    );
    expect(result.image.width * result.image.height).toBeLessThan(72_000);
    expect(result.image.width / result.image.height).toBeCloseTo(0.75, 1);
  });

  it('gives a cut-out that it scales down no rim of what lies under its clear part', async () => {
    const rims = await Promise.all(
      [0, 255].map(async (under) => {
        const data = Uint8ClampedArray.from({ length: 512 * 512 * 4 }, (_, i) => {
          const pixel = i >> 2;
          const inside = Math.hypot((pixel & 511) - 255.5, (pixel >> 9) - 255.5) < 180;
          return i % 4 === 3 ? (inside ? 255 : 0) : inside ? 108 : under;
        });
        const bytes = await encodePng({ width: 512, height: 512, data });
        const { image: small } = await picture(
          { ...none, file: { name: 'me.png', bytes } },
          { maxArea: 70_000 },
          stageContext(),
        );
        const rim = Array.from({ length: small.data.length / 4 }, (_, i) => 4 * i).filter(
          (i) => small.data[i + 3]! > 96 && small.data[i + 3]! < 160,
        );
        return rim.reduce((sum, i) => sum + small.data[i]!, 0) / rim.length;
      }),
    );
    for (const rim of rims) expect(Math.abs(rim - 108)).toBeLessThan(1.5);
  });

  // libs/platform/media/test/fixtures/pictures/make-others.sh
  it.each([
    ['rim-imagemagick.png', 1],
    ['rim-ffmpeg.png', 1],
    ['rim-pillow.webp', 1],
    ['rim-cwebp.webp', 20],
  ])('gives %s no rim when it scales it down', async (name, tolerance) => {
    const bytes = await readFile(new URL(`../../../platform/media/test/fixtures/pictures/${name}`, import.meta.url));
    const { image: small } = await picture({ ...none, file: { name, bytes } }, { maxArea: 20_000 }, stageContext());
    expect(small.width).toBeLessThan(150);
    for (let at = 0; at < small.data.length; at += 4)
      if (small.data[at + 3]! > 16)
        for (const [c, value] of [200, 90, 60].entries())
          expect(Math.abs(small.data[at + c]! - value)).toBeLessThanOrEqual(tolerance);
  });

  it('says that a picture was HDR', async () => {
    const file = new URL('../../../platform/media/test/fixtures/pictures/pq.png', import.meta.url);
    const said: string[] = [];
    const bytes = await readFile(file);
    await expect(
      picture(
        { ...none, file: { name: 'me.png', bytes } },
        { maxArea: 70_000 },
        stageContext({ log: (message) => void said.push(message) }),
      ),
    ).rejects.toThrow('at least 256 pixels');
    expect(said).toEqual([]);
    const wide = Buffer.from(await encodePng(image));
    // cICP of BT.2020 and HLG, before the pixels; libvips does not look at the checksum of what it does not know
    const chunk = Buffer.from([0, 0, 0, 4, ...Buffer.from('cICP'), 9, 18, 0, 1, 0, 0, 0, 0]);
    await picture(
      { ...none, file: { name: 'me.png', bytes: Buffer.concat([wide.subarray(0, 33), chunk, wide.subarray(33)]) } },
      { maxArea: 2_400_000 },
      stageContext({ log: (message) => void said.push(message) }),
    );
    expect(said).toEqual([expect.stringContaining('me.png: is HDR (HLG); tone-mapped')]);
  });

  it('refuses what is no picture, and says what it is called', async () => {
    await expect(async () =>
      picture(
        { ...none, file: { name: 'notes.txt', bytes: new TextEncoder().encode('hello') } },
        { maxArea: 2_400_000 },
        stageContext(),
      ),
    ).rejects.toThrow('notes.txt');
    await expect(async () => picture(none, { maxArea: 2_400_000 }, stageContext())).rejects.toThrow(
      'picture.file: expected a picture',
    );
  });
});
