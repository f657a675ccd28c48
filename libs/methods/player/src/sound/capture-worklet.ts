import type { FromWorklet } from '../messages.ts';

// What a worklet's scope has, as far as it is used here; TypeScript's DOM library knows none of it.
declare const currentTime: number;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Samples that are sent at a time: 10 to 20 ms. */
const BLOCK = 512;

/** Takes the sound that goes by, mixed down to one channel, and sends it to the port that it is given. */
class Capture extends AudioWorkletProcessor {
  #to: MessagePort | undefined;
  #block = new Float32Array(BLOCK);
  #filled = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.#to = data;
      this.#began = false;
      this.#filled = 0;
    };
  }

  /** @param inputs f32 [inputs][channels][128]; without channels nobody is connected, which is silence */
  process([channels]: readonly (readonly Float32Array[])[]): boolean {
    if (this.#to === undefined) return true;
    if (!this.#began) this.#begin();
    const length = channels[0]?.length ?? 128;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i] / channels.length;
      // What is no number would stay in all that the ears make after it.
      this.#block[this.#filled++] = Number.isFinite(sum) ? sum : 0;
      if (this.#filled === BLOCK) this.#send();
    }
    return true;
  }

  #began = false;

  #begin(): void {
    this.#began = true;
    const message: FromWorklet = { type: 'begin', at: currentTime };
    this.port.postMessage(message);
  }

  #send(): void {
    const message: FromWorklet = { type: 'sound', samples: this.#block };
    this.#to?.postMessage(message, [this.#block.buffer]);
    this.#block = new Float32Array(BLOCK);
    this.#filled = 0;
  }
}

registerProcessor('soliloquy-capture', Capture);
