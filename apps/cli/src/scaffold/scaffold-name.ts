import { configFault } from '@soliloquy/runner';
import { KEBAB_CASE } from '@soliloquy/stage';

/** One name in the spellings that a file of it needs. */
export interface ScaffoldName {
  /** `slow-zoom` */
  readonly kebab: string;
  /** `slowZoom` */
  readonly camel: string;
  /** `Slow zoom` */
  readonly title: string;
}

const LONGEST = 40;

/** @throws Fault `config.bad-name` for what is no name of a file and of a thing in a graph */
export function scaffoldName(text: string): ScaffoldName {
  if (!KEBAB_CASE.test(text) || text.length > LONGEST)
    throw configFault({
      code: 'config.bad-name',
      where: 'soliloquy new',
      expected: `a name in kebab-case of at most ${LONGEST} letters, e.g. slow-zoom`,
      got: `"${text}"`,
      remedy: 'choose one',
    });
  const words = text.replaceAll('-', ' ');
  return {
    kebab: text,
    camel: text.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    title: `${words[0].toUpperCase()}${words.slice(1)}`,
  };
}
