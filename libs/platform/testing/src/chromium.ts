import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that tests drive: the one that SOLILOQUY_CHROMIUM names, else one of the system; undefined without. */
export const CHROMIUM = [process.env.SOLILOQUY_CHROMIUM ?? '', ...PLACES].find(
  (path) => path !== '' && existsSync(path),
);
