import { FRONT, type Orbit } from '@soliloquy/gaussian-cloud/orbit';
import type { Assets } from './assets.ts';
import { reasonOf } from './fault.ts';
import type { AvatarFacts, FromPainter, View } from './messages.ts';
import { PlayerWorkers, type WorkersNews } from './player-workers.ts';
import { Presenter, type Shown } from './presenter.ts';
import { LIVE_SAMPLING } from './sampling.ts';
import { MOST_DELAY, SoundDesk } from './sound/sound-desk.ts';
import { mediaStream, microphone, PushedSound, recording, type Source, type SourceNews } from './sound/sources.ts';

/** What a player does now. */
export type PlayerState = 'opening' | 'resting' | 'listening' | 'paused' | 'failed';

/** What a player tells; the element dispatches each under its type. */
export type PlayerEvent =
  | { readonly type: 'ready'; readonly facts: AvatarFacts; readonly pieceMs: number }
  | { readonly type: 'state'; readonly state: PlayerState; /** in words */ readonly message: string | undefined }
  | { readonly type: 'speaking'; readonly speaking: boolean }
  /** from the sound of a frame's middle to its picture, mean of a second */
  | { readonly type: 'latency'; readonly milliseconds: number }
  /** frames of the last second */
  | { readonly type: 'dropped'; readonly frames: number; readonly due: number }
  | { readonly type: 'shown'; readonly shown: Shown }
  | { readonly type: 'drawing'; readonly by: string; readonly because?: string };

export interface PlayerOptions {
  readonly canvas: HTMLCanvasElement;
  readonly assets: Assets;
  readonly tell: (event: PlayerEvent) => void;
  /** of the rasterizer */
  readonly device?: 'auto' | 'cpu' | 'webgpu';
  /** of the noise that motion is made of */
  readonly seed?: number;
}

/** An avatar turns by as much: it was learned from one side. rad */
export const ORBIT_LIMITS = { yaw: 0.35, pitch: 0.17, distance: [0.45, 1.3] } as const;

/** Beside what motion and drawing take: messages, the screen's next picture, and what is slower than usual. s */
const SPARE = 0.06;
/** What drawing takes before it is known. s */
const DRAWING = 0.035;
/** Drawn so early at the least, or sound is kept back for longer. frames */
const LEAST_MARGIN = 0.3;
/** Drawn so early, and sound need not be kept back for so long. frames */
const MOST_MARGIN = 4;
/** Nothing was shown for so long: the picture says why. ms */
const STALLED_MS = 2000;
/** Somebody stopped speaking where no voice was heard for so long. s */
const QUIET_SECONDS = 0.3;
/** The painter's clock is set so often. ms */
const CLOCK_MS = 100;

/** Plays one avatar on a canvas: two workers, an audio worklet, and a clock that follows the sound. */
export class AvatarPlayer {
  readonly #options: PlayerOptions;
  readonly #presenter: Presenter;
  #workers: PlayerWorkers | undefined;
  #desk: Promise<SoundDesk> | undefined;
  #opened: SoundDesk | undefined;
  #source: Source | undefined;
  #pushed: PushedSound | undefined;
  #facts: AvatarFacts | undefined;
  #avatar: ArrayBuffer | undefined;
  #view: View = { orbit: FRONT, size: undefined, isTransparent: false };
  #state: PlayerState = 'resting';
  #spoken = new Map<number, boolean>();
  #isSpeaking = false;
  /** whether the sound goes to the workers that there are */
  #isHeard = false;
  /** frames since the last one that was spoken */
  #quiet = Infinity;
  #latencies: number[] = [];
  #shownAt = 0;
  #frame = 0;
  #seconds: ReturnType<typeof setInterval> | undefined;
  #crashes = 0;
  /** how long one piece of motion takes, ms */
  #pieceMs = 100;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#presenter = new Presenter(options.canvas);
  }

  /** @param avatar bytes of a `.avatar`; ready when `ready` is told */
  async open(avatar: ArrayBuffer): Promise<void> {
    this.#endWorkers();
    this.#avatar = avatar;
    this.#say('opening', 'Opening the avatar …');
    const { assets, device = 'auto', seed = 7 } = this.#options;
    try {
      this.#workers = await PlayerWorkers.start(
        { assets, device, seed, avatar },
        {
          mind: (told) => this.#heardMind(told),
          painter: (told) => this.#heardPainter(told),
          crashed: (message) => this.#crashed(message),
        },
      );
      this.#workers.toPainter({ type: 'view', view: this.#view });
    } catch (thrown) {
      this.#fail(reasonOf(thrown));
    }
  }

  /** Asks for the microphone, and moves to what it hears. */
  listen(): Promise<void> {
    return this.#play((desk, news) => microphone(desk, news));
  }

  /** @param bytes of a recording that the browser decodes */
  play(bytes: ArrayBuffer): Promise<void> {
    return this.#play((desk, news) => recording(desk, bytes, news));
  }

  /** @param isAudible whether it is played here; not where it is heard elsewhere already */
  attach(stream: MediaStream, isAudible = true): Promise<void> {
    return this.#play(async (desk, news) => mediaStream(desk, stream, { ...news, isAudible }));
  }

  /** Sound of a voice agent, piece after piece. @param samples f32 mono @param sampleRate Hz */
  async push(samples: Float32Array, sampleRate: number): Promise<void> {
    if (this.#pushed === undefined) await this.#play(async (desk) => (this.#pushed = new PushedSound(desk)));
    this.#pushed?.push(samples, sampleRate);
  }

  /** The source ends; the person goes on listening, to silence. */
  stop(): void {
    this.#source?.end();
    this.#source = undefined;
    this.#pushed = undefined;
    if (this.#state === 'listening') this.#say('listening', undefined);
  }

  get isPlaying(): boolean {
    return this.#source !== undefined;
  }

  /** Sound and picture stand still. */
  async pause(message = 'Paused'): Promise<void> {
    if (this.#opened === undefined || this.#state !== 'listening') return;
    await this.#opened.context.suspend();
    this.#say('paused', message);
  }

  async resume(): Promise<void> {
    if (this.#opened === undefined || this.#state !== 'paused') return;
    await this.#wake(this.#opened);
  }

  set view(view: Partial<View>) {
    this.#view = { ...this.#view, ...view };
    this.#workers?.toPainter({ type: 'view', view: this.#view });
  }

  get orbit(): Orbit {
    return this.#view.orbit;
  }

  /** Turns, within what the avatar supports. */
  set orbit({ yaw, pitch, distance }: Orbit) {
    const within = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
    const [near, far] = ORBIT_LIMITS.distance;
    this.view = {
      orbit: {
        yaw: within(yaw, ORBIT_LIMITS.yaw),
        pitch: within(pitch, ORBIT_LIMITS.pitch),
        distance: Math.min(far, Math.max(near, distance)),
      },
    };
  }

  /** Picture and sound as one stream, for WebRTC or a recorder; the sound as late as the lips. */
  async captureStream(): Promise<MediaStream> {
    const { audioTracks } = await this.#soundDesk();
    const stream = this.#options.canvas.captureStream();
    for (const track of audioTracks) stream.addTrack(track);
    return stream;
  }

  close(): void {
    this.stop();
    this.#endWorkers();
    cancelAnimationFrame(this.#frame);
    clearInterval(this.#seconds);
    void this.#opened?.close();
    this.#desk = this.#opened = undefined;
  }

  #heardMind(told: Parameters<WorkersNews['mind']>[0]): void {
    if (told.type === 'failed') this.#fail(told.message);
    else if (told.type === 'avatar') this.#facts = told.facts;
    else if (told.type === 'made') for (const { frame, isSpoken } of told.frames) this.#spoken.set(frame, isSpoken);
    else {
      this.#say('resting', undefined);
      this.#tell({ type: 'ready', facts: this.#facts as AvatarFacts, pieceMs: told.pieceMs });
      this.#pieceMs = told.pieceMs;
      if (this.#opened === undefined || this.#source === undefined) return;
      this.#begin(this.#opened);
      void this.#wake(this.#opened);
    }
  }

  #heardPainter(told: FromPainter): void {
    if (told.type === 'failed') this.#fail(told.message);
    else if (told.type === 'opened') this.#tell({ ...told, type: 'drawing' });
    else if (told.frame !== undefined)
      this.#presenter.add({ frame: told.frame, bitmap: told.bitmap, opening: told.opening }, this.#due);
    else this.#presenter.draw(told.bitmap);
  }

  async #play(open: (desk: SoundDesk, news: SourceNews) => Promise<Source>): Promise<void> {
    try {
      const desk = await this.#soundDesk();
      const source = await open(desk, {
        ended: () => {
          if (this.#source === source) this.stop();
        },
        trouble: (message) => this.#say(this.#state, message),
      });
      if (source !== this.#source) this.#source?.end();
      if (source !== this.#pushed) this.#pushed = undefined;
      this.#source = source;
      if (!this.#isHeard) this.#begin(desk);
      await this.#wake(desk);
    } catch (thrown) {
      this.#say(this.#state, reasonOf(thrown));
    }
  }

  #soundDesk(): Promise<SoundDesk> {
    this.#desk ??= SoundDesk.open(this.#options.assets).then((desk) => (this.#opened = desk));
    this.#desk.catch(() => (this.#desk = undefined));
    return this.#desk;
  }

  /** The ears get what is heard from here on. */
  #begin(desk: SoundDesk): void {
    this.#isHeard = true;
    const { port1, port2 } = new MessageChannel();
    this.#presenter.reset();
    this.#spoken.clear();
    this.#workers?.toMind({ type: 'sound', port: port1, sampleRate: desk.context.sampleRate }, [port1]);
    desk.sendTo(port2);
    const { lookAhead, piece } = LIVE_SAMPLING;
    const fps = this.#facts?.fps ?? 25;
    desk.delay = Math.min(MOST_DELAY, lookAhead / 1000 + (piece - 0.5) / fps + this.#pieceMs / 1000 + DRAWING + SPARE);
    cancelAnimationFrame(this.#frame);
    clearInterval(this.#seconds);
    this.#shownAt = performance.now();
    this.#seconds = setInterval(() => this.#everySecond(), 1000);
    this.#frame = requestAnimationFrame(() => this.#present());
  }

  async #wake(desk: SoundDesk): Promise<void> {
    const waited = new Promise((resolve) => setTimeout(resolve, 1000));
    await Promise.race([desk.context.resume(), waited]);
    if (desk.context.state === 'running') this.#say('listening', undefined);
    else this.#say('paused', 'This browser starts sound after a click or a key: press “Go on”.');
    this.#shownAt = performance.now();
  }

  /** Number of the frame that is due, with fractions. */
  get #due(): number | undefined {
    const [desk, heard] = [this.#opened, this.#opened?.heard];
    if (desk === undefined || heard === undefined || this.#facts === undefined) return undefined;
    return (heard - desk.delay) * this.#facts.fps;
  }

  #present(): void {
    this.#frame = requestAnimationFrame(() => this.#present());
    const at = this.#due;
    const fps = this.#facts?.fps ?? 25;
    if (performance.now() - this.#clockTold > CLOCK_MS) this.#tellClock();
    if (at === undefined || at < 0 || this.#state !== 'listening') return;
    const shown = this.#presenter.present(at, fps);
    if (shown === undefined) return;
    const latency = shown.latency + (this.#opened?.delay ?? 0);
    this.#shownAt = performance.now();
    this.#latencies.push(latency);
    this.#tell({ type: 'shown', shown: { ...shown, latency } });
    this.#quiet = this.#spoken.get(shown.frame) === true ? 0 : this.#quiet + 1;
    const spoken = this.#quiet < QUIET_SECONDS * fps;
    for (const frame of this.#spoken.keys()) if (frame <= shown.frame) this.#spoken.delete(frame);
    if (spoken !== this.#isSpeaking) this.#tell({ type: 'speaking', speaking: (this.#isSpeaking = spoken) });
  }

  #everySecond(): void {
    if (this.#state !== 'listening') return;
    const { due, shown } = this.#presenter.takeTally();
    const mean = this.#latencies.reduce((sum, value) => sum + value, 0) / this.#latencies.length;
    if (this.#latencies.length > 0) this.#tell({ type: 'latency', milliseconds: 1000 * mean });
    this.#latencies = [];
    this.#tell({ type: 'dropped', frames: Math.max(0, due - shown), due });
    this.#settleDelay();
    const stalled = performance.now() - this.#shownAt > STALLED_MS;
    if (stalled) this.#say('listening', 'This machine is too slow just now: the picture comes when it can.');
    else if (this.#message?.startsWith('This machine is too slow')) this.#say('listening', undefined);
    if (this.#opened?.context.state !== 'running') this.#say('paused', 'The sound was suspended: press “Go on”.');
  }

  /**
   * Sound is kept back for longer where frames come too late, for less where they wait. While somebody speaks only
   * where hardly any picture comes at all: another delay is heard as a gap.
   */
  #settleDelay(): void {
    const desk = this.#opened;
    const fps = this.#facts?.fps ?? 25;
    const { margin } = this.#presenter;
    if (desk === undefined || margin === undefined) return;
    const isGood = margin >= LEAST_MARGIN && margin <= MOST_MARGIN;
    if (isGood || (this.#isSpeaking && margin > -2)) return;
    const wanted = margin > MOST_MARGIN ? MOST_MARGIN / 2 : LEAST_MARGIN;
    desk.delay = Math.min(MOST_DELAY, desk.delay + (wanted - margin) / fps);
    this.#presenter.forgetMargins();
  }

  #clockTold = 0;

  /** The painter's own clock goes by what is told here. */
  #tellClock(): void {
    const at = this.#due;
    if (at === undefined) return;
    this.#clockTold = performance.now();
    const fps = this.#state === 'listening' ? (this.#facts?.fps ?? 25) : 0;
    this.#workers?.toPainter({ type: 'clock', frame: at, time: performance.timeOrigin + performance.now(), fps });
  }

  #message: string | undefined;
  #say(state: PlayerState, message: string | undefined): void {
    if (state === this.#state && message === this.#message) return;
    [this.#state, this.#message] = [state, message];
    this.#tell({ type: 'state', state, message });
  }

  #fail(message: string): void {
    this.#say('failed', message);
  }

  /** A worker ended: all is opened again, once or twice. */
  #crashed(message: string): void {
    this.#endWorkers();
    if (this.#avatar === undefined || ++this.#crashes > 2) this.#fail(`The player stopped: ${message}`);
    else void this.open(this.#avatar);
  }

  #endWorkers(): void {
    this.#workers?.end();
    this.#workers = undefined;
    this.#isHeard = false;
  }

  #tell(event: PlayerEvent): void {
    this.#options.tell(event);
  }
}
