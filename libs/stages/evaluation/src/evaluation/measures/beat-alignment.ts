import { onsetTimes } from '@soliloquy/speech-features';
import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { beatAlignment } from '../tracked/beats.ts';
import { SeenPerson } from '../tracked/seen-person.ts';
import { mean } from '../tracked/statistics.ts';

/** Mean over beats of the hands of exp(−d² / 2σ²), d to the nearest onset of the voice, σ = 0.1 s. */
export const beats = defineMeasure({
  of: evaluationInputs,
  name: 'beat-alignment',
  version: 1,
  better: 'higher',
  text: 'how near onsets of the voice the hands are slowest between strokes, by tracking: 1 on them, σ 0.1 s',
  source: 'Li et al. 2021, AIST++; for gestures Liu et al. 2022, BEAT; onsets as librosa picks them',
  needs: ['tracks', 'audio'],
  measure: (given, _params, _ctx, share) =>
    beatAlignment(new SeenPerson(given, 'tracks', share).beats, onsetTimes(given.audio)),
  baselines: {
    other: {
      better: 'lower',
      text: 'the same with the voices of other clips, mean of them',
      needs: ['voices'],
      measure: (given, _params, _ctx, share) => {
        const { beats: of } = new SeenPerson(given, 'tracks', share);
        const values = given.voices.map((voice) => beatAlignment(of, onsetTimes(voice)));
        const known = values.filter((value) => value !== undefined);
        return known.length === 0 ? undefined : mean(known);
      },
    },
    truth: {
      text: 'the same of the true clip',
      needs: ['truthTracks'],
      measure: (given, _params, _ctx, share) =>
        beatAlignment(new SeenPerson(given, 'truthTracks', share).beats, onsetTimes(given.audio)),
    },
  },
});
