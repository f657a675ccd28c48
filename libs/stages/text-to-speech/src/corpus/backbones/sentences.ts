import { StageError, type RunOf } from '@soliloquy/stage';
import { SENTENCES } from '../sentences.ts';
import type { corpusStage } from '../stage.ts';

/**
 * Sentences `from` to `from + count` of the style, in their written order whatever the seed is: clips keep their
 * sentence when more are asked for.
 */
export const run: RunOf<typeof corpusStage, 'sentences'> = (_inputs, { style, count, from }) => {
  const all = SENTENCES[style];
  if (from + count > all.length) {
    throw new StageError({
      code: 'stage.corpus-too-small',
      where: 'corpus.count',
      expected:
        `at most ${Math.max(0, all.length - from)} sentences of style ${style} from ${from} on (it has ` +
        `${all.length})`,
      got: `${count}`,
      remedy: 'lower count or from',
    });
  }
  return { text: all.slice(from, from + count) };
};
