import { frameAt, middleOfFrame } from './frame-time.ts';

/** Beyond this a film is sought rather than hurried. Seconds. */
const FAR = 0.25;
/** How much faster or slower one plays that is a second away; it comes as near as 1 / e in a quarter of a second. */
const HURRY = 4;

/**
 * Films and sounds that play as one: what is done to one is done to all. The longest leads and is heard; the others
 * follow it by playing a little faster or slower.
 */
export class Together {
  readonly #members = new Set<HTMLMediaElement>();
  playing = $state(false);
  time = $state(0);
  /** of the longest, seconds */
  length = $state(0);
  /** frames a second, for steps */
  fps = $state(25);
  /** of what they play at by themselves */
  rate = $state(1);
  /** at their end they begin again */
  loop = $state(false);
  #frame = 0;

  /** @returns what takes it out again */
  join(element: HTMLMediaElement): () => void {
    this.#members.add(element);
    element.currentTime = this.time;
    const measure = (): void => {
      this.length = Math.max(
        0,
        ...[...this.#members].map(({ duration }) => (Number.isFinite(duration) ? duration : 0)),
      );
    };
    const ended = (): void => {
      if (element !== this.#leader) return;
      if (this.loop && this.playing) this.play();
      else this.pause();
    };
    element.addEventListener('ended', ended);
    element.addEventListener('durationchange', measure);
    measure();
    return () => {
      element.removeEventListener('ended', ended);
      element.removeEventListener('durationchange', measure);
      this.#members.delete(element);
      measure();
    };
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    const leader = this.#leader;
    if (leader === undefined) return;
    this.playing = true;
    if (leader.ended) this.seek(0);
    for (const member of this.#members) {
      member.muted = member !== leader;
      member.playbackRate = this.rate;
      void member.play();
    }
    this.#follow();
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.#frame);
    for (const member of this.#members) member.pause();
    const leader = this.#leader;
    if (leader !== undefined) this.seek(leader.currentTime);
  }

  /** Stops, and goes on or back by frames. */
  step(frames: number): void {
    if (this.playing) this.pause();
    const last = Math.max(0, Math.round(this.length * this.fps) - 1);
    this.seek(middleOfFrame(Math.min(last, Math.max(0, frameAt(this.time, this.fps) + frames)), this.fps));
  }

  /** @param rate 1: as fast as they play by themselves */
  hurry(rate: number): void {
    this.rate = rate;
    for (const member of this.#members) member.playbackRate = rate;
  }

  /** @param time seconds */
  seek(time: number): void {
    this.time = time;
    for (const member of this.#members) member.currentTime = time;
  }

  get #leader(): HTMLMediaElement | undefined {
    let leader: HTMLMediaElement | undefined;
    for (const member of this.#members) if (leader === undefined || member.duration > leader.duration) leader = member;
    return leader;
  }

  #follow(): void {
    const leader = this.#leader;
    if (leader === undefined || !this.playing) return;
    this.time = leader.currentTime;
    leader.playbackRate = this.rate;
    for (const member of this.#members) {
      if (member === leader || member.ended || member.seeking) continue;
      const ahead = member.currentTime - leader.currentTime;
      if (Math.abs(ahead) > FAR) member.currentTime = leader.currentTime;
      else member.playbackRate = this.rate * Math.min(1.5, Math.max(0.5, 1 - ahead * HURRY));
    }
    this.#frame = requestAnimationFrame(() => this.#follow());
  }
}
