import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROUTES } from '../src/protocol/index.ts';
import { openBench } from './fixture/open-gateway.ts';

test('JSON that merely lies in the project holds up neither the list nor others', async () => {
  const bench = await openBench();
  try {
    const write = (name: string, text: string): void => writeFileSync(join(bench.project, name), text);
    const key = 'k'.repeat(400);
    write('nested.json', `{"format":1,"x":${`{"${key}":`.repeat(140)}1${'}'.repeat(140)}}`);
    write('data.json', `{"format":1,"rows":[${'{"a":1.5,"b":"text"},'.repeat(480_000)}0]}`);
    execFileSync('mkfifo', [join(bench.project, 'fifo.json')]);
    for (let count = 0; count < 2; count += 1) {
      const started = performance.now();
      const listed = bench.ask(ROUTES.documents);
      expect((await bench.ask(ROUTES.session)).status).toBe(200);
      expect((await listed).json).toMatchObject({ documents: [{ path: 'graphs/small.json', nodes: 3 }] });
      expect(performance.now() - started).toBeLessThan(3000);
    }
    expect((await bench.ask(`${ROUTES.document}?path=fifo.json`)).status).toBe(404);
  } finally {
    await bench.close();
  }
});
