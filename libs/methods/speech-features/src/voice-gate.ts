/** Less periodic frames are no voice (Boersma's voicing threshold). */
const VOICED = 0.45;
/** A voice is louder than the room by this much. dB */
const OVER_ROOM_DB = 9;
/** What is as loud all the while for so long is the room: hum, a fan, hiss. s */
const ROOM_SECONDS = 3;
/** Before the first voiced frame and behind the last one the gate stays open: consonants, and the end of a breath. s */
const BEFORE_SECONDS = 0.2;
const BEHIND_SECONDS = 0.4;
/** Quieter is no voice, whatever it is. RMS, full scale 1 */
const LEAST_RMS = 10 ** (-55 / 20);

/**
 * Who speaks, frame by frame: voiced sound that stands out of the room, and a little before and behind it. The room's
 * level is the least of the last three seconds (minimum statistics, Martin 2001).
 */
export class VoiceGate {
  readonly #fps: number;
  readonly #recent: number[] = [];
  /** numbers of frames that are voiced, the last ones */
  #voiced: number[] = [];
  #frames = 0;

  /** @param fps frames a second */
  constructor(fps: number) {
    this.#fps = fps;
  }

  /**
   * The next frame.
   *
   * @param rms      of its sound, full scale 1
   * @param strength of its period, 0 … 1
   */
  hear(rms: number, strength: number): void {
    this.#recent.push(rms);
    if (this.#recent.length > ROOM_SECONDS * this.#fps) this.#recent.shift();
    const room = Math.max(Math.min(...this.#recent), 1e-6);
    // Before there is a room to compare with, loudness alone tells.
    const isOut = rms > room * 10 ** (OVER_ROOM_DB / 20) || this.#recent.length < this.#fps / 5;
    if (strength >= VOICED && rms > LEAST_RMS && isOut) this.#voiced.push(this.#frames);
    this.#frames++;
  }

  /** Whether somebody speaks at a frame, by what is heard so far. */
  isOpen(frame: number): boolean {
    const [before, behind] = [BEFORE_SECONDS * this.#fps, BEHIND_SECONDS * this.#fps];
    for (let i = this.#voiced.length - 1; i >= 0; i--) {
      const at = this.#voiced[i];
      if (at + behind < frame) return false;
      if (at - before <= frame) return true;
    }
    return false;
  }

  /** Forgets what no later question needs. */
  forget(before: number): void {
    const behind = BEHIND_SECONDS * this.#fps;
    this.#voiced = this.#voiced.filter((at) => at + behind >= before);
  }
}
