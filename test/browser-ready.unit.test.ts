import { join } from 'node:path';
import { build, type Rolldown } from 'vite';
import { expect, test } from 'vitest';
import { ROOT } from './fixture/command.ts';

/** Bundled for a page: the code, and what it would leave to a runtime that a page does not have. */
async function bundled(entry: string): Promise<{ code: string; left: readonly string[] }> {
  const left: string[] = [];
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    root: ROOT,
    build: {
      write: false,
      lib: { entry: join(ROOT, entry), formats: ['es'] },
      rolldownOptions: { onLog: (_level, { message }) => void left.push(message) },
    },
  })) as Rolldown.RolldownOutput[];
  const chunks = built.flatMap(({ output }) => output).filter((each) => each.type === 'chunk');
  return { code: chunks.map(({ code }) => code).join('\n'), left };
}

test.each([
  ['libs/methods/motion-stream/src/index.ts', 'MotionStream'],
  ['libs/methods/speech-features/src/mel-stream.ts', 'MelStream'],
])('%s is bundled for a page with nothing of Node in it', async (entry, name) => {
  const { code, left } = await bundled(entry);
  expect(code).toContain(name);
  expect(left.filter((message) => /externalized for browser/.test(message))).toEqual([]);
  expect(code).not.toMatch(/onnxruntime|browser-external|from ?["']node:/);
});

test('the reader of avatars leaves to Node only what pages never call: Dawn, and zstd of .spz version 4', async () => {
  const { code, left } = await bundled('libs/methods/avatar-file/src/index.ts');
  expect(code).toContain('readAvatar');
  const others = left.filter((message) => !/imported by ".*(\/webgpu\/index\.js|\/formats\/spz\.ts)"/.test(message));
  expect(others).toEqual([]);
  expect(code).not.toMatch(/onnxruntime|sharp/);
});
