/** Somebody stopped speaking where no voice was heard for so long. s */
const QUIET_SECONDS = 0.3;

/** Whether a voice is heard at a picture's time, whether or not there is a picture then. */
export class Speaking {
  /** by the number of the frame, in order */
  readonly #spoken = new Map<number, boolean>();
  /** frames since the last one that was spoken */
  #quiet = Infinity;
  #isSpeaking = false;

  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }

  /** Another stretch of sound begins, with a frame 0 of its own. */
  reset(): void {
    this.#spoken.clear();
  }

  add(frames: readonly { readonly frame: number; readonly isSpoken: boolean }[]): void {
    for (const { frame, isSpoken } of frames) this.#spoken.set(frame, isSpoken);
  }

  /** @param due number of the frame that is due @param fps frames a second @returns each change until then */
  *upTo(due: number, fps: number): Generator<boolean> {
    for (const [frame, isSpoken] of this.#spoken) {
      if (frame > due) return;
      this.#spoken.delete(frame);
      this.#quiet = isSpoken ? 0 : this.#quiet + 1;
      const isSpeaking = this.#quiet < QUIET_SECONDS * fps;
      if (isSpeaking === this.#isSpeaking) continue;
      this.#isSpeaking = isSpeaking;
      yield isSpeaking;
    }
  }
}
