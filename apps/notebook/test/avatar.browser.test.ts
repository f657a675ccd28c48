import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'vitest';
import { notebookTests } from './fixture/notebook-tests.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const test = notebookTests();

test('an avatar says what the graph made, listens, by keys alone, and axe finds nothing', async (bench) => {
  const desk = await bench.open(
    bench.write('talking', {
      nodes: { someone: { stage: 'person@1' }, first: { stage: 'wait@1' } },
      outputs: { 'someone.avatar': 'someone.avatar' },
    }),
  );
  const { page } = desk;
  await bench.context.grantPermissions(['microphone'], { origin: bench.origin });
  await desk.run();
  await desk.look('someone');
  const view = page.getByRole('group', { name: 'Talk to someone.avatar' });
  await view.locator('soliloquy-avatar[data-state="resting"]').waitFor();
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; impact: string; help: string }[] }> };
    };
    return (await axe.run({ resultTypes: ['violations'] })).violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help }) => `${id}: ${help}`);
  });
  expect(found).toEqual([]);
  expect(await view.getByRole('combobox').locator('option').allTextContents()).toEqual(['someone.audio']);
  const shown = view
    .locator('soliloquy-avatar')
    .evaluate(
      (avatar) => new Promise<void>((resolve) => avatar.addEventListener('shown', () => resolve(), { once: true })),
    );
  await view.getByRole('button', { name: 'Say it' }).focus();
  await page.keyboard.press('Enter');
  await shown;
  // What turns the person moves no card.
  const before = await desk.graph();
  await view.getByRole('group', { name: /arrow keys turn/ }).focus();
  await page.keyboard.press('ArrowRight');
  const yaw = await view
    .locator('soliloquy-avatar')
    .evaluate((avatar) => (avatar as unknown as { player: { orbit: { yaw: number } } }).player.orbit.yaw);
  expect(yaw).toBeGreaterThan(0);
  expect(await desk.graph()).toEqual(before);
  // This machine has no microphone; the policy of the page lets it be asked for.
  await view.getByRole('button', { name: 'Talk to it' }).focus();
  await page.keyboard.press('Enter');
  await view.getByText('There is no microphone here: connect one, or play a file.').waitFor();
});
