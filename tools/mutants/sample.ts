import { createHash } from 'node:crypto';
import { CheckStatus, type Checker, type CheckResult } from '@stryker-mutator/api/check';
import type { Mutant } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** A mutant is taken where its digest, read as a number from 0 to 1, lies below the share: the same ones each time. */
const share = Number(process.env.MUTANTS_SAMPLE ?? 1);

/** Leaves out what is not in the sample, as if it did not compile: that counts neither way. */
function createSample(): Checker {
  return {
    init: async () => {},
    check: async (mutants) => Object.fromEntries(mutants.map((mutant) => [mutant.id, verdictOf(mutant)])),
  };
}

function verdictOf({ fileName, mutatorName, replacement, location: { start, end } }: Mutant): CheckResult {
  const file = fileName.split('/src/').at(-1);
  const name = [file, start.line, start.column, end.line, end.column, mutatorName, replacement];
  const digest = createHash('sha256').update(name.join('\n')).digest();
  return digest.readUInt32BE() / 2 ** 32 < share
    ? { status: CheckStatus.Passed }
    : { status: CheckStatus.CompileError, reason: 'not in the sample' };
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, 'sample', createSample)];
