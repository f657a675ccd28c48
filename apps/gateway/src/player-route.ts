import type { Env, Hono } from 'hono';
import type { PageFiles } from './page-files.ts';

/** The player's files, below `player/`. */
export function addPlayer<E extends Env>(app: Hono<E>, player: PageFiles): void {
  app.get('/player/*', async (c) => {
    const path = c.req.path.slice('/player'.length);
    return (await player.serve(path, c.req.header('accept-encoding'))) ?? c.notFound();
  });
}
