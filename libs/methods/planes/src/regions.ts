/** Connected regions of a binary picture: u8 [height, width], 1 inside. Neighbours are the four beside. */

/** Calls `found` with the pixels of each region whose pixels have `value`. */
function forEachRegion(
  mask: Uint8Array,
  width: number,
  height: number,
  value: number,
  found: (pixels: readonly number[], touchesEdge: boolean) => void,
): void {
  const seen = new Uint8Array(mask.length);
  for (let start = 0; start < mask.length; start++) {
    if (seen[start] || mask[start] !== value) continue;
    const pixels = [start];
    seen[start] = 1;
    let touchesEdge = false;
    for (let i = 0; i < pixels.length; i++) {
      const at = pixels[i];
      const x = at % width;
      const y = (at - x) / width;
      if (x === 0 || y === 0 || x === width - 1) touchesEdge = true;
      for (const next of [
        x > 0 ? at - 1 : -1,
        x < width - 1 ? at + 1 : -1,
        y > 0 ? at - width : -1,
        y < height - 1 ? at + width : -1,
      ]) {
        if (next < 0 || seen[next] || mask[next] !== value) continue;
        seen[next] = 1;
        pixels.push(next);
      }
    }
    found(pixels, touchesEdge);
  }
}

/** All regions of 1, as lists of pixel indices. */
export function regionsOf(mask: Uint8Array, width: number, height: number): (readonly number[])[] {
  const regions: (readonly number[])[] = [];
  forEachRegion(mask, width, height, 1, (pixels) => regions.push(pixels));
  return regions;
}

/** Clears every region of 1 that holds no pixel for which `anchor` is true. In place. */
export function keepConnected(
  mask: Uint8Array,
  width: number,
  height: number,
  anchor: (x: number, y: number) => boolean,
): void {
  for (const pixels of regionsOf(mask, width, height))
    if (!pixels.some((at) => anchor(at % width, Math.floor(at / width)))) for (const at of pixels) mask[at] = 0;
}

/** All regions of 0 that are enclosed, by the picture's bottom edge too, where a body is cut off. */
export function holesOf(mask: Uint8Array, width: number, height: number): (readonly number[])[] {
  const holes: (readonly number[])[] = [];
  forEachRegion(mask, width, height, 0, (pixels, touchesEdge) => {
    if (!touchesEdge) holes.push(pixels);
  });
  return holes;
}

/** Fills holes smaller than `area` pixels. In place. */
export function fillHoles(mask: Uint8Array, width: number, height: number, area: number): void {
  for (const pixels of holesOf(mask, width, height)) if (pixels.length < area) for (const at of pixels) mask[at] = 1;
}
