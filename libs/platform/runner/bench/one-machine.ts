/**
 * One machine that sends or brings artifacts, for `cluster.bench.ts`. argv: URL, send|bring, folder, file of digests,
 * MiB in all, MiB a piece, seed. Prints rate and memory.
 */
import { createCipheriv } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { openDiskStore } from '@soliloquy/artifacts';
import { openCluster } from '../src/cluster/index.ts';

const [url, what, folder, list, total, piece, seed] = process.argv.slice(2);
const local = await openDiskStore(folder);
const cluster = await openCluster({ url }, what);
const store = await cluster.openStore(local);

const digests: string[] = what === 'bring' ? (JSON.parse(readFileSync(list, 'utf8')) as string[]) : [];
if (what === 'send') {
  for (let at = 0; at < Number(total) / Number(piece); at++) {
    // Nothing that compresses or repeats, made fast.
    const key = Buffer.alloc(32, `${seed} ${at}`);
    const content = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(Number(piece) * 2 ** 20));
    digests.push((await local.put('video', { 'large.bin': content })).digest);
  }
  writeFileSync(list, JSON.stringify(digests));
}
global.gc?.();
const before = process.memoryUsage().rss;
let most = before;
const watch = setInterval(() => void (most = Math.max(most, process.memoryUsage().rss)), 50);
const began = performance.now();
for (const digest of digests) await (what === 'send' ? store.send(digest) : store.bring(digest));
const seconds = (performance.now() - began) / 1000;
clearInterval(watch);
console.log(
  `${what.padEnd(5)} ${total} MiB in pieces of ${piece} MiB: ${(Number(total) / seconds).toFixed(0)} MiB/s, ` +
    `memory ${(before / 2 ** 20).toFixed(0)} -> at most ${(most / 2 ** 20).toFixed(0)} MiB`,
);
await cluster.close();
process.exit(0);
