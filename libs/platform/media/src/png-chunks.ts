/** A chunk of a PNG. */
export interface PngChunk {
  readonly kind: string;
  readonly data: Uint8Array;
}

/** Chunks of a PNG up to the pixels (PNG 1.2 §5.3): all that says what its colours mean stands before them. */
export function* chunksBeforePixels(bytes: Uint8Array): Generator<PngChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length;) {
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 8 + view.getUint32(at);
    if (kind === 'IDAT' || end > bytes.length) return;
    yield { kind, data: bytes.subarray(at + 8, end) };
    at = end + 4;
  }
}
