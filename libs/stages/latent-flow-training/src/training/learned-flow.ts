import { APPEARANCE, encodeTokens, type FlowBasis, type LinearEncoder, type TokenLayout } from '@soliloquy/latent-flow';
import type { FlowClip } from '@soliloquy/latent-flow/clip-port';
import { flowCondition, joined, withArmsOf, withSlowMotionOf } from '@soliloquy/latent-flow/motion';
import type { LearnedClip } from '@soliloquy/motion-transformer';
import { lagCorrelation } from '@soliloquy/signal';

/** Clips that a clip takes motion of: as many as tell apart what is idle, and no more work than that for hundreds. */
const PARTNERS = 8;
/** Seconds that another's gestures are brought forward or put off at most. */
const SHIFT = 1;
/** Where the loudness stands in what is heard: last but one. */
const LOUDNESS = -2;
/** Hands of two people rest alike within this, units of the face: arms can change over. */
const ALIKE = 1;
/** Of `PERSON_NUMBERS`: where both hands rest, and how many are seen. */
const HANDS = { from: 5, to: 8 };

/** Of `APPEARANCE` */
const LIDS = new Set([APPEARANCE.indexOf('leftLid'), APPEARANCE.indexOf('rightLid')]);

/** What of other clips each clip is also learned with. */
export interface OfOthers {
  /** seconds: what is slower than this; 0: nothing */
  readonly slowMotion: number;
  readonly arms: 'own' | 'others';
}

/** What is fitted on the corpus. */
export interface LearnedBy {
  readonly layout: TokenLayout;
  readonly basis: FlowBasis;
  /** what a mouth does because its head turns (`mouthOfHead`) */
  readonly mouth: LinearEncoder;
}

/** Clips as the network learns them: as they are, and with slow motion, arms and lids of up to eight others. */
export function learnedFlow(
  clips: readonly FlowClip[],
  { layout, basis, mouth }: LearnedBy,
  ofOthers: OfOthers,
): LearnedClip[] {
  return clips.map((clip, index): LearnedClip => {
    const latentOf = (tokens: Float32Array, appearance: Float32Array): Float32Array =>
      joined(encodeTokens(basis, tokens), basis.width, appearance);
    const isAlone = ofOthers.slowMotion === 0 && ofOthers.arms === 'own';
    const partners = isAlone ? [] : partnersOf(clips, index);
    return {
      frames: clip.frames,
      latents: [
        latentOf(clip.tokens, clip.appearance),
        ...partners.map((other) =>
          latentOf(mixed({ layout, mouth }, { clip, other }, ofOthers), withLidsOf(clip.appearance, other.appearance)),
        ),
      ],
      condition: flowCondition(clip.heard, clip, clip.frames),
    };
  });
}

/** The mouth of one film with the lids of another, f32 [F, 4]: no voice says when somebody blinks. */
function withLidsOf(appearance: Float32Array, other: Float32Array): Float32Array {
  return appearance.map((value, i) => (LIDS.has(i % APPEARANCE.length) ? other[i] : value));
}

function mixed(
  { layout, mouth }: Pick<LearnedBy, 'layout' | 'mouth'>,
  { clip, other }: { readonly clip: FlowClip; readonly other: FlowClip },
  { slowMotion, arms }: OfOthers,
): Float32Array {
  const drifted =
    slowMotion > 0
      ? withSlowMotionOf(layout, clip.tokens, other.tokens, { sigma: slowMotion * clip.fps, mouth })
      : clip.tokens;
  if (arms === 'own') return drifted;
  const { lag } = lagCorrelation(loudnessOf(clip), loudnessOf(other), Math.round(SHIFT * clip.fps));
  return withArmsOf(layout, drifted, other.tokens, lag);
}

function loudnessOf({ heard, frames }: FlowClip): Float32Array {
  const width = heard.length / frames;
  return Float32Array.from({ length: frames }, (_, f) => heard[(f + 1) * width + LOUDNESS]);
}

/** Of the clips after a clip, the first after the last, those as long whose hands rest alike. */
function partnersOf(clips: readonly FlowClip[], index: number): FlowClip[] {
  const own = clips[index];
  const isAlike = ({ frames, person }: FlowClip): boolean => {
    for (let i = HANDS.from; i < HANDS.to; i++) if (Math.abs(person[i] - own.person[i]) > ALIKE / 2) return false;
    return frames === own.frames;
  };
  return [...clips.slice(index + 1), ...clips.slice(0, index)].filter(isAlike).slice(0, PARTNERS);
}
