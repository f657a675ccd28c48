/** What the painter can paint: attribute -> its values. What is not said is drawn by seed. */
export const VOCABULARY = {
  gender: ['woman', 'man'],
  age: ['young', 'middle-aged', 'older'],
  bodyType: ['slim', 'average', 'athletic', 'heavy'],
  hairstyle: ['short', 'bob', 'long', 'curly', 'bun', 'ponytail', 'buzz cut', 'bald'],
  hairColour: ['black', 'dark brown', 'chestnut', 'blond', 'red', 'grey'],
  facialHair: ['none', 'stubble', 'beard'],
  clothing: ['t-shirt', 'shirt', 'sweater', 'hoodie', 'suit', 'dress', 'blouse and skirt'],
  clothingColour: ['white', 'charcoal', 'navy', 'teal', 'burgundy', 'mustard', 'sage'],
  skinTone: ['very light', 'light', 'medium', 'olive', 'brown', 'dark'],
} as const;

export type AttributeName = keyof typeof VOCABULARY;
/** One value per attribute. */
export type Look = { readonly [K in AttributeName]: (typeof VOCABULARY)[K][number] };

export const ATTRIBUTE_NAMES = Object.keys(VOCABULARY) as AttributeName[];
