import type { Audio } from '@soliloquy/ports';
import { gaussianMean, smoothstep } from '@soliloquy/signal';
import { speechEnvelope, speechPitch } from '@soliloquy/speech-features';

/** Frames a second that a voice's rhythm is heard at, whatever the film's rate: gestures do not depend on that. */
const RATE = 50;
/** Below this the envelope is a pause. */
const SPEAKING = 0.1;
/** A shorter pause is within a phrase; a shorter sound is none. Seconds. */
const SHORTEST_PAUSE = 0.25;
const SHORTEST_PHRASE = 0.15;
/** A syllable rises by so much over the valley before it, and peaks so long after the one before. */
const SYLLABLE = { rise: 0.06, apart: 0.12 };

/** A syllable of a voice. */
export interface Syllable {
  /** seconds: where it gets loud fastest, about where its vowel begins (its P-centre, Morton et al. 1976) */
  readonly onset: number;
  /** seconds: where it is loudest */
  readonly peak: number;
  /** 0 … 1: how far it stands out of what is around it, by loudness and by pitch */
  readonly stress: number;
}

/** Speech between two pauses. Seconds. */
export interface Phrase {
  readonly start: number;
  readonly end: number;
  readonly syllables: readonly Syllable[];
  /** the syllables that stand out, at least 0.22 s apart */
  readonly stresses: readonly Syllable[];
  /** about 0.5 … 1.5: how loud and how wide in pitch, beside the rest of the voice */
  readonly vigour: number;
}

/** When a voice speaks, and what stands out of it. */
export interface VoiceRhythm {
  readonly phrases: readonly Phrase[];
  /** seconds, of all that is planned for */
  readonly seconds: number;
}

/**
 * Phrases, syllables and stresses of a voice, from its envelope and its pitch.
 *
 * @param seconds how long the film is; what is beyond the sound's end is a pause
 */
export function voiceRhythm(audio: Audio, seconds: number): VoiceRhythm {
  const count = Math.max(3, Math.ceil(seconds * RATE));
  const level = gaussianMean(speechEnvelope(audio, RATE, count), 0.03 * RATE);
  const pitch = speechPitch(audio, RATE / 2, Math.ceil(count / 2));
  const accent = pitchAccent(
    level.map((_, f) => pitch[f >> 1]),
    level,
  );
  const syllables = syllablesOf(level, accent);
  const spans = phraseSpans(level);
  const loudness = spans.map(([from, to]) => mean(level.subarray(from, to)));
  const widths = spans.map(([from, to]) => mean(accent.subarray(from, to).map(Math.abs)));
  const [usual, usualWidth] = [mean(loudness), mean(widths)];
  const phrases = spans.map(([from, to], i) => {
    const [start, end] = [from / RATE, to / RATE];
    const inside = syllables.filter(({ peak }) => peak >= start && peak <= end);
    return {
      start,
      end,
      syllables: inside,
      stresses: strongest(inside),
      vigour: vigourOf(loudness[i] / Math.max(usual, 1e-6), widths[i] / Math.max(usualWidth, 0.5)),
    };
  });
  return { phrases, seconds };
}

/** How long the voice pauses after a phrase, seconds; after the last one at least 2. */
export function pauseAfter({ phrases, seconds }: VoiceRhythm, index: number): number {
  return (phrases[index + 1]?.start ?? Math.max(seconds, phrases[index].end + 2)) - phrases[index].end;
}

/** A phrase is twice as vigorous as another when it is louder by 3 dB and its pitch moves half as far again. */
function vigourOf(loudness: number, width: number): number {
  return Math.min(1.5, Math.max(0.5, loudness ** 1.5 * (0.6 + 0.4 * Math.min(2, width))));
}

/** [from, to) of every phrase, frames of the rhythm. */
function phraseSpans(level: Float64Array): [number, number][] {
  const spans: [number, number][] = [];
  for (let f = 0; f < level.length; f++) {
    if (level[f] < SPEAKING) continue;
    const last = spans.at(-1);
    if (last && f - last[1] < SHORTEST_PAUSE * RATE) last[1] = f + 1;
    else spans.push([f, f + 1]);
  }
  return spans.filter(([from, to]) => to - from >= SHORTEST_PHRASE * RATE);
}

/** Semitones above the voice's median over its last and next second, 0 where there is no pitch; f64, smoothed. */
function pitchAccent(hertz: Float64Array, level: Float64Array): Float64Array {
  const voiced = [...hertz].filter((pitch, f) => pitch > 0 && level[f] >= SPEAKING).sort((a, b) => a - b);
  const median = voiced[voiced.length >> 1] ?? 1;
  const semitones = Float64Array.from(hertz, (pitch, f) =>
    pitch > 0 && level[f] >= SPEAKING ? Math.min(9, Math.max(-9, 12 * Math.log2(pitch / median))) : 0,
  );
  const trend = gaussianMean(semitones, RATE);
  return gaussianMean(
    semitones.map((tone, f) => (tone === 0 ? 0 : tone - trend[f])),
    0.05 * RATE,
  );
}

function syllablesOf(level: Float64Array, accent: Float64Array): Syllable[] {
  const around = gaussianMean(level, 0.5 * RATE);
  const found: Syllable[] = [];
  let valley = 0;
  for (let f = 1; f < level.length - 1; f++) {
    if (level[f] <= level[valley]) valley = f;
    if (level[f] < level[f - 1] || level[f] <= level[f + 1] || level[f] - level[valley] < SYLLABLE.rise) continue;
    const peak = (f + 0.5 + vertex(level, f)) / RATE;
    if (peak - (found.at(-1)?.peak ?? -1) < SYLLABLE.apart) continue;
    const loud = smoothstep(0.02, 0.42, level[f] - around[f]);
    const stress = Math.min(1, loud + 0.35 * smoothstep(0.5, 4, accent[f]));
    found.push({ onset: steepest(level, Math.max(valley, f - 0.25 * RATE), f), peak, stress });
    valley = f;
  }
  return found;
}

/** Where a level rises fastest between two frames, seconds. */
function steepest(level: Float64Array, from: number, to: number): number {
  const rise = Float64Array.from({ length: level.length < to + 2 ? level.length : to + 2 }, (_, f) =>
    f > 0 ? level[f] - level[f - 1] : 0,
  );
  let best = Math.max(1, Math.round(from));
  for (let f = best; f <= to; f++) if (rise[f] > rise[best]) best = f;
  // The rise from f − 1 to f is felt halfway between their middles.
  return (best + (best > 1 && best < rise.length - 1 ? vertex(rise, best) : 0)) / RATE;
}

/** Those that stand out, the strongest first chosen, at least 0.22 s apart. */
function strongest(syllables: readonly Syllable[]): Syllable[] {
  const kept: Syllable[] = [];
  for (const one of [...syllables].sort((a, b) => b.stress - a.stress || a.peak - b.peak))
    if (one.stress > 0.08 && kept.every(({ peak }) => Math.abs(peak - one.peak) >= 0.22)) kept.push(one);
  return kept.sort((a, b) => a.peak - b.peak);
}

/** Top of the parabola through a frame and its neighbours, frames from the middle one: peaks fall between frames. */
function vertex(values: Float64Array, f: number): number {
  const curve = values[f - 1] - 2 * values[f] + values[f + 1];
  return curve < 0 ? Math.min(0.5, Math.max(-0.5, (values[f - 1] - values[f + 1]) / (2 * curve))) : 0;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / Math.max(1, values.length);
}
