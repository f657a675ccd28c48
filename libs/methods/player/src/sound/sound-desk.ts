import { ASSETS, type Assets } from '../assets.ts';
import type { FromWorklet } from '../messages.ts';

/** The longest that sound can be kept back. s */
export const MOST_DELAY = 2;

/** Where sound goes: into the ears of a person, and, kept back until the lips are there, to whoever hears it. */
export class SoundDesk {
  readonly context: AudioContext;
  readonly #input: GainNode;
  readonly #delay: DelayNode;
  readonly #monitor: GainNode;
  readonly #recorded: DelayNode;
  readonly #destination: MediaStreamAudioDestinationNode;
  readonly #capture: AudioWorkletNode;
  /** of the first sample that the ears get, s of the context */
  #zero: number | undefined;

  private constructor(context: AudioContext) {
    this.context = context;
    this.#input = context.createGain();
    this.#delay = context.createDelay(MOST_DELAY);
    this.#monitor = context.createGain();
    this.#recorded = context.createDelay(MOST_DELAY);
    this.#destination = context.createMediaStreamDestination();
    this.#capture = new AudioWorkletNode(context, 'soliloquy-capture', { numberOfInputs: 1, numberOfOutputs: 1 });
    this.#input.connect(this.#capture).connect(context.destination);
    this.#input.connect(this.#delay);
    this.#delay.connect(this.#monitor).connect(context.destination);
    this.#delay.connect(this.#recorded).connect(this.#destination);
    this.#monitor.gain.value = 0;
  }

  /** @throws Error where the browser has no sound, or the worklet does not start */
  static async open(assets: Assets): Promise<SoundDesk> {
    const context = new AudioContext({ latencyHint: 'interactive' });
    await context.audioWorklet.addModule(await assets.url(ASSETS.worklet));
    return new SoundDesk(context);
  }

  /** From here on what is heard goes to this port. */
  sendTo(port: MessagePort): void {
    this.#zero = undefined;
    this.#capture.port.onmessage = ({ data }: MessageEvent<FromWorklet>) => {
      if (data.type === 'begin') this.#zero = data.at;
    };
    this.#capture.port.postMessage(port, [port]);
  }

  /** @param isAudible whether it is played to whoever sits here @returns what ends it */
  connect(source: AudioNode, isAudible: boolean): () => void {
    source.connect(this.#input);
    this.#monitor.gain.value = isAudible ? 1 : 0;
    return () => source.disconnect(this.#input);
  }

  get isAudible(): boolean {
    return this.#monitor.gain.value > 0;
  }

  /** How long sound is kept back, so that lips are there when it is heard. s */
  set delay(seconds: number) {
    this.#delay.delayTime.setValueAtTime(seconds, this.context.currentTime);
    // What is recorded does not pass the loudspeaker.
    this.#recorded.delayTime.setValueAtTime(this.isAudible ? this.#outputLatency : 0, this.context.currentTime);
  }

  get delay(): number {
    return this.#delay.delayTime.value;
  }

  /** What goes by now, s since the first that the ears got; undefined before there is any. */
  get heard(): number | undefined {
    if (this.#zero === undefined) return undefined;
    return this.#now - this.#zero;
  }

  /** What `captureStream` takes along. */
  get audioTracks(): MediaStreamTrack[] {
    return this.#destination.stream.getAudioTracks();
  }

  close(): Promise<void> {
    return this.context.close();
  }

  /** Time of the context that leaves the loudspeaker now, or that is recorded now where nothing does. */
  get #now(): number {
    return this.context.currentTime - (this.isAudible ? this.#outputLatency : 0);
  }

  /** Firefox and Safari may not say. s */
  get #outputLatency(): number {
    return this.context.outputLatency || this.context.baseLatency || 0;
  }
}
