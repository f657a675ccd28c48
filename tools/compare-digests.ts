import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import { differences, digestsOf, renewed, type GoldenDigests, type RunRecord } from './digests/artifact-digests.ts';
import { PRESETS, runPreset } from './digests/presets.ts';

/**
 * Runs the presets of 781f479 and compares every artifact with what that commit made of them; exit 1 where one differs.
 *
 *     node tools/compare-digests.ts [--size small] [--renew REASON] [PRESET...]
 *
 * With a reason, what differs is kept as the digest from now on.
 */
const { values, positionals } = parseArgs({
  options: { size: { type: 'string', default: 'small' }, renew: { type: 'string' } },
  allowPositionals: true,
});
const root = fileURLToPath(new URL('..', import.meta.url));
const place = join(root, 'test/golden/digests-781f479.json');
let golden = JSON.parse(readFileSync(place, 'utf8')) as GoldenDigests;
if (golden.arch !== process.arch) console.warn(`digests: made on ${golden.arch}, this is ${process.arch}: some differ`);
const asked = positionals.length > 0 ? positionals : Object.keys(PRESETS);
const results = [];
for (const preset of asked) results.push(await compare(preset, values.size));
for (const line of results.flat()) console.error(line);
console.log(
  `${asked.length} presets at ${values.size}: ${results.flat().length} artifacts differ from ${golden.commit}`,
);
process.exitCode = results.flat().length > 0 ? 1 : 0;

async function compare(preset: string, size: string): Promise<string[]> {
  const run = `${preset} ${size}`;
  if (golden.runs[run] === undefined) return [`${run}: expected one of ${Object.keys(golden.runs).join(', ')}`];
  const out = mkdtempSync(join(tmpdir(), 'soliloquy-digests-'));
  try {
    const code = await runPreset(root, preset, size, out);
    // 3: an expectation of the graph failed, as one of hybrid-data's did at 781f479.
    if (code !== 0 && code !== 3) return [`${run}: expected exit code 0 or 3, got ${code}`];
    const record = JSON.parse(readFileSync(join(out, RECORD_FILE), 'utf8')) as RunRecord;
    const got = digestsOf(record);
    const found = differences(golden, run, got);
    if (values.renew !== undefined) {
      golden = renewed(golden, run, got, values.renew);
      writeFileSync(place, `${JSON.stringify(golden, null, 2)}\n`);
    }
    return found;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
