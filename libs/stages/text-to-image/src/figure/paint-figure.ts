import { createCanvas, type Canvas } from '@napi-rs/canvas';
import type { Image, Landmarks } from '@soliloquy/ports';
import { namedDraws } from '@soliloquy/random';
import { DESIGN } from './anatomy.ts';
import type { Brush } from './brush.ts';
import { paintArm, paintClothes, paintClothesBack } from './clothing.ts';
import { paintHairBack, paintHairFront } from './hair.ts';
import { paintHead } from './head.ts';
import { landmarksOf } from './landmarks.ts';
import { paintNeck } from './neck.ts';
import { paintRoom, type View } from './room.ts';
import { sitterOf } from './sitter.ts';
import type { Look } from './vocabulary.ts';

export interface Figure {
  /** alpha is the matte; the colours are those of the finished picture, room included */
  readonly image: Image;
  readonly landmarks: Landmarks;
  /** the room without the figure, opaque */
  readonly background: Image;
}

/**
 * Paint a person. Design units are scaled uniformly so that the whole figure is in the picture, feet near its lower
 * edge; the room fills the rest.
 *
 * `onPart` is awaited before each part; what it throws ends the painting.
 *
 * Person and room are painted apart: the person on nothing, so that the alpha of that layer is the matte, and the room
 * whole, so that it is the clean background.
 */
export async function paintFigure(
  look: Look,
  size: { width: number; height: number },
  seed: number,
  onPart: (done: number, total: number, part: string) => void | Promise<void> = () => {},
): Promise<Figure> {
  const { width, height } = size;
  const scale = Math.min(width / DESIGN.width, height / DESIGN.height);
  const left = (width - DESIGN.width * scale) / 2;
  const top = height - DESIGN.height * scale;
  const sitter = sitterOf(look, seed);
  const { anatomy } = sitter;

  const begin = (): { canvas: Canvas; brush: Brush } => {
    const canvas = createCanvas(width, height);
    const ctx = canvas.getContext('2d');
    ctx.translate(left, top);
    ctx.scale(scale, scale);
    return { canvas, brush: { ctx, scale } };
  };
  const room = begin();
  const person = begin();
  const atHead = (paint: () => void): void => {
    person.brush.ctx.save();
    person.brush.ctx.translate(anatomy.axis, anatomy.eyeY);
    paint();
    person.brush.ctx.restore();
  };
  const view: View = {
    left: -left / scale,
    top: -top / scale,
    right: (width - left) / scale,
    bottom: (height - top) / scale,
  };
  const parts: readonly (readonly [string, () => void])[] = [
    ['room', () => paintRoom(room.brush, sitter, view)],
    ['hair behind', () => atHead(() => paintHairBack(person.brush, sitter))],
    [
      'neck',
      () => {
        paintClothesBack(person.brush, sitter);
        paintNeck(person.brush, sitter);
      },
    ],
    ['clothes', () => paintClothes(person.brush, sitter)],
    [
      'arms',
      () => {
        for (const arm of [anatomy.leftArm, anatomy.rightArm]) paintArm(person.brush, sitter, arm);
      },
    ],
    ['head', () => atHead(() => paintHead(person.brush, sitter))],
    ['hair', () => atHead(() => paintHairFront(person.brush, sitter))],
    ['light', () => rimLight(person, begin())],
  ];
  for (const [index, [name, paint]] of parts.entries()) {
    await onPart(index, parts.length, name);
    paint();
    // Skia records and paints when pixels are asked for: asked part by part, no part holds the event loop for long
    (name === 'room' ? room : person).canvas.getContext('2d').getImageData(0, 0, 1, 1);
  }
  await onPart(parts.length, parts.length, 'done');

  const background = room.canvas.getContext('2d').getImageData(0, 0, width, height).data;
  const figure = person.canvas.getContext('2d').getImageData(0, 0, width, height).data;
  grain(background, width, seed, 2.2);
  grain(figure, width, seed + 1, 3);
  const { composed, clean } = compose(figure, background);
  return {
    image: { width, height, data: composed },
    background: { width, height, data: clean },
    landmarks: landmarksOf(anatomy, width, height, ([x, y]) => [left + x * scale, top + y * scale]),
  };
}

/**
 * The person over the room, with the person's alpha, and the room alone, opaque.
 *
 * @param figure     u8 [height, width, 4] straight
 * @param background u8 [height, width, 4]
 */
function compose(
  figure: Uint8ClampedArray,
  background: Uint8ClampedArray,
): { composed: Uint8ClampedArray; clean: Uint8ClampedArray } {
  const composed = new Uint8ClampedArray(figure.length);
  const clean = new Uint8ClampedArray(figure.length);
  for (let index = 0; index < composed.length; index += 4) {
    const alpha = figure[index + 3] / 255;
    for (let channel = 0; channel < 3; channel++) {
      clean[index + channel] = background[index + channel];
      composed[index + channel] = figure[index + channel] * alpha + background[index + channel] * (1 - alpha);
    }
    composed[index + 3] = figure[index + 3];
    clean[index + 3] = 255;
  }
  return { composed, clean };
}

/** Cool light from behind along the edges on the right, a thin warm one on the left: lifts the figure off the wall. */
function rimLight(person: { canvas: Canvas; brush: Brush }, layer: { canvas: Canvas; brush: Brush }): void {
  const { width, height } = person.canvas;
  const { scale } = person.brush;
  for (const [dx, dy, color, opacity, blur] of [
    [-3.4, 0.8, '#e4ecff', 0.3, 1],
    [2.8, 2, '#fff0d6', 0.2, 1],
  ] as const) {
    const ctx = layer.canvas.getContext('2d');
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, width, height);
    ctx.globalCompositeOperation = 'source-over';
    ctx.fillStyle = color;
    ctx.fillRect(0, 0, width, height);
    ctx.globalCompositeOperation = 'destination-out';
    ctx.filter = `blur(${(blur * scale).toFixed(2)}px)`;
    ctx.drawImage(person.canvas, dx * scale, dy * scale);
    ctx.restore();
    const target = person.canvas.getContext('2d');
    target.save();
    target.setTransform(1, 0, 0, 1, 0, 0);
    target.globalCompositeOperation = 'source-atop';
    target.globalAlpha = opacity;
    target.drawImage(layer.canvas, 0, 0);
    target.restore();
  }
}

/** Fine tooth of the paper: brightness up and down by `amount` of 255, triangular, each pixel on its own. */
function grain(data: Uint8ClampedArray, width: number, seed: number, amount: number): void {
  const random = namedDraws(seed, `grain ${width}`);
  for (let index = 0; index < data.length; index += 4) {
    const tooth = random.around(amount);
    data[index] += tooth;
    data[index + 1] += tooth;
    data[index + 2] += tooth;
  }
}
