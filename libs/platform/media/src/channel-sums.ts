/** Seconds over which channels are compared. */
const WINDOW = 0.1;
/** The mean of channels has collapsed where its power is below this share of what unrelated channels would leave. */
const COLLAPSED = 0.1;
/** Channels are opposed where their mean collapses in windows with this share of all their power. */
const OPPOSED = 0.25;

/**
 * Finds out whether the mean of several channels cancels what each of them carries, as with one of two microphones
 * wired the wrong way round: then one channel is taken in place of the mean. Constant parts do not count.
 */
export class ChannelSums {
  readonly #channels: number;
  readonly #window: number;
  /** f64 [channels + 1, 2]: sum and sum of squares of each channel, and of their mean, in this window */
  readonly #sums: Float64Array;
  /** f64 [channels]: power of each so far, times frames */
  readonly #powers: Float64Array;
  #frames = 0;
  #total = 0;
  #lost = 0;

  constructor(channels: number, sampleRate: number) {
    this.#channels = channels;
    this.#window = Math.max(1, Math.round(WINDOW * sampleRate));
    this.#sums = new Float64Array((channels + 1) * 2);
    this.#powers = new Float64Array(channels);
  }

  /** One value of a channel; `channel` = number of channels is their mean, which comes last of a frame. */
  add(channel: number, value: number): void {
    this.#sums[2 * channel] += value;
    this.#sums[2 * channel + 1] += value * value;
    if (channel === this.#channels && ++this.#frames === this.#window) this.#close();
  }

  /** The loudest channel, where the mean of all is not to be used. */
  opposed(): number | undefined {
    this.#close();
    if (this.#channels < 2 || !(this.#lost > OPPOSED * this.#total)) return undefined;
    return this.#powers.indexOf(Math.max(...this.#powers));
  }

  #close(): void {
    if (this.#frames === 0) return;
    const power = (channel: number): number =>
      Math.max(0, this.#sums[2 * channel + 1] - this.#sums[2 * channel] ** 2 / this.#frames);
    let all = 0;
    for (let channel = 0; channel < this.#channels; channel++) {
      this.#powers[channel] += power(channel);
      all += power(channel);
    }
    this.#total += all;
    if (power(this.#channels) < (COLLAPSED * all) / this.#channels ** 2) this.#lost += all;
    this.#sums.fill(0);
    this.#frames = 0;
  }
}

/** What is said where one channel stands for all. */
export function opposedNotice(name: string, channel: number): string {
  return `${name}: its channels cancel one another (opposite phase), so channel ${channel + 1} alone is taken`;
}
