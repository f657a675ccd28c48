import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findNatsServer, NO_NATS_SERVER, startNatsServer } from '@soliloquy/testing';
import { broughtProject, SHOUT } from './fixture/brought-project.ts';

const PATIENCE_MS = 180_000;

test(
  "a project's stages and backbones run over NATS where a worker has the same content, and nowhere else",
  async (context) => {
    if (findNatsServer() === undefined) return context.skip(NO_NATS_SERVER);
    const server = await startNatsServer();
    onTestFinished(() => server.stop());
    const [there, here] = [broughtProject(), broughtProject()];
    const worker = there.start(['worker', '--nats', server.url, '--trust', '--threads', '1']);
    await worker.until('joined as');
    expect((await here.call('workers', '--nats', server.url, '--json')).stdout).toMatch(
      /"shout_1_[0-9a-f]{12}\.twice_1_[0-9a-f]{12}\.cpu_/,
    );
    const ran = await here.call('run', 'graphs/shout.json', '--trust', '--nats', server.url);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(here.folder, 'out/shout/twice.txt'), 'utf8')).toBe('HELLO! HELLO!!');

    here.write({ 'lib/loud.ts': `${SHOUT['lib/loud.ts'] as string}// other content\n` });
    const waits = here.start(['run', 'graphs/shout.json', '--trust', '--nats', server.url]);
    const said = await waits.until('waits for a worker that has shout@1 (');
    expect(said).toMatch(
      /waits for a worker that has shout@1 \([0-9a-f]{12}\) plain@1 on cpu\/\w+; none of the 1 that joined has it/,
    );
    waits.child.kill('SIGINT');
    expect((await waits.ended).code).toBe(130);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  },
  PATIENCE_MS,
);
