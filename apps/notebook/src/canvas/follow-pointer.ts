/** What follows a pressed pointer until it is let go. */
export interface Following {
  move(event: PointerEvent): void;
  up?(event: PointerEvent): void;
  /** Escape: nothing comes of it; without it Escape does what it does otherwise */
  escape?(): void;
}

/** Follows the pointer over the whole window from its press on. */
export function followPointer({ move, up, escape }: Following): void {
  const stop = (): void => {
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', ended);
    window.removeEventListener('pointercancel', ended);
    window.removeEventListener('keydown', key, true);
  };
  const ended = (event: PointerEvent): void => {
    stop();
    if (event.type === 'pointercancel' && escape !== undefined) escape();
    else up?.(event);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || escape === undefined) return;
    event.stopPropagation();
    stop();
    escape();
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', ended);
  window.addEventListener('pointercancel', ended);
  window.addEventListener('keydown', key, true);
}
