/** What the first bytes of a picture say, read without decoding it. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg' | 'webp' | 'gif' | 'avif or heic' | 'tiff' | 'bmp' | 'unknown';
  /** pixels as stored (before EXIF rotation); absent where the header is cut off or of another format */
  readonly width?: number;
  readonly height?: number;
  /** An animated PNG or WebP. */
  readonly animated: boolean;
}

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

/**
 * Format, size and animation of a picture from its header (PNG 1.2 §11.2.2, APNG 1.0, JPEG T.81 §B.2.2, WebP RFC 9649
 * §2.7), so that an image bomb is refused before a decoder sees it.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 8 && view.getUint32(0) === 0x89504e47) return pngHeader(bytes, view);
  if (bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(view);
  if (bytes.length >= 12 && ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP')
    return webpHeader(bytes, view);
  if (ascii(bytes, 0, 4) === 'GIF8') return { format: 'gif', animated: true };
  if (ascii(bytes, 4, 8) === 'ftyp') return { format: 'avif or heic', animated: false };
  if (['II*\0', 'MM\0*'].includes(ascii(bytes, 0, 4))) return { format: 'tiff', animated: false };
  if (ascii(bytes, 0, 2) === 'BM') return { format: 'bmp', animated: false };
  return { format: 'unknown', animated: false };
}

function pngHeader(bytes: Uint8Array, view: DataView): ImageHeader {
  if (bytes.length < 24) return { format: 'png', animated: false };
  let animated = false;
  // acTL stands before the first IDAT where there is an animation.
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const kind = ascii(bytes, at + 4, at + 8);
    if (kind === 'acTL') animated = at + 12 <= bytes.length && view.getUint32(at + 8) > 1;
    if (kind === 'IDAT' || animated) break;
  }
  return { format: 'png', width: view.getUint32(16), height: view.getUint32(20), animated };
}

function jpegHeader(view: DataView): ImageHeader {
  for (let at = 2; at + 9 <= view.byteLength;) {
    const marker = view.getUint8(at + 1);
    // Bytes that belong to nothing are passed over, as decoders do; FF before a marker only fills.
    if (view.getUint8(at) !== 0xff || marker === 0xff || marker === 0) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5), animated: false };
    else at += 2 + view.getUint16(at + 2);
  }
  return { format: 'jpeg', animated: false };
}

function webpHeader(bytes: Uint8Array, view: DataView): ImageHeader {
  const kind = bytes.length >= 30 ? ascii(bytes, 12, 16) : '';
  if (kind === 'VP8X') {
    const u24 = (at: number): number => view.getUint16(at, true) + 65536 * view.getUint8(at + 2);
    return { format: 'webp', width: 1 + u24(24), height: 1 + u24(27), animated: (view.getUint8(20) & 2) !== 0 };
  }
  if (kind === 'VP8L') {
    const packed = view.getUint32(21, true);
    return { format: 'webp', width: 1 + (packed & 0x3fff), height: 1 + ((packed >> 14) & 0x3fff), animated: false };
  }
  if (kind === 'VP8 ')
    return {
      format: 'webp',
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
      animated: false,
    };
  return { format: 'webp', animated: false };
}
