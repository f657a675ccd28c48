import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConsentRecord } from '../src/seal.ts';

const [ADA, BEA] = [
  { who: 'Ada', to: 'this demonstration' },
  { who: 'Bea', to: 'a test' },
];
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soliloquy-consents-'));
  path = join(folder, 'consents.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the record of consents', () => {
  test('asks once for each digest, and remembers no silence', async () => {
    const record = new ConsentRecord(path);
    const asked: string[] = [];
    const ask = (answer: typeof ADA | undefined) => async () => {
      asked.push(answer?.who ?? 'silent');
      return answer;
    };
    expect(await record.settle(['aa'], undefined, ask(undefined))).toBeUndefined();
    expect(await record.settle(['aa', 'bb'], undefined, ask(ADA))).toEqual(ADA);
    expect(await record.settle(['bb'], undefined, ask(BEA))).toEqual(ADA);
    expect(asked).toEqual(['silent', 'Ada']);
  });

  test('keeps what another said while somebody was asked', async () => {
    const record = new ConsentRecord(path);
    await record.settle(['aa'], undefined, async () => {
      await new ConsentRecord(path).settle(['bb'], BEA);
      return ADA;
    });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ aa: ADA, bb: BEA });
  });
});
