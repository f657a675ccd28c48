import type { Draws } from '@soliloquy/random';

/** Words by what they are in a sentence; together they hold every English phone in many neighbourhoods. */
const WORDS = {
  person: [
    'the carpenter',
    'a young judge',
    'our teacher',
    'the fisherman',
    'my cousin Ruth',
    'George',
    'the old shepherd',
    'a visitor',
    'uncle Joe',
    'the choir',
    'the engineer',
    'a clever thief',
    'Sheila',
    'the measuring crew',
    'a royal guard',
    'the mayor',
    'two nurses',
    'the goldsmith',
    'Hugo',
    'the zoo keeper',
    'an author',
    'the pilot',
    'my youngest nephew',
    'the beekeeper',
    'a loud crowd',
    'the queen',
    'Theodore',
    'the poet',
    'a French chef',
    'the whole village',
    'Oliver',
    'the usher',
    'a wise owl',
    'the joiner',
    'Ewan',
    'the boys',
    'a vague stranger',
  ],
  thing: [
    'a leather bag',
    'the copper kettle',
    'an orange boat',
    'the garden hose',
    'a toy giraffe',
    'the azure vase',
    'a rusty chain',
    'the church bell',
    'a huge mushroom',
    'the wooden chair',
    'a bowl of cherries',
    'the new bridge',
    'a feather',
    'the broken mirror',
    'a pair of gloves',
    'the treasure map',
    'an iron pot',
    'the beige curtain',
    'a thick rope',
    'the yellow moth',
    'a jar of oil',
    'the tall fir',
    'a silver spoon',
    'the blue tyre',
    'a violin',
    'the first page',
    'a pound of butter',
    'the foggy shore',
    'a wedge of cheese',
    'the zip',
    'a cube of sugar',
    'the third door',
    'a wool hat',
    'the earth',
    'a good cook book',
    'the noisy goose',
    'a point of view',
  ],
  did: [
    'watched',
    'carried',
    'showed us',
    'found',
    'measured',
    'threw away',
    'painted',
    'hid',
    'asked for',
    'enjoyed',
    'pushed',
    'wrapped up',
    'noticed',
    'lost',
    'sold',
    'chose',
    'fixed',
    'borrowed',
    'could not see',
    'thought about',
    'pulled',
    'brought along',
    'heard of',
    'washed',
    'described',
    'wanted',
    'drew',
    'shook',
    'used',
    'caught',
  ],
  how: [
    'quietly',
    'with pleasure',
    'rather badly',
    'once more',
    'in a hurry',
    'without a word',
    'by chance',
    'at once',
    'for years',
    'as usual',
    'with both hands',
    'very carefully',
    'like a child',
    'though it was late',
    'thoroughly',
  ],
  where: [
    'under the arch',
    'near the lighthouse',
    'on the roof',
    'in the garage',
    'by the fire',
    'beyond the woods',
    'at the corner shop',
    'behind the mill',
    'around the fountain',
    'in the south',
    'up the hill',
    'beside the pool',
    'at the harbour',
    'in a cave',
    'over the valley',
    'next to the stable',
    'between the rocks',
    'in our yard',
  ],
  when: [
    'last Thursday',
    'in January',
    'before sunrise',
    'every June',
    'at noon',
    'after the storm',
    'this morning',
    'two hours ago',
    'on her birthday',
    'as the moon rose',
    'during the war',
    'at four',
    'all week',
    'tomorrow',
  ],
  quality: [
    'strange',
    'far too heavy',
    'quite usual',
    'smooth',
    'worth a fortune',
    'half empty',
    'joyful',
    'cheap',
    'as thin as paper',
    'foolish',
    'poor',
    'unsure',
    'cosy',
    'rough',
    'loyal',
    'vast',
    'warm enough',
    'out of order',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Slot = keyof typeof WORDS;

const SHAPES = [
  '{person} {did} {thing} {where}.',
  '{when}, {person} {did} {thing} {how}.',
  'Why was {thing} so {quality}, and who {did} {thing}?',
  '{person} said that {thing} {where} was {quality}.',
  'If {person} {did} {thing}, then {person} {did} it {how}.',
  'Is {thing} {where} as {quality} as {thing}?',
  'They say {person} {did} {thing} {when}, {how}.',
  '{thing}, {thing} and {thing} were all {quality}.',
  'Oh, {how}, she said, and {did} {thing}.',
  'You should have seen {person} {where} {when}.',
] as const;

/** Spellings that a letter-to-sound rule reads in one way or another: beginnings, middles and ends of syllables. */
const SYLLABLE = {
  onset:
    'b bl br ch d dr f fl fr g gl gr h j k cl cr l m n p pl pr qu r s sh sk sl sm sn sp st str sw t th tr tw v w y z'
      .split(' ')
      .concat(['', '', 'zh', 'thr', 'spl', 'wh', 'shr']),
  nucleus: 'a e i o u ee ea ai ay oa oo ou ow oi oy au aw er ar or ir igh ie a e i o u y ew ure'.split(' '),
  coda: 'b ck d f g k l m n ng nk nt p r s sh st t th v x z ge dge ch ve se nd ld lp mp ft sk lt rm rn'
    .split(' ')
    .concat(['', '', '', '', '', '', '', '']),
};
/** Words that speech is full of, which run into their neighbours. */
const SMALL_WORDS =
  'the a of and to in is it that this was for on are with as at be his they from or had by not but what ' +
  'all were we when your can said there use an each which she do how their if will up other about out ' +
  'many then them these so some her would make like him into has look two more could go see no way who ' +
  'its now find long down did get come made may part measure usual vision either though with those than ' +
  'whether both';

/** A word that nobody knows, of one to three syllables. */
function strangeWord(draws: Draws): string {
  const syllables = 1 + Math.floor(draws.next() * 2.6);
  return Array.from({ length: syllables }, (_, i) => {
    const [onset, nucleus, coda] = [SYLLABLE.onset, SYLLABLE.nucleus, SYLLABLE.coda].map((part) => draws.pick(part));
    // Few words have a consonant cluster within.
    return onset + nucleus + (i < syllables - 1 && draws.next() < 0.6 ? '' : coda);
  }).join('');
}

/**
 * Words that nobody knows among small ones, with a comma here and there: neighbourhoods of phones without end, where
 * known words have few.
 */
export function strangeSentence(draws: Draws): string {
  const small = SMALL_WORDS.split(' ');
  const count = 7 + draws.index(5);
  const words = Array.from({ length: count }, () => (draws.next() < 0.35 ? draws.pick(small) : strangeWord(draws)));
  const text = words.map((word, i) => (i < count - 1 && draws.next() < 0.12 ? `${word},` : word)).join(' ');
  return `${text[0].toUpperCase()}${text.slice(1)}${draws.next() < 0.2 ? '?' : '.'}`;
}

/**
 * A sentence put together from words and shapes: any number of different ones, none of which the written corpus has. It
 * need not make sense, only sound like English.
 */
export function madeSentence(draws: Draws): string {
  const text = draws.pick(SHAPES).replace(/\{(\w+)\}/g, (_, slot: string) => draws.pick(WORDS[slot as Slot]));
  return text[0].toUpperCase() + text.slice(1);
}
