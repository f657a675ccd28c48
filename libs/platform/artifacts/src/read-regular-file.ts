import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Windows knows no such flag, and has no FIFOs among its files. */
const AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const PIECE = 64 * 1024;

/** Something that is there and is no file of bytes that ends: a folder, a FIFO, a device, or one that is too large. */
function unfit(code: 'ENOTREG' | 'EFBIG', path: string, words: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${words}: ${path}`), { code, path });
}

interface Kind {
  isFile(): boolean;
  readonly size: number;
}

function check(found: Kind, path: string, most: number): void {
  if (!found.isFile()) throw unfit('ENOTREG', path, 'not a regular file');
  if (found.size > most) throw unfit('EFBIG', path, `larger than ${most} bytes`);
}

/**
 * A file's bytes, of a regular file alone. It is opened without waiting: a FIFO that nobody writes to would hold one of
 * Node's few file threads for ever, and a device never ends.
 *
 * @param most bytes: a larger one is refused, also where it says that it is empty, as files of `/proc` do
 * @throws the operating system's error, with the code `ENOTREG` for what is no file and `EFBIG` for what is too large
 */
export async function readRegularFile(path: string, most = Infinity, flags = 0): Promise<Buffer> {
  const file = await open(path, AT_ONCE | flags);
  try {
    const found = await file.stat();
    check(found, path, most);
    if (found.size > 0) {
      const bytes = await file.readFile();
      if (bytes.length > most) throw unfit('EFBIG', path, `larger than ${most} bytes`);
      return bytes;
    }
    const pieces: Buffer[] = [];
    for (let total = 0; ;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE), 0, PIECE);
      if (bytesRead === 0) return Buffer.concat(pieces);
      total += bytesRead;
      if (total > most) throw unfit('EFBIG', path, `larger than ${most} bytes`);
      pieces.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** As `readRegularFile`, of what is small, where we are; of a file that ends where it says. */
export function readRegularFileSync(path: string, most = Infinity): Buffer {
  const file = openSync(path, AT_ONCE);
  try {
    const found = fstatSync(file);
    check(found, path, most);
    // Not from the pool: the store lays typed arrays over a buffer of its own.
    const bytes = Buffer.from(new ArrayBuffer(found.size));
    let at = 0;
    for (let got = 1; got > 0 && at < bytes.length; at += got) got = readSync(file, bytes, at, bytes.length - at, at);
    return bytes.subarray(0, at);
  } finally {
    closeSync(file);
  }
}
