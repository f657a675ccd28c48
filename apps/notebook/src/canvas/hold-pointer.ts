/**
 * Keeps a press on an element from the canvas below it, which would begin to drag or to pan.
 *
 * @param pressed what the press does instead, if anything
 * @returns what takes it off again
 */
export function holdPointer(element: Element, pressed?: (event: PointerEvent) => void): () => void {
  const down = (event: Event): void => {
    event.stopPropagation();
    if (event instanceof PointerEvent && event.button === 0) pressed?.(event);
  };
  const still = (event: Event): void => event.stopPropagation();
  element.addEventListener('pointerdown', down);
  element.addEventListener('dblclick', still);
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('dblclick', still);
  };
}
