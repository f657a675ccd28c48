export { addBlinks, blinksOfClips, findBlinks, withoutBlinks } from './blinks.ts';
export { partVariance, restoreVariance } from './global-variance.ts';
export { learnedClips, meanPartVariance, openEyed, voicedClips } from './training-clips.ts';

export type { OfOthers, VoicedClip } from './training-clips.ts';
