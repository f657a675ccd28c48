import { onsetTimes } from '@soliloquy/speech-features';
import { defineMeasure } from '@soliloquy/stage';
import { beatAlignment } from '../../evaluation/tracked/beats.ts';
import { mean } from '../../evaluation/tracked/statistics.ts';
import { seenPairs } from '../film-set.ts';
import { motionSetInputs } from '../inputs.ts';
import { countedFigures, overFilms } from '../over-films.ts';

const figures = countedFigures({
  'beat-alignment': {
    better: 'higher',
    text: 'how near onsets of the voice the hands are slowest between strokes: 1 on them, σ 0.1 s',
  },
  'beat-alignment/other': { better: 'lower', text: 'the same with the voices of the other films' },
  'beat-alignment/truth': { text: 'the same of the true films' },
});

/** Mean over beats of the hands of exp(−d² / 2σ²), d to the nearest onset of the voice, σ = 0.1 s, of each film. */
export const setBeatAlignment = defineMeasure({
  of: motionSetInputs,
  name: 'beat-alignment',
  version: 1,
  source: 'Li et al. 2021, AIST++; for gestures Liu et al. 2022, BEAT; onsets as librosa picks them',
  needs: ['tracks', 'truthTracks', 'audio'],
  figures,
  measure(given, _params, _ctx, share) {
    const pairs = seenPairs(given, share);
    const onsets = given.audio.map(onsetTimes);
    return {
      ...overFilms(
        'beat-alignment',
        pairs.map(({ made }, i) => beatAlignment(made.beats, onsets[i])),
      ),
      ...overFilms(
        'beat-alignment/other',
        pairs.map(({ made }, i) => {
          const known = onsets
            .filter((_, voice) => voice !== i)
            .map((voice) => beatAlignment(made.beats, voice))
            .filter((of) => of !== undefined);
          return known.length === 0 ? undefined : mean(known);
        }),
      ),
      ...overFilms(
        'beat-alignment/truth',
        pairs.map(({ truth }, i) => beatAlignment(truth.beats, onsets[i])),
      ),
    };
  },
});
