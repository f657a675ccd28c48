import { rename, rm, writeFile } from 'node:fs/promises';
import { readBuiltPlayer } from '@soliloquy/player/built';
import { packPage } from '@soliloquy/player/pack';
import { buildStale } from '../build-stale.ts';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { readAvatarFile } from '../read-avatar-file.ts';
import { UsageError } from '../usage-error.ts';

/** `soliloquy pack AVATAR -o page.html`: one page that plays the avatar from disk, offline. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('pack', args, [1, 1]);
  const [path] = options.positionals;
  const out = options.text('output') ?? path.replace(/(\.avatar)?$/, '.html');
  const { avatar, bytes } = await readAvatarFile(path);
  await buildStale(['kernels', 'player']);
  const hearsPhones = avatar.manifest.cards.space.hearing === 'phones';
  const page = await packPage(bytes, avatar.manifest, await readBuiltPlayer({ hearsPhones }));
  await writeWhole(out, page);
  print(`${out}: ${avatar.manifest.name}, ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB; open it in a browser\n`);
  return EXIT.done;
}

/** All of it or nothing. @throws UsageError */
async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  try {
    await writeFile(unfinished, text);
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    const got = (cause as NodeJS.ErrnoException).code ?? 'another';
    throw new UsageError(
      { code: 'usage.call', where: '--output', expected: 'a file that can be written', got, remedy: 'check the path' },
      { cause },
    );
  }
}
