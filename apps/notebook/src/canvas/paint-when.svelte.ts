import { theme } from '../design/theme.svelte.ts';
import { Ink } from './ink.ts';

/** What is painted on a canvas of the page. */
export interface Painted {
  sheet(): HTMLCanvasElement | undefined;
  /** pixels of the page */
  size(): { readonly width: number; readonly height: number };
  /** reads all that the picture is made of, so that its changes are noticed */
  made(): unknown;
  /** Paints on the empty canvas; a unit is a pixel of the page. */
  paint(context: CanvasRenderingContext2D, ink: Ink): void;
}

/**
 * Paints in the next frame whenever something of the picture changes (several changes at once), or the page gets
 * another look. Of a component.
 */
export function paintWhen({ sheet, size, made, paint }: Painted): void {
  let looks = $state(0);
  let asked: number | undefined;
  const ink = $derived.by(() => {
    void [looks, theme.chosen];
    const element = sheet();
    return element && new Ink(element);
  });

  $effect(() => {
    const change = (): void => void (looks += 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', change);
    void document.fonts.ready.then(change);
    return () => system.removeEventListener('change', change);
  });
  $effect(() => {
    void [ink, size(), made()];
    asked ??= requestAnimationFrame(() => {
      asked = undefined;
      const element = sheet();
      const context = element?.getContext('2d');
      if (!element || !context || !ink) return;
      const { width, height } = size();
      const [across, down] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
      if (element.width !== across || element.height !== down) Object.assign(element, { width: across, height: down });
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, across, down);
      context.scale(devicePixelRatio, devicePixelRatio);
      paint(context, ink);
    });
  });
  $effect(() => () => void (asked !== undefined && cancelAnimationFrame(asked)));
}
