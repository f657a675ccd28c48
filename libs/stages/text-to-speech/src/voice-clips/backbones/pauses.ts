import type { Audio } from '@soliloquy/ports';
import { frameRms } from '@soliloquy/speech-features';
import type { RunOf } from '@soliloquy/stage';
import { padTo } from '../../text-to-speech/pad-to.ts';
import type { voiceClipsStage } from '../stage.ts';

/** Loudness is looked at so often a second. */
const RATE = 50;
/** A clip is cut within this last share of it. */
const LATE = 0.4;
/** Of a clip: a rest that is shorter is no clip. */
const LEAST = 0.5;

/** Clips of one length, each from where the one before was cut. */
export const run: RunOf<typeof voiceClipsStage, 'pauses'> = ({ audio }, { seconds, most }) => {
  const { samples, sampleRate } = audio;
  const loudness = frameRms(audio, RATE, Math.max(1, Math.floor((samples.length / sampleRate) * RATE)));
  const total = samples.length / sampleRate;
  const clips: Audio[] = [];
  for (let start = 0; clips.length < most;) {
    const isRest = total - start <= seconds;
    if (isRest && clips.length > 0 && total - start < LEAST * seconds) break;
    const end = isRest ? total : quietest(loudness, start + (1 - LATE) * seconds, start + seconds);
    const cut = samples.slice(Math.round(start * sampleRate), Math.round(end * sampleRate));
    clips.push(padTo({ sampleRate, samples: cut }, seconds));
    if (isRest) break;
    start = end;
  }
  return { audio: clips };
};

/** Seconds: the middle of the quietest frame between two times, the later one of two that are. */
function quietest(loudness: Float64Array, from: number, until: number): number {
  let best = Math.ceil(from * RATE);
  for (let f = best; f < Math.min(loudness.length, Math.floor(until * RATE)); f++)
    if (loudness[f] <= loudness[best]) best = f;
  return (best + 0.5) / RATE;
}
