import { VOCABULARY, type AttributeName } from './vocabulary.ts';

type Words = { readonly [K in AttributeName]?: Readonly<Record<string, readonly string[]>> };

/** Other words for what the painter knows. Colours are looked for beside what they belong to, see below. */
const OTHER_WORDS: Words = {
  gender: {
    woman: ['female', 'girl', 'lady', 'she', 'her', 'mother', 'actress', 'businesswoman'],
    man: ['male', 'boy', 'guy', 'gentleman', 'he', 'his', 'father', 'actor', 'businessman'],
  },
  age: {
    young: ['twenties', 'teenage', 'youthful', 'student'],
    'middle-aged': ['middle aged', 'forties', 'fifties'],
    older: ['old', 'elderly', 'senior', 'aged', 'sixties', 'seventies', 'grandmother', 'grandfather'],
  },
  bodyType: {
    slim: ['slender', 'thin', 'lean', 'petite'],
    athletic: ['muscular', 'fit', 'sporty', 'strong'],
    heavy: ['plus-size', 'plus size', 'overweight', 'large', 'stout', 'curvy', 'broad'],
  },
  hairstyle: {
    short: ['short hair', 'short-haired', 'crew cut', 'pixie cut'],
    bob: ['bob cut', 'chin-length hair'],
    long: ['long hair', 'long-haired', 'shoulder-length'],
    curly: ['curls', 'afro', 'curly-haired', 'wavy'],
    bun: ['topknot', 'chignon', 'updo', 'hair up'],
    ponytail: ['pony tail', 'hair tied back'],
    'buzz cut': ['buzzcut', 'shaved head', 'cropped hair'],
    bald: ['hairless', 'no hair'],
  },
  facialHair: {
    none: ['clean-shaven', 'clean shaven'],
    stubble: ['unshaven', 'five o’clock shadow'],
    beard: ['bearded', 'full beard'],
  },
  clothing: {
    't-shirt': ['tee', 't shirt', 'tshirt'],
    shirt: ['button-up', 'button-down', 'dress shirt'],
    sweater: ['jumper', 'pullover', 'turtleneck', 'cardigan', 'knitwear'],
    hoodie: ['hooded sweatshirt', 'sweatshirt'],
    suit: ['blazer', 'business attire', 'tuxedo', 'jacket'],
    dress: ['gown'],
    'blouse and skirt': ['blouse', 'skirt'],
  },
  skinTone: {
    'very light': ['very light skin', 'pale', 'porcelain', 'very fair'],
    light: ['light skin', 'light-skinned', 'fair', 'fair skin'],
    medium: ['medium skin', 'tanned', 'tan skin', 'asian'],
    olive: ['olive skin', 'mediterranean', 'latina', 'latino'],
    brown: ['brown skin', 'brown-skinned', 'indian', 'south asian'],
    dark: ['dark skin', 'dark-skinned', 'black skin', 'african', 'ebony'],
  },
};

const HAIR_COLOURS: Readonly<Record<string, string>> = {
  black: 'black',
  'dark brown': 'dark brown',
  brunette: 'dark brown',
  brown: 'dark brown',
  chestnut: 'chestnut',
  auburn: 'red',
  'light brown': 'chestnut',
  blond: 'blond',
  blonde: 'blond',
  golden: 'blond',
  red: 'red',
  ginger: 'red',
  grey: 'grey',
  gray: 'grey',
  white: 'grey',
  silver: 'grey',
};
const CLOTHING_COLOURS: Readonly<Record<string, string>> = {
  white: 'white',
  cream: 'white',
  charcoal: 'charcoal',
  black: 'charcoal',
  grey: 'charcoal',
  gray: 'charcoal',
  navy: 'navy',
  blue: 'navy',
  'dark blue': 'navy',
  teal: 'teal',
  turquoise: 'teal',
  burgundy: 'burgundy',
  red: 'burgundy',
  maroon: 'burgundy',
  mustard: 'mustard',
  yellow: 'mustard',
  orange: 'mustard',
  sage: 'sage',
  green: 'sage',
  olive: 'sage',
};
/** Words that mean one thing alone and another beside a noun: these need their noun. */
const NEEDS_NOUN: Readonly<Record<string, string>> = {
  short: 'hair',
  long: 'hair',
  light: 'skin',
  medium: 'skin',
  olive: 'skin',
  brown: 'skin',
  dark: 'skin',
  'very light': 'skin',
  average: 'build',
  none: 'facial hair',
};

/**
 * The attributes that a sentence names, by the painter's own words and their common synonyms; what it does not name is
 * left out.
 *
 * A colour counts for hair up to three words before `hair` (or as `blonde`, `brunette`), for clothing up to two words
 * before a garment.
 */
export function attributesOfPrompt(prompt: string): Partial<Record<AttributeName, string>> {
  let text = ` ${prompt.toLowerCase().replaceAll(/[^a-z’-]+/g, ' ')} `;
  const found: Partial<Record<AttributeName, string>> = {};
  const hair =
    new RegExp(` (${alternatives(HAIR_COLOURS)}) (?:[a-z-]+ ){0,2}?(?:hair|bob|bun|ponytail|curls)(?:ed)? `).exec(
      text,
    ) ?? / (blonde|brunette) /.exec(text);
  if (hair) found.hairColour = HAIR_COLOURS[hair[1]];
  const garments = [...VOCABULARY.clothing, ...Object.values(OTHER_WORDS.clothing ?? {}).flat()]
    .sort((a, b) => b.length - a.length)
    .join('|');
  const cloth = new RegExp(` (${alternatives(CLOTHING_COLOURS)}) (?:[a-z-]+ )?(?:${garments}) `).exec(text);
  if (cloth) found.clothingColour = CLOTHING_COLOURS[cloth[1]];
  for (const name of Object.keys(VOCABULARY) as AttributeName[]) {
    if (name === 'hairColour' || name === 'clothingColour') continue;
    const terms = VOCABULARY[name].flatMap((value) =>
      [value, ...(OTHER_WORDS[name]?.[value] ?? [])].map((word) => ({ word, value })),
    );
    terms.sort((a, b) => b.word.length - a.word.length);
    const hits = terms.map(({ word, value }) => ({ value, match: patternOf(word).exec(text) }));
    const hit = hits.find(({ match }) => match !== null);
    if (!hit?.match) continue;
    found[name] = hit.value;
    // what has been understood is taken out: "dress shirt" is no dress, "light skin" no light build
    text = text.replace(hit.match[0], ' | ');
  }
  return found;
}

/** A word alone, or with its noun at most two words later ("long red hair"); the noun itself is left for others. */
function patternOf(word: string): RegExp {
  return new RegExp(
    Object.hasOwn(NEEDS_NOUN, word) ? ` ${word}(?= (?:[a-z-]+ ){0,2}${NEEDS_NOUN[word]} )` : ` ${word}(?= )`,
  );
}

function alternatives(words: Readonly<Record<string, string>>): string {
  return Object.keys(words)
    .sort((a, b) => b.length - a.length)
    .join('|');
}
