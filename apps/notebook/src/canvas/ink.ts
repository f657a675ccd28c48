/**
 * Colours and letters of the page's style sheet, for what is painted. Words of CSS (`var(--line)`, `light-dark(…)`) are
 * looked up once.
 */
export class Ink {
  readonly #probe: HTMLElement;
  readonly #colours = new Map<string, string>();
  readonly #family: string;

  /** @param probe an element that shows no letters of its own: it is coloured to learn what a colour is */
  constructor(probe: HTMLElement) {
    this.#probe = probe;
    this.#family = getComputedStyle(probe).fontFamily;
  }

  colour(css: string): string {
    const known = this.#colours.get(css);
    if (known !== undefined) return known;
    this.#probe.style.color = css;
    const colour = getComputedStyle(this.#probe).color;
    this.#colours.set(css, colour);
    return colour;
  }

  /** @param size units of the canvas */
  font(size: number, weight: number): string {
    return `${weight} ${size}px ${this.#family}`;
  }
}
