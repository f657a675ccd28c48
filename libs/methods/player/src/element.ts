import { assetsAt, type Assets } from './assets.ts';
import { AvatarPlayer } from './avatar-player.ts';
import { addControls, type Controls } from './controls.ts';
import { reasonOf } from './fault.ts';
import type { PlayerEvent, PlayerState } from './player-event.ts';
import { sheet } from './style.ts';

/** Of a turn by a key. rad */
const TURN = 0.06;
const ZOOM = 0.92;
/** Of a turn by a drag: rad a pixel. */
const DRAG = 0.004;

/** What keys do to the orbit: yaw, pitch, and the factor on the distance. */
const KEYS: Readonly<Record<string, readonly [number, number, number]>> = {
  ArrowLeft: [-TURN, 0, 1],
  ArrowRight: [TURN, 0, 1],
  ArrowUp: [0, TURN, 1],
  ArrowDown: [0, -TURN, 1],
  '+': [0, 0, ZOOM],
  '-': [0, 0, 1 / ZOOM],
};

/**
 * `<soliloquy-avatar src="person.avatar">`: an avatar that moves to what is heard.
 *
 * | attribute | what |
 * |---|---|
 * | `src` | address of a `.avatar` |
 * | `controls` | buttons for microphone, file, pause |
 * | `transparent` | nothing behind the person |
 * | `size` | pixels that are drawn, e.g. `512x768`; without it those of the background, fewer on slow machines |
 * | `device` | `auto`, `cpu` or `webgpu`, of the rasterizer |
 *
 * Events bear the names of `PlayerEvent`; `detail` is the event without its type.
 */
export class SoliloquyAvatar extends HTMLElement {
  static readonly observedAttributes = ['src', 'transparent', 'size', 'controls'];
  /** Where players find their files; beside this script unless something else is set. */
  static assets: Assets = assetsAt(import.meta.url);

  readonly #canvas = document.createElement('canvas');
  readonly #message = document.createElement('p');
  readonly #stage = document.createElement('div');
  #controls: Controls | undefined;
  #player: AvatarPlayer | undefined;
  #state: PlayerState = 'resting';
  #pausedByPage = false;
  #leave = new AbortController();

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet()];
    this.#stage.className = 'stage';
    this.#stage.tabIndex = 0;
    this.#stage.setAttribute('role', 'group');
    this.#canvas.setAttribute('role', 'img');
    this.#message.setAttribute('role', 'status');
    this.#stage.append(this.#canvas, this.#message);
    root.append(this.#stage);
    this.#named('an avatar');
  }

  connectedCallback(): void {
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    this.#player ??= this.#newPlayer();
    this.#stage.addEventListener('keydown', (event) => this.#turnByKey(event), { signal });
    this.#stage.addEventListener('pointerdown', (event) => this.#turnByDrag(event), { signal });
    this.addEventListener('dragover', (event) => event.preventDefault(), { signal });
    this.addEventListener('drop', (event) => this.#dropped(event), { signal });
    document.addEventListener('visibilitychange', () => this.#seen(!document.hidden), { signal });
    // A page that sleeps, as browsers let one that nobody uses, need not be hidden.
    document.addEventListener('freeze', () => this.#seen(false), { signal });
    document.addEventListener('resume', () => this.#seen(!document.hidden), { signal });
    for (const name of SoliloquyAvatar.observedAttributes) this.attributeChangedCallback(name);
  }

  disconnectedCallback(): void {
    this.#leave.abort();
    this.#player?.close();
    this.#player = undefined;
  }

  attributeChangedCallback(name: string): void {
    if (this.#player === undefined) return;
    if (name === 'src' && this.getAttribute('src') !== null) void this.#load(this.getAttribute('src') as string);
    if (name === 'transparent') this.#player.view = { isTransparent: this.hasAttribute('transparent') };
    if (name === 'size') this.#player.view = { size: sizeOf(this.getAttribute('size')) };
    if (name === 'controls') this.#showControls(this.hasAttribute('controls'));
  }

  /** The player itself: sources, orbit, `captureStream`. */
  get player(): AvatarPlayer {
    return (this.#player ??= this.#newPlayer());
  }

  /** @param avatar bytes of a `.avatar`, or a file of it */
  async open(avatar: ArrayBuffer | Blob): Promise<void> {
    await this.player.open(avatar instanceof Blob ? await avatar.arrayBuffer() : avatar);
  }

  /** Asks for the microphone. */
  listen(): Promise<void> {
    return this.player.listen();
  }

  async play(sound: ArrayBuffer | Blob): Promise<void> {
    await this.player.play(sound instanceof Blob ? await sound.arrayBuffer() : sound);
  }

  attach(stream: MediaStream, isAudible = true): Promise<void> {
    return this.player.attach(stream, isAudible);
  }

  push(samples: Float32Array, sampleRate: number): Promise<void> {
    return this.player.push(samples, sampleRate);
  }

  stop(): void {
    this.player.stop();
  }

  captureStream(): Promise<MediaStream> {
    return this.player.captureStream();
  }

  #newPlayer(): AvatarPlayer {
    const device = this.getAttribute('device');
    return new AvatarPlayer({
      canvas: this.#canvas,
      assets: SoliloquyAvatar.assets,
      device: device === 'cpu' || device === 'webgpu' ? device : 'auto',
      tell: (event) => this.#told(event),
    });
  }

  async #load(address: string): Promise<void> {
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`status ${response.status}`);
      await this.open(await response.arrayBuffer());
    } catch (thrown) {
      this.player.fail(`No avatar at ${address}: ${reasonOf(thrown)}`);
    }
  }

  #told(event: PlayerEvent): void {
    const { type, ...detail } = event;
    if (event.type === 'ready') {
      const { name, width, height } = event.facts;
      this.#named(name);
      // As large as the background, however many pixels are drawn.
      this.#stage.style.width = `${width}px`;
      this.#canvas.style.aspectRatio = `${width} / ${height}`;
    }
    if (event.type === 'state') {
      this.#state = event.state;
      this.#message.setAttribute('role', event.state === 'failed' ? 'alert' : 'status');
      this.#message.textContent = event.message ?? '';
      this.dataset.state = event.state;
    }
    if (event.type === 'state' || event.type === 'ready') this.#controls?.update(this.#state, this.player.isPlaying);
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #named(name: string): void {
    this.#canvas.setAttribute('aria-label', `${name}, talking`);
    this.#stage.setAttribute(
      'aria-label',
      `${name}: arrow keys turn, plus and minus come nearer or go, 0 is the front`,
    );
  }

  #showControls(isWanted: boolean): void {
    this.#controls?.remove();
    this.#controls = isWanted ? addControls(this.shadowRoot as ShadowRoot, this) : undefined;
    this.#controls?.update(this.#state, this.player.isPlaying);
  }

  /** A page that nobody sees draws for nobody. */
  #seen(isSeen: boolean): void {
    if (!isSeen && this.#state === 'listening') {
      this.#pausedByPage = true;
      void this.player.pause('Paused while the page is hidden');
    } else if (isSeen && this.#pausedByPage) {
      this.#pausedByPage = false;
      void this.player.resume();
    }
  }

  #turnByKey(event: KeyboardEvent): void {
    const { orbit } = this.player;
    const turn = KEYS[event.key];
    if (turn !== undefined) {
      const [yaw, pitch, distance] = turn;
      this.player.orbit = {
        yaw: orbit.yaw + yaw,
        pitch: orbit.pitch + pitch,
        distance: orbit.distance * distance,
      };
    } else if (event.key === '0') this.player.orbit = { yaw: 0, pitch: 0, distance: 1 };
    else return;
    event.preventDefault();
    // The page may have another use of the same keys.
    event.stopPropagation();
  }

  #turnByDrag({ pointerId, clientX, clientY }: PointerEvent): void {
    const { orbit } = this.player;
    this.#stage.setPointerCapture(pointerId);
    const move = (event: PointerEvent): void => {
      this.player.orbit = {
        ...orbit,
        yaw: orbit.yaw + DRAG * (event.clientX - clientX),
        pitch: orbit.pitch + DRAG * (event.clientY - clientY),
      };
    };
    this.#stage.addEventListener('pointermove', move);
    this.#stage.addEventListener('lostpointercapture', () => this.#stage.removeEventListener('pointermove', move), {
      once: true,
    });
  }

  /** An avatar that is dropped is opened, anything else played. */
  #dropped(event: DragEvent): void {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    void (file.name.endsWith('.avatar') ? this.open(file) : this.play(file));
  }
}

/** @throws Error for what is no size */
function sizeOf(text: string | null): { width: number; height: number } | undefined {
  if (text === null || text === 'auto') return undefined;
  const found = /^(\d{2,4})x(\d{2,4})$/.exec(text);
  if (found === null) throw new Error(`soliloquy-avatar.size: expected e.g. 512x768, got "${text}"`);
  return { width: Number(found[1]), height: Number(found[2]) };
}

/** Makes the element known. @param assets where players find their files */
export function define(assets?: Assets): void {
  if (assets !== undefined) SoliloquyAvatar.assets = assets;
  if (customElements.get('soliloquy-avatar') === undefined) customElements.define('soliloquy-avatar', SoliloquyAvatar);
}
