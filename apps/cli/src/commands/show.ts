import { readFile, stat } from 'node:fs/promises';
import { AvatarError, readAvatar, type Avatar } from '@soliloquy/avatar-file';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { complain, print } from '../print.ts';
import { UsageError } from '../usage-error.ts';

/** Avatars of the largest size come to some hundred MB; what is larger is none. */
const MOST_BYTES = 2 ** 30;

/** `soliloquy show AVATAR`: what the file says of itself, once all of it is checked. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('show', args, [1, 1]);
  const [path] = options.positionals;
  const bytes = await readWhole(path);
  try {
    const avatar = await readAvatar(bytes);
    print(
      options.flag('json')
        ? `${JSON.stringify(avatar.manifest, null, 2)}\n`
        : `${path}: ${linesOf(avatar, bytes.length)}`,
    );
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof AvatarError)) throw error;
    complain(`${path}: ${error.message}\n`);
    return EXIT.usage;
  }
}

function linesOf({ manifest, files }: Avatar, bytes: number): string {
  const { name, version, gaussians, background, fps, cards, licence, consent, provenance } = manifest;
  const hearing = String(cards.space.hearing ?? 'mel');
  const rows = [
    ['person', `${gaussians.count} Gaussians, seen at ${gaussians.camera.width}x${gaussians.camera.height}`],
    ['motion', `${fps} frames a second, ${String(cards.motion.frames)} at once, hears by ${hearing}`],
    ['background', `${background.width}x${background.height}`],
    ['licence', licence],
    ['consent', consent || 'nobody said'],
    ['made', `by ${provenance.made}`],
    ...Object.keys(manifest.files).map((part) => [part, megabytes(files[part].length)]),
  ];
  const widest = Math.max(...rows.map(([left]) => left.length));
  const head = `${name}, an avatar of version ${version}, ${megabytes(bytes)}\n`;
  return head + rows.map(([left, right]) => `  ${left.padEnd(widest)}  ${right}\n`).join('');
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

async function readWhole(path: string): Promise<Uint8Array> {
  const wrong = (got: string, cause?: unknown): UsageError =>
    new UsageError(
      { code: 'usage.call', where: path, expected: 'a .avatar that can be read', got, remedy: 'check the path' },
      { cause },
    );
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
