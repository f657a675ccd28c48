/** What the page says: `announce` to screen readers only, `say` and `warn` on the page too. */
export class Notices {
  spoken = $state('');
  shown = $state.raw<readonly { readonly id: number; readonly text: string; readonly kind: 'info' | 'problem' }[]>([]);
  #next = 0;

  announce(text: string): void {
    // a live region that is set to what it says already says nothing
    this.spoken = this.spoken === text ? `${text} ` : text;
  }

  say(text: string): void {
    this.#show(text, 'info', 6000);
  }

  warn(text: string): void {
    this.#show(text, 'problem', 12_000);
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }

  #show(text: string, kind: 'info' | 'problem', forMs: number): void {
    const id = this.#next++;
    this.shown = [...this.shown.slice(-3).filter((notice) => notice.text !== text), { id, text, kind }];
    this.announce(text);
    setTimeout(() => this.dismiss(id), forMs);
  }
}
