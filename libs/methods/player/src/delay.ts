import { LIVE_SAMPLING } from './sampling.ts';
import { MOST_DELAY } from './sound/sound-desk.ts';

/** Beside what motion and drawing take: messages, the screen's next picture, and what is slower than usual. s */
const SPARE = 0.06;
/** What drawing takes before it is known. s */
const DRAWING = 0.035;
/** Drawn so early at the least, or sound is kept back for longer. frames */
const LEAST_MARGIN = 0.3;
/** Drawn so early, and sound need not be kept back for so long. frames */
const MOST_MARGIN = 4;
/** So late, and hardly a picture comes at all. frames */
const HOPELESS = -2;

/** How long sound is kept back at first. @param pieceMs what one piece of motion takes @returns s */
export function firstDelay(pieceMs: number, fps: number): number {
  const { lookAhead, piece } = LIVE_SAMPLING;
  return Math.min(MOST_DELAY, lookAhead / 1000 + (piece - 0.5) / fps + pieceMs / 1000 + DRAWING + SPARE);
}

/**
 * Sound is kept back for longer where frames come too late, for less where they wait. While somebody speaks only where
 * hardly any picture comes at all: another delay is heard as a gap.
 *
 * @param delay s
 * @param of    `margin`: by how many frames all but the slowest are early
 * @returns     another delay, s; undefined where this one stays
 */
export function settledDelay(
  delay: number,
  { margin, isSpeaking, fps }: { readonly margin: number; readonly isSpeaking: boolean; readonly fps: number },
): number | undefined {
  const isGood = margin >= LEAST_MARGIN && margin <= MOST_MARGIN;
  if (isGood || (isSpeaking && margin > HOPELESS)) return undefined;
  const wanted = margin > MOST_MARGIN ? MOST_MARGIN / 2 : LEAST_MARGIN;
  return Math.min(MOST_DELAY, delay + (wanted - margin) / fps);
}
