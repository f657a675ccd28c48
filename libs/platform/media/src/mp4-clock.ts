/** Boxes of an MP4 that hold other boxes on the way to those with a clock (ISO/IEC 14496-12 §8). */
const PARENTS = new Set(['moov', 'trak', 'mdia']);
const CLOCKS = new Set(['mvhd', 'tkhd', 'mdhd']);

/**
 * Sets creation and modification time of film, tracks and media to 0, in place: a film that is made twice is then the
 * same file (ISO/IEC 14496-12 §8.2.2, §8.3.2, §8.4.2: two fields after version and flags, 32 bits each in version 0, 64
 * in version 1).
 */
export function zeroMp4Clock(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const walk = (from: number, to: number): void => {
    for (let at = from; at + 8 <= to;) {
      let size = view.getUint32(at);
      let body = at + 8;
      if (size === 1) {
        size = Number(view.getBigUint64(at + 8));
        body = at + 16;
      }
      if (size === 0) size = to - at;
      const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
      if (PARENTS.has(kind)) walk(body, at + size);
      if (CLOCKS.has(kind)) bytes.fill(0, body + 4, body + 4 + (bytes[body] === 1 ? 16 : 8));
      at += size;
    }
  };
  walk(0, bytes.length);
}
