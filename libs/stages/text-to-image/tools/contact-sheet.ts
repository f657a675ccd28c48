/** Paints the README's contact sheet: `node libs/stages/text-to-image/tools/contact-sheet.ts`. */
import { writeFileSync } from 'node:fs';
import { createCanvas, ImageData } from '@napi-rs/canvas';
import { lookOf, paintFigure, type Look } from '../src/figure/index.ts';

const CELL = { width: 512, height: 768 };
const SHOWN = { width: 320, height: 480 };
const COLUMNS = 4;
const people: readonly Partial<Look>[] = [
  {
    gender: 'woman',
    age: 'young',
    hairstyle: 'long',
    hairColour: 'chestnut',
    clothing: 'shirt',
    clothingColour: 'teal',
    skinTone: 'light',
    bodyType: 'average',
  },
  {
    gender: 'man',
    age: 'young',
    hairstyle: 'curly',
    hairColour: 'black',
    facialHair: 'beard',
    clothing: 'hoodie',
    clothingColour: 'mustard',
    skinTone: 'dark',
    bodyType: 'athletic',
  },
  {
    gender: 'woman',
    age: 'young',
    hairstyle: 'bun',
    hairColour: 'red',
    clothing: 'dress',
    clothingColour: 'sage',
    skinTone: 'very light',
    bodyType: 'slim',
  },
  {
    gender: 'man',
    age: 'middle-aged',
    hairstyle: 'short',
    hairColour: 'dark brown',
    facialHair: 'none',
    clothing: 'suit',
    clothingColour: 'navy',
    skinTone: 'medium',
    bodyType: 'average',
  },
  {
    gender: 'woman',
    age: 'middle-aged',
    hairstyle: 'curly',
    hairColour: 'dark brown',
    clothing: 'blouse and skirt',
    clothingColour: 'white',
    skinTone: 'brown',
    bodyType: 'heavy',
  },
  {
    gender: 'man',
    age: 'older',
    hairstyle: 'bald',
    hairColour: 'grey',
    facialHair: 'beard',
    clothing: 'sweater',
    clothingColour: 'charcoal',
    skinTone: 'olive',
    bodyType: 'heavy',
  },
  {
    gender: 'woman',
    age: 'young',
    hairstyle: 'bob',
    hairColour: 'black',
    clothing: 'sweater',
    clothingColour: 'burgundy',
    skinTone: 'medium',
    bodyType: 'slim',
  },
  {
    gender: 'man',
    age: 'young',
    hairstyle: 'buzz cut',
    hairColour: 'black',
    facialHair: 'stubble',
    clothing: 't-shirt',
    clothingColour: 'white',
    skinTone: 'brown',
    bodyType: 'athletic',
  },
];

const sheet = createCanvas(SHOWN.width * COLUMNS, SHOWN.height * Math.ceil(people.length / COLUMNS));
const ctx = sheet.getContext('2d');
for (const [index, said] of people.entries()) {
  const { image } = await paintFigure(lookOf(said as Record<string, string>, index + 1), CELL, index + 1);
  const opaque = Uint8ClampedArray.from(image.data, (value, at) => (at % 4 === 3 ? 255 : value));
  const cell = createCanvas(CELL.width, CELL.height);
  cell.getContext('2d').putImageData(new ImageData(opaque, CELL.width, CELL.height), 0, 0);
  ctx.drawImage(
    cell,
    (index % COLUMNS) * SHOWN.width,
    Math.floor(index / COLUMNS) * SHOWN.height,
    SHOWN.width,
    SHOWN.height,
  );
}
writeFileSync(new URL('../figures.jpg', import.meta.url), await sheet.encode('jpeg', 86));
