/** Films and sounds that play as one: what is done to one is done to all, and those that drift are brought back to the first. */
export class Together {
  readonly #members = new Set<HTMLMediaElement>();
  playing = $state(false);
  time = $state(0);
  #frame = 0;

  /** @returns what takes it out again */
  join(element: HTMLMediaElement): () => void {
    this.#members.add(element);
    element.currentTime = this.time;
    const ended = (): void => this.pause();
    element.addEventListener('ended', ended);
    return () => {
      element.removeEventListener('ended', ended);
      this.#members.delete(element);
    };
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    this.playing = true;
    const [first] = this.#members;
    if (first !== undefined && first.ended) this.seek(0);
    let heard = false;
    for (const member of this.#members) {
      member.muted = heard;
      heard = true;
      void member.play();
    }
    this.#follow();
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.#frame);
    for (const member of this.#members) member.pause();
  }

  /** @param time seconds */
  seek(time: number): void {
    this.time = time;
    for (const member of this.#members) member.currentTime = time;
  }

  #follow(): void {
    const [first] = this.#members;
    if (first === undefined || !this.playing) return;
    this.time = first.currentTime;
    for (const member of this.#members) if (Math.abs(member.currentTime - first.currentTime) > 0.08 && !member.seeking) member.currentTime = first.currentTime;
    this.#frame = requestAnimationFrame(() => this.#follow());
  }
}
