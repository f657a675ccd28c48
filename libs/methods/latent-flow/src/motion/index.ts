export { describePerson, personViews, pullToPixels, readLatents } from './describe-person.ts';
export { atFilmRate, heardBy, sampleFilm } from './film-motion.ts';
export { flowCondition } from './flow-condition.ts';
export { joined, openLatentFlow, packLatentFlow } from './latent-flow-model.ts';
export { mannerFor } from './manner-for.ts';
export { MANNER_NUMBERS, mannerNumbers } from './manner-numbers.ts';
export { mouthOfHead, withArmsOf, withSlowMotionOf } from './other-motion.ts';
export { PERSON_NUMBERS, personNumbers } from './person-numbers.ts';
export { scoreLatents } from './score.ts';
export { shippedLatentFlow } from './shipped-model.ts';

export type { Drift } from './other-motion.ts';
export type { DescribedPerson, PersonScene, PersonView } from './describe-person.ts';
export type { FilmTime, SpeakingPerson } from './film-motion.ts';
export type { FlowSpeaker } from './flow-condition.ts';
export type { FlowMotion, LatentFlow, LatentFlowContents, Manners, Speech } from './latent-flow-model.ts';
export type { Score, Scoring } from './score.ts';
export type { WantedManner } from './manner-for.ts';
