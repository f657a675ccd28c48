/** How far a program is, by what it wrote. */
export interface SaidProgress {
  readonly done: number;
  readonly total: number;
  readonly note?: string;
}

/** A bar of tqdm: `Loading:  42%|████      | 21/50 [05:36<07:44, 16.02s/it]`. */
const BAR = /^(?:(.*?):\s*)?\d+%\|[^|]*\|\s*(\d+)\/(\d+)\s*\[/;
/** Which part of several is made now: `[2/3]`. */
const PART = /^\[(\d+)\/(\d+)\]$/;
/** What commands of this house say: `progress 3/10 words`. */
const OWN = /^progress (\d+)\/(\d+)(?: (.*))?$/;

/**
 * Reads progress from the lines of foreign programs: bars of tqdm, which most of them draw, parts of several (`[2/3]`),
 * and `progress 3/10 words`. Bars within a part count as steps of it.
 */
export class ProgressReader {
  #part = 1;
  #parts = 1;

  /** @returns how far it is now, or undefined for a line that says nothing of that */
  read(line: string): SaidProgress | undefined {
    const text = line.trim();
    const own = OWN.exec(text);
    if (own !== null) return { done: Number(own[1]), total: Number(own[2]), note: own[3] };
    const part = PART.exec(text);
    if (part !== null) {
      [this.#part, this.#parts] = [Number(part[1]), Math.max(1, Number(part[2]))];
      return { done: this.#part - 1, total: this.#parts, note: `part ${this.#part}` };
    }
    const bar = BAR.exec(text);
    if (bar === null) return undefined;
    const [done, total] = [Number(bar[2]), Number(bar[3])];
    const note = bar[1] === undefined || bar[1] === '' ? {} : { note: bar[1] };
    // A bar with a name of its own loads or saves something: it is no step of a part.
    if (bar[1]) return { done, total, ...note };
    return { done: (this.#part - 1) * total + done, total: this.#parts * total, ...note };
  }
}
