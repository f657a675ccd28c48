import { FRONT, type Orbit } from '@soliloquy/gaussian-cloud/orbit';
import type { Assets } from './assets.ts';
import { firstDelay, settledDelay } from './delay.ts';
import { reasonOf } from './fault.ts';
import type { AvatarFacts, FromPainter, View } from './messages.ts';
import { withinLimits } from './orbit-limits.ts';
import type { PlayerEvent, PlayerState } from './player-event.ts';
import { PlayerWorkers, type WorkersNews } from './player-workers.ts';
import { Presenter } from './presenter.ts';
import { SoundDesk } from './sound/sound-desk.ts';
import { mediaStream, microphone, PushedSound, recording, type Source, type SourceNews } from './sound/sources.ts';
import { Speaking } from './speaking.ts';

export interface PlayerOptions {
  readonly canvas: HTMLCanvasElement;
  readonly assets: Assets;
  readonly tell: (event: PlayerEvent) => void;
  /** of the rasterizer */
  readonly device?: 'auto' | 'cpu' | 'webgpu';
  /** of the noise that motion is made of */
  readonly seed?: number;
}

/** Nothing was shown for so long: the picture says why. ms */
const STALLED_MS = 2000;
const STALLED = 'This machine is too slow just now: the picture comes when it can.';
/** Motion that is so much later than that of the first frames is about what nobody hears any more. s */
const MOST_LATE = 6;
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
  readonly #speaking = new Speaking();
  /** whether sound goes to the workers that there are */
  #isHeard = false;
  /** of sound: each time that the ears begin anew it is another */
  #stretch = 0;
  /** of this stretch, s */
  #lateAtFirst: number | undefined;
  /** what is wrong with the sound, in words */
  #trouble: string | undefined;
  /** how often an avatar was opened: what an earlier one tells, nobody takes */
  #openings = 0;
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
    // What the browser lost of the picture is drawn again.
    options.canvas.addEventListener('contextrestored', () => (this.view = {}));
  }

  /** @param avatar bytes of a `.avatar`; ready when `ready` is told */
  async open(avatar: ArrayBuffer): Promise<void> {
    this.#endWorkers();
    this.#avatar = avatar;
    this.#say('opening', 'Opening the avatar …');
    const { assets, device = 'auto', seed = 7 } = this.#options;
    const opening = ++this.#openings;
    const ifCurrent =
      <T>(take: (told: T) => void) =>
      (told: T): void => {
        if (opening === this.#openings) take(told);
      };
    try {
      const workers = await PlayerWorkers.start(
        { assets, device, seed, avatar },
        {
          mind: ifCurrent((told) => this.#heardMind(told)),
          painter: ifCurrent((told) => this.#heardPainter(told)),
          crashed: ifCurrent((message) => this.#crashed(message)),
        },
      );
      if (opening !== this.#openings) return workers.end();
      this.#workers = workers;
      workers.toPainter({ type: 'view', view: this.#view });
    } catch (thrown) {
      ifCurrent(() => this.fail(reasonOf(thrown)))(undefined);
    }
  }

  /** There is nothing to play. @param message why, in words */
  fail(message: string): void {
    this.stop();
    this.#endWorkers();
    this.#say('failed', message);
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
    return this.#play(async (desk, news) =>
      mediaStream(desk, stream, {
        ...news,
        isAudible,
        ended: () => news.trouble('This stream ended: it goes on with its next track, or another stream.'),
      }),
    );
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
    this.#trouble = undefined;
    if (this.#state === 'listening') this.#say('listening', undefined);
  }

  get isPlaying(): boolean {
    return this.#source !== undefined;
  }

  /** Sound and picture stand still. */
  async pause(message = 'Paused'): Promise<void> {
    if (this.#opened === undefined || this.#state !== 'listening') return;
    this.#say('paused', message);
    await this.#opened.context.suspend();
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
  set orbit(orbit: Orbit) {
    this.view = { orbit: withinLimits(orbit) };
  }

  /** Picture and sound as one stream, for WebRTC or a recorder; the sound as late as the lips. */
  async captureStream(): Promise<MediaStream> {
    const { audioTracks } = await this.#soundDesk();
    return new MediaStream([...this.#options.canvas.captureStream().getTracks(), ...audioTracks]);
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
    if (told.type === 'failed') this.fail(told.message);
    else if (told.type === 'avatar') this.#facts = told.facts;
    else if (told.type === 'made') {
      if (told.stretch !== this.#stretch) return;
      this.#speaking.add(told.frames);
    } else if (told.type === 'behind') {
      if (told.stretch === this.#stretch) this.#beginAnew();
    } else {
      this.#say('resting', undefined);
      this.#tell({ type: 'ready', facts: this.#facts as AvatarFacts, pieceMs: told.pieceMs });
      this.#pieceMs = told.pieceMs;
      if (this.#opened === undefined || this.#source === undefined) return;
      this.#begin(this.#opened);
      void this.#wake(this.#opened);
    }
  }

  #heardPainter(told: FromPainter): void {
    if (told.type === 'failed') this.fail(told.message);
    else if (told.type === 'opened') this.#tell({ ...told, type: 'drawing' });
    else if (told.frame !== undefined && told.stretch !== this.#stretch) told.bitmap.close();
    else if (told.frame !== undefined)
      this.#presenter.add({ frame: told.frame, bitmap: told.bitmap, opening: told.opening }, this.#due);
    else this.#presenter.draw(told.bitmap);
  }

  async #play(open: (desk: SoundDesk, news: SourceNews) => Promise<Source>): Promise<void> {
    if (this.#state === 'failed') return;
    if (this.#avatar === undefined) return this.#say(this.#state, 'No avatar is open: open one first.');
    try {
      const desk = await this.#soundDesk();
      const source = await open(desk, {
        ended: (message) => {
          if (this.#source !== source) return;
          this.stop();
          this.#troubled(message);
        },
        trouble: (message) => this.#troubled(message),
      });
      if (source !== this.#source) this.#source?.end();
      if (source !== this.#pushed) this.#pushed = undefined;
      this.#source = source;
      this.#trouble = source.trouble;
      // One that is opened still hears when it is.
      if (this.#state === 'opening') return void desk.context.resume();
      if (!this.#isHeard) this.#begin(desk);
      await this.#wake(desk);
    } catch (thrown) {
      this.#say(this.#state, reasonOf(thrown));
    }
  }

  #troubled(message: string | undefined): void {
    this.#trouble = message;
    if (this.#state === 'listening') this.#say('listening', message);
  }

  #soundDesk(): Promise<SoundDesk> {
    this.#desk ??= SoundDesk.open(this.#options.assets).then((desk) => {
      // Some start, or go on, long after they were told to.
      desk.context.addEventListener('statechange', () => {
        if (desk.context.state === 'running' && this.#state === 'paused') this.#say('listening', this.#trouble);
      });
      return (this.#opened = desk);
    });
    this.#desk.catch(() => (this.#desk = undefined));
    return this.#desk;
  }

  /** The ears get what is heard from here on. */
  #begin(desk: SoundDesk): void {
    this.#isHeard = true;
    const stretch = ++this.#stretch;
    this.#lateAtFirst = undefined;
    const { port1, port2 } = new MessageChannel();
    this.#presenter.reset();
    this.#speaking.reset();
    const { sampleRate } = desk.context;
    this.#workers?.toMind({ type: 'sound', port: port1, sampleRate, stretch }, [port1]);
    desk.sendTo(port2);
    desk.delay = firstDelay(this.#pieceMs, this.#fps);
    cancelAnimationFrame(this.#frame);
    clearInterval(this.#seconds);
    this.#shownAt = performance.now();
    this.#seconds = setInterval(() => this.#everySecond(), 1000);
    this.#frame = requestAnimationFrame(() => this.#present());
  }

  /** Motion came too late for all that follows. */
  #beginAnew(): void {
    if (this.#opened === undefined || this.#state !== 'listening') return;
    this.#begin(this.#opened);
    this.#say('listening', STALLED);
  }

  async #wake(desk: SoundDesk): Promise<void> {
    const waited = new Promise((resolve) => setTimeout(resolve, 1000));
    await Promise.race([desk.context.resume(), waited]);
    if (this.#state === 'failed') return;
    if (desk.context.state === 'running') this.#say('listening', this.#trouble);
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
    if (performance.now() - this.#clockTold > CLOCK_MS) this.#tellClock();
    if (at === undefined || at < 0 || this.#state !== 'listening') return;
    for (const speaking of this.#speaking.upTo(at, this.#fps)) this.#tell({ type: 'speaking', speaking });
    const shown = this.#presenter.present(at, this.#fps);
    if (shown === undefined) return;
    const latency = shown.latency + (this.#opened?.delay ?? 0);
    this.#shownAt = performance.now();
    this.#latencies.push(latency);
    this.#tell({ type: 'shown', shown: { ...shown, latency } });
    this.#lateAtFirst ??= shown.latency;
    if (shown.latency > Math.max(0, this.#lateAtFirst) + MOST_LATE) this.#beginAnew();
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
    if (stalled) this.#say('listening', STALLED);
    else if (this.#message === STALLED) this.#say('listening', this.#trouble);
    if (this.#opened?.context.state !== 'running') this.#say('paused', 'The sound was suspended: press “Go on”.');
  }

  #settleDelay(): void {
    const desk = this.#opened;
    const { margin } = this.#presenter;
    if (desk === undefined || margin === undefined) return;
    const delay = settledDelay(desk.delay, { margin, isSpeaking: this.#speaking.isSpeaking, fps: this.#fps });
    if (delay === undefined) return;
    desk.delay = delay;
    this.#presenter.forgetMargins();
  }

  get #fps(): number {
    return this.#facts?.fps ?? 25;
  }

  #clockTold = 0;

  /** The painter's own clock goes by what is told here. */
  #tellClock(): void {
    const at = this.#due;
    if (at === undefined) return;
    this.#clockTold = performance.now();
    const fps = this.#state === 'listening' ? this.#fps : 0;
    this.#workers?.toPainter({ type: 'clock', frame: at, time: performance.timeOrigin + performance.now(), fps });
  }

  #message: string | undefined;
  #say(state: PlayerState, message: string | undefined): void {
    if (state === this.#state && message === this.#message) return;
    [this.#state, this.#message] = [state, message];
    this.#tell({ type: 'state', state, message });
  }

  /** A worker ended: all is opened again, once or twice. */
  #crashed(message: string): void {
    this.#endWorkers();
    if (this.#avatar === undefined || ++this.#crashes > 2) this.fail(`The player stopped: ${message}`);
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
