import { StageError } from '@soliloquy/stage';
import { randomOf } from './random.ts';
import { ATTRIBUTE_NAMES, VOCABULARY, type AttributeName, type Look } from './vocabulary.ts';

/**
 * What a figure looks like: what is said, and for the rest a draw by seed. A draw never gives a woman a beard or a man
 * a dress; said, it is painted.
 *
 * @throws StageError `attribute-unpaintable` for an attribute or a value that the painter does not know
 */
export function lookOf(said: Readonly<Record<string, string>>, seed: number): Look {
  for (const [name, value] of Object.entries(said)) {
    if (!Object.hasOwn(VOCABULARY, name))
      throw new StageError({
        code: 'stage.attribute-unpaintable',
        where: 'figure.attributes',
        expected: `attributes out of ${ATTRIBUTE_NAMES.join(', ')}`,
        got: `"${name}"`,
        remedy: 'rename it in the dictionary or use another backbone',
      });
    const known: readonly string[] = VOCABULARY[name as AttributeName];
    if (!known.includes(value))
      throw new StageError({
        code: 'stage.attribute-unpaintable',
        where: `figure.attributes.${name}`,
        expected: `one of ${known.join(', ')}`,
        got: `"${value}"`,
        remedy: 'change it in the dictionary or use another backbone',
      });
  }
  const look: Partial<Record<AttributeName, string>> = { ...said };
  for (const name of ATTRIBUTE_NAMES) {
    look[name] ??= randomOf(seed, `look ${name}`).pick(likely(name, look));
  }
  return look as Look;
}

/**
 * The values that a draw chooses from, given what is already known. Attributes come in the order of the vocabulary:
 * gender and age first.
 */
function likely(name: AttributeName, known: Partial<Record<AttributeName, string>>): readonly string[] {
  const woman = known.gender === 'woman';
  if (name === 'facialHair') return woman ? ['none'] : VOCABULARY.facialHair;
  if (name === 'hairstyle')
    return woman
      ? ['short', 'bob', 'long', 'curly', 'bun', 'ponytail']
      : ['short', 'short', 'long', 'curly', 'buzz cut', 'bald'];
  if (name === 'clothing') return woman ? VOCABULARY.clothing : ['t-shirt', 'shirt', 'sweater', 'hoodie', 'suit'];
  if (name === 'hairColour')
    return known.age === 'older'
      ? ['grey', 'grey', 'blond', 'dark brown']
      : ['black', 'dark brown', 'chestnut', 'blond', 'red'];
  return VOCABULARY[name];
}
