import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/**
 * Fails the build when the JavaScript that the page needs before it shows anything (entry points and what they import
 * statically) weighs more than the budget.
 *
 * @param options.kib gzip, KiB
 */
export function firstLoadBudget({ kib }: { kib: number }): Plugin {
  return {
    name: 'first-load-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const needed = new Set<string>();
      const add = (name: string): void => {
        const chunk = bundle[name];
        if (needed.has(name) || chunk?.type !== 'chunk') return;
        needed.add(name);
        for (const imported of chunk.imports) add(imported);
      };
      for (const [name, output] of Object.entries(bundle)) if (output.type === 'chunk' && output.isEntry) add(name);
      let bytes = 0;
      for (const name of needed) {
        const chunk = bundle[name];
        if (chunk?.type === 'chunk') bytes += gzipSync(chunk.code).length;
      }
      const weight = (bytes / 1024).toFixed(1);
      if (bytes > kib * 1024)
        this.error(
          `first load: expected at most ${kib} KiB of JavaScript (gzip), got ${weight}; ` +
            'import what is not shown at once with import()',
        );
      this.emitFile({
        type: 'asset',
        fileName: 'first-load.json',
        source: `${JSON.stringify({ gzipKib: Number(weight), files: [...needed].sort() })}\n`,
      });
    },
  };
}
