import { basename } from 'node:path';
import { openLive } from '@soliloquy/gateway';
import { BUILT_PLAYER } from '@soliloquy/player/built';
import { livePage } from '@soliloquy/player/pack';
import { buildStale } from '../build-stale.ts';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { readAvatarFile, readWhole } from '../read-avatar-file.ts';
import { parsePort, serveUntilTold } from '../serving.ts';

/** The word for the microphone of whoever looks at the page. */
const MICROPHONE = 'mic';

/** `soliloquy live AVATAR`: an avatar that listens and talks, in the browser of this machine, until Ctrl-C. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('live', args, [1, 1]);
  const [path] = options.positionals;
  const port = parsePort(options.text('port'));
  const source = options.text('source') ?? MICROPHONE;
  const { avatar, bytes } = await readAvatarFile(path);
  const voice = source === MICROPHONE ? undefined : await readWhole(source, 'a recording, or mic');
  await buildStale(['kernels', 'player']);
  const live = await openLive({
    page: livePage(avatar.manifest, voice === undefined ? undefined : basename(source)),
    avatar: bytes,
    voice,
    playerFolder: BUILT_PLAYER,
    port,
  });
  await serveUntilTold({
    title: `${avatar.manifest.name}, live`,
    link: () => live.link(),
    opensBrowser: !options.flag('no-open'),
  });
  live.close();
  return EXIT.done;
}
