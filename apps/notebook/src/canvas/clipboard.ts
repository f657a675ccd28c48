import type { Actions } from '../graph/actions.ts';

/** The selection as text of the clipboard, and text of it as nodes. */
export class Clipboard {
  readonly #actions: Actions;
  readonly #isOurs: () => boolean;
  readonly #take: (text: string) => void;

  /** @param isOurs whether the keyboard is on the canvas; @param take what is pasted */
  constructor(actions: Actions, isOurs: () => boolean, take: (text: string) => void) {
    this.#actions = actions;
    this.#isOurs = isOurs;
    this.#take = take;
  }

  /** @returns whether anything was copied */
  copy(event: ClipboardEvent): boolean {
    if (!this.#isOurs() || getSelection()?.isCollapsed === false) return false;
    const text = this.#actions.copied();
    if (text === undefined) return false;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    return true;
  }

  cut(event: ClipboardEvent): void {
    if (this.copy(event)) this.#actions.remove();
  }

  paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!this.#isOurs() || text.trim() === '') return;
    event.preventDefault();
    this.#take(text);
  }
}
