import { openDiskStore } from '../src/index.ts';

// Run by concurrent-writers.fault.test.ts: stores the same contents again and again, and prints their digests.
const store = await openDiskStore(process.argv[2] as string);
const digests = new Set<string>();
for (let round = 0; round < 20; round += 1) {
  for (let index = 0; index < 5; index += 1) {
    const ref = await store.put('image', {
      'image.bin': new Uint8Array(50_000).fill(index),
      'card.json': new TextEncoder().encode(`{"index":${index}}`),
    });
    digests.add(ref.digest);
    await store.get(ref.digest);
    await store.putResult(`${index}`.repeat(64), { outputs: { image: ref } });
  }
}
process.stdout.write(JSON.stringify([...digests]));
