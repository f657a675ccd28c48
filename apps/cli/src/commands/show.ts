import type { Avatar } from '@soliloquy/avatar-file';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { readAvatarFile } from '../read-avatar-file.ts';

/** `soliloquy show AVATAR`: what the file says of itself, once all of it is checked. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('show', args, [1, 1]);
  const [path] = options.positionals;
  const { avatar, bytes } = await readAvatarFile(path);
  print(
    options.flag('json')
      ? `${JSON.stringify(avatar.manifest, null, 2)}\n`
      : `${path}: ${linesOf(avatar, bytes.length, await signedWords(bytes))}`,
  );
  return EXIT.done;
}

function linesOf({ manifest, files }: Avatar, bytes: number, signed: string): string {
  const { name, version, gaussians, background, fps, cards, licence, consent, provenance } = manifest;
  const hearing = String(cards.space.hearing ?? 'mel');
  const rows = [
    ['person', `${gaussians.count} Gaussians, seen at ${gaussians.camera.width}x${gaussians.camera.height}`],
    ['motion', `${fps} frames a second, ${String(cards.motion.frames)} at once, hears by ${hearing}`],
    ['background', `${background.width}x${background.height}`],
    ['licence', licence],
    ['consent', consent || 'nobody said'],
    ['made', `by ${provenance.made}`],
    ['signed', signed],
    ...Object.keys(manifest.files).map((part) => [part, megabytes(files[part].length)]),
  ];
  const widest = Math.max(...rows.map(([left]) => left.length));
  const head = `${name}, an avatar of version ${version}, ${megabytes(bytes)}\n`;
  return head + rows.map(([left, right]) => `  ${left.padEnd(widest)}  ${right}\n`).join('');
}

async function signedWords(bytes: Uint8Array): Promise<string> {
  const { readCredentials } = await import('@soliloquy/content-credentials');
  const { state, statement } = await readCredentials(bytes);
  if (state === 'none') return 'by nobody';
  if (state === 'broken') return 'once, and changed since';
  return `and not changed since: of the graph ${statement?.graph.name ?? 'of another program'}`;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
