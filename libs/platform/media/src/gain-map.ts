/** How files say that they carry a gain map: Adobe's and Google's XMP, ISO 21496-1, Apple's. */
const SIGNS = ['hdrgm:Version', 'ns.adobe.com/hdr-gain-map/', 'urn:iso:std:iso:ts:21496:-1', 'HDRGainMap'];

/**
 * Whether a picture has a gain map, by which a screen that can would show it brighter than white. Its ordinary picture
 * is complete without.
 */
export function hasGainMap(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return SIGNS.some((sign) => text.includes(sign, 0, 'latin1'));
}
