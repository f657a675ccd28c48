import { readFile, stat } from 'node:fs/promises';
import { AvatarError, readAvatar, type Avatar } from '@soliloquy/avatar-file';
import { UsageError } from './usage-error.ts';

/** Avatars of the largest size come to some hundred MB; what is larger is none. */
const MOST_BYTES = 2 ** 30;

/**
 * A `.avatar` of the person's, checked.
 *
 * @throws UsageError where it cannot be read, or is none
 */
export async function readAvatarFile(path: string): Promise<{ readonly avatar: Avatar; readonly bytes: Uint8Array }> {
  const bytes = await readWhole(path, 'a .avatar that can be read');
  try {
    return { avatar: await readAvatar(bytes), bytes };
  } catch (cause) {
    if (!(cause instanceof AvatarError)) throw cause;
    const { where, expected, got, remedy } = cause;
    throw new UsageError({ code: 'usage.call', where: `${path}: ${where}`, expected, got, remedy }, { cause });
  }
}

/** @param expected of the file, in words @throws UsageError */
export async function readWhole(path: string, expected: string): Promise<Uint8Array> {
  const wrong = (got: string, cause?: unknown): UsageError =>
    new UsageError({ code: 'usage.call', where: path, expected, got, remedy: 'check the path' }, { cause });
  try {
    const found = await stat(path);
    if (!found.isFile()) throw wrong('what is no file');
    if (found.size > MOST_BYTES) throw wrong(`${found.size} bytes`);
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw wrong((cause as NodeJS.ErrnoException).code ?? 'another', cause);
  }
}
