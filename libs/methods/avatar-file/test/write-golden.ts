/**
 * Writes `test/fixtures/version-N.avatar` as the code of now writes it. Once for each version: later readers are held
 * to the file that is there.
 *
 *     node libs/methods/avatar-file/test/write-golden.ts
 */
import { writeFileSync } from 'node:fs';
import { packAvatar } from '../src/avatar-contents.ts';
import { writeAvatar } from '../src/avatar.ts';
import { VERSION } from '../src/manifest.ts';
import { smallAbout, smallContents } from './small-avatar.ts';

const path = new URL(`./fixtures/version-${VERSION}.avatar`, import.meta.url);
writeFileSync(path, writeAvatar(await packAvatar(smallContents(), await smallAbout())), { flag: 'wx' });
