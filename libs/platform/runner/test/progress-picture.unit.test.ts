import { expect, test } from 'vitest';
import { SMALL_PICTURE } from '@soliloquy/testing';
import { progressReportSchema } from '../src/run/events.ts';
import { pictureAddress } from '../src/run/progress-picture.ts';
import { freshFolder, run } from './fixture/workbench.ts';

const padded = (head: readonly number[], length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  bytes.set(head);
  return bytes;
};
const PNG = [0x89, 0x50, 0x4e, 0x47];

test('a picture of what is being made goes with the progress of its task, two a second', async () => {
  const { events } = await run(freshFolder(), {
    format: 1,
    name: 'shown',
    nodes: { clips: { stage: 'count@1', params: { count: 1 } }, it: { stage: 'add@1', params: { ms: 1200 } } },
    edges: ['clips.value -> it.value'],
  });
  const told = events.flatMap((event) => (event.type === 'task-progress' ? [event.picture] : []));
  const pictures = told.filter((picture) => picture !== undefined);
  expect(new Set(pictures)).toEqual(
    new Set([`data:image/png;base64,${Buffer.from(SMALL_PICTURE).toString('base64')}`]),
  );
  expect(pictures.length).toBeGreaterThanOrEqual(2);
  expect(pictures.length).toBeLessThan(told.length / 2);
});

test.each([
  ['png', PNG],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['webp', [0x52, 0x49, 0x46, 0x46]],
])('a %s of 16 KiB is shown, in views of larger buffers too; a larger one is not', (kind, head) => {
  const address = pictureAddress(padded(head, 2 ** 14));
  expect(address?.slice(0, 24)).toContain(`data:image/${kind};base64,`);
  expect(progressReportSchema.parse({ done: 0, total: 1, picture: address }).picture).toBe(address);
  expect(pictureAddress(padded([0, ...head], 2 ** 14 + 1).subarray(1))).toBe(address);
  expect(pictureAddress(padded(head, 2 ** 14 + 1))).toBeUndefined();
});

test.each([
  ['no picture', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['nothing', new Uint8Array()],
])('%s is not shown', (_what, bytes) => expect(pictureAddress(bytes)).toBeUndefined());

test.each([
  'https://somewhere.example/picture.png',
  'data:image/svg+xml;base64,PHN2Zz4=',
  'data:text/html;base64,PHN2Zz4=',
  'data:image/png;base64,not base64',
  `data:image/png;base64,${'A'.repeat(30_000)}`,
])('no member of a cluster shows %.40s', (picture) => {
  expect(progressReportSchema.safeParse({ done: 0, total: 1, picture }).success).toBe(false);
});
