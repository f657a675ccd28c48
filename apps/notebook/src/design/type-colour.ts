const hues = new Map<string, number>();

/** Takes over the hues that port types declare, before anything is painted: of the catalogue, when it is here. */
export function declareHues(types: readonly { readonly id: string; readonly hue?: number }[]): void {
  for (const { id, hue } of types) if (hue !== undefined) hues.set(id, hue);
}

/** Hue of a port type's sockets and links, degrees of oklch; types that declare none get one of their own by name. */
export function typeHue(type: string): number {
  const declared = hues.get(type);
  if (declared !== undefined) return declared;
  let hash = 7;
  for (const letter of type) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return hash;
}

/** The colour itself, for light and dark. */
export function typeColour(type: string): string {
  const hue = typeHue(type);
  return `light-dark(oklch(0.58 0.13 ${hue}), oklch(0.77 0.115 ${hue}))`;
}
