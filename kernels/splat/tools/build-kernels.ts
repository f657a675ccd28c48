import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';
import { listSources } from '@soliloquy/device/built-sources';

/*
 * Compiles `src/wasm/splat.as.ts` twice, and lists what it was made of. Each file appears whole: a run that starts
 * meanwhile reads the former one.
 */

const folder = fileURLToPath(new URL('..', import.meta.url));
const OUTPUTS = { relaxed: 'splat.wasm', plain: 'splat-plain.wasm' } as const;

for (const [target, name] of Object.entries(OUTPUTS)) {
  const file = `build/${process.pid}.${name}`;
  const { error, stderr } = await main(
    ['src/wasm/splat.as.ts', '--config', 'asconfig.json', '--target', target, '--outFile', file, '--baseDir', folder],
    {},
  );
  if (error !== null) {
    rmSync(join(folder, file), { force: true });
    process.stderr.write(`${stderr.toString()}${error.message}\n`);
    process.exit(1);
  }
  renameSync(join(folder, file), join(folder, 'build', name));
}
const sources = readdirSync(join(folder, 'src/wasm')).map((name) => `src/wasm/${name}`);
writeFileSync(join(folder, 'build/sources.json'), listSources(folder, ['asconfig.json', ...sources]));
