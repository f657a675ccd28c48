import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder, ROOT, runJson, soliloquy } from './fixture/command.ts';
import { machineWith, OMNIAVATAR, WAN } from './fixture/machine.ts';

test('clips of two systems teach one avatar: those of 16 frames a second beside those of 25', async () => {
  const folder = freshFolder();
  const env = machineWith(folder, { omniavatar: OMNIAVATAR, 'wan2.1-i2v': WAN });
  const graph = join(ROOT, 'graphs/hybrid-data-systems.json');
  const ran = await soliloquy(
    folder,
    ['run', graph, '--size', 'tiny', '--store', 'store', '--set', 'subject.count=1'],
    { ...env, FAKE_MODE: 'picture' },
  );
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const { nodes } = runJson(folder, 'hybrid-data-systems');
  expect(Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, node.tasks]))).toMatchObject({
    clips: 2,
    openClips: 1,
    fit: 2,
    openFit: 1,
    training: 1,
    film: 1,
  });
}, 400_000);
