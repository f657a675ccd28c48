import { z } from 'zod';
import { StageError } from '@soliloquy/stage';

const word = z.string().trim().min(1).max(80);

/**
 * What a subject may look like.
 *
 * `attributes`: the values each attribute can take. `forbid`: combinations that no subject has; a rule names for two or
 * more attributes the values that must not meet (`{ "gender": "woman", "facialHair": ["beard", "stubble"] }`).
 * `prompt`: the sentence for text-to-image, with `{attribute}` in place of its value.
 */
export const dictionarySchema = z.strictObject({
  attributes: z.record(
    z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'expected a camelCase name'),
    z.array(word).min(1).max(64),
  ),
  forbid: z.array(z.record(z.string(), z.union([word, z.array(word).min(1)]))).default([]),
  prompt: z.string().min(1).max(1000).optional(),
});
export type Dictionary = z.infer<typeof dictionarySchema>;

/** The embedded dictionary: what the `figure` painter of text-to-image knows how to paint. */
export const DEFAULT_DICTIONARY: Dictionary = {
  attributes: {
    gender: ['woman', 'man'],
    age: ['young', 'middle-aged', 'older'],
    bodyType: ['slim', 'average', 'athletic', 'heavy'],
    hairstyle: ['short', 'bob', 'long', 'curly', 'bun', 'ponytail', 'buzz cut', 'bald'],
    hairColour: ['black', 'dark brown', 'chestnut', 'blond', 'red', 'grey'],
    facialHair: ['none', 'stubble', 'beard'],
    clothing: ['t-shirt', 'shirt', 'sweater', 'hoodie', 'suit', 'dress', 'blouse and skirt'],
    clothingColour: ['white', 'charcoal', 'navy', 'teal', 'burgundy', 'mustard', 'sage'],
    skinTone: ['very light', 'light', 'medium', 'olive', 'brown', 'dark'],
  },
  forbid: [
    { gender: 'woman', facialHair: ['stubble', 'beard'] },
    { gender: 'man', clothing: ['dress', 'blouse and skirt'] },
    { gender: 'man', hairstyle: ['bob', 'bun', 'ponytail'] },
    { gender: 'woman', hairstyle: ['bald', 'buzz cut'] },
    { age: 'young', hairColour: 'grey' },
  ],
  prompt:
    'A full-body photograph of one {age} {gender} of {bodyType} build with {skinTone} skin, {hairstyle} ' +
    '{hairColour} hair and facial hair: {facialHair}, wearing a {clothingColour} {clothing}, standing in a plain ' +
    'room, facing the camera, both hands visible.',
};

/**
 * Read a user's dictionary.
 *
 * @throws StageError `dictionary-invalid` when it is not JSON, not of the schema, or its rules and its prompt name what
 *   it has not
 */
export function parseDictionary(name: string, bytes: Uint8Array): Dictionary {
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(
      name,
      'JSON in UTF-8',
      cause instanceof Error ? cause.message : 'other bytes',
      'see the example in the README of attribute-sampler',
      cause,
    );
  }
  const parsed = dictionarySchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(
      [name, ...issue.path.map(String)].join('.'),
      'a dictionary',
      issue.message,
      'see the example in the README of attribute-sampler',
    );
  }
  checkDictionary(name, parsed.data);
  return parsed.data;
}

/**
 * The checks that a schema cannot state: names and values that rules and prompt refer to exist, and no value is listed
 * twice.
 */
export function checkDictionary(name: string, dictionary: Dictionary): void {
  const known = dictionary.attributes;
  const attributeNames = Object.keys(known);
  if (attributeNames.length === 0) throw invalid(`${name}.attributes`, 'at least one attribute', 'none', 'add one');
  for (const [attribute, values] of Object.entries(known)) {
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined)
      throw invalid(`${name}.attributes.${attribute}`, 'different values', `"${twice}" twice`, 'remove one');
  }
  for (const [index, rule] of dictionary.forbid.entries()) {
    const where = `${name}.forbid.${index}`;
    if (Object.keys(rule).length < 2)
      throw invalid(
        where,
        'two or more attributes that must not meet',
        Object.keys(rule).join(', ') || 'none',
        'take an unwanted value out of `attributes` instead',
      );
    for (const [attribute, values] of Object.entries(rule)) {
      if (!Object.hasOwn(known, attribute))
        throw invalid(where, `an attribute out of ${attributeNames.join(', ')}`, `"${attribute}"`, 'correct the name');
      const stray = [values].flat().find((value) => !known[attribute].includes(value));
      if (stray !== undefined)
        throw invalid(
          `${where}.${attribute}`,
          `a value out of ${known[attribute].join(', ')}`,
          `"${stray}"`,
          'correct the value',
        );
    }
  }
  for (const [, attribute] of (dictionary.prompt ?? '').matchAll(/\{([^}]*)\}/g)) {
    if (!Object.hasOwn(known, attribute))
      throw invalid(
        `${name}.prompt`,
        `an attribute out of ${attributeNames.join(', ')}`,
        `{${attribute}}`,
        'correct the name in braces',
      );
  }
}

/** The sentence for text-to-image. Without a template every attribute is listed by its name. */
export function promptOf(dictionary: Dictionary, values: Readonly<Record<string, string>>): string {
  if (dictionary.prompt !== undefined)
    return dictionary.prompt.replaceAll(/\{([^}]*)\}/g, (_all, attribute: string) => values[attribute]);
  const listed = Object.entries(values).map(
    ([attribute, value]) => `${attribute.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)} ${value}`,
  );
  return (
    'A full-body photograph of one person, standing in a plain room, facing the camera, both hands visible: ' +
    `${listed.join(', ')}.`
  );
}

function invalid(where: string, expected: string, got: string, remedy: string, cause?: unknown): StageError {
  return new StageError(
    { code: 'stage.dictionary-invalid', where, expected, got, remedy },
    cause === undefined ? undefined : { cause },
  );
}
