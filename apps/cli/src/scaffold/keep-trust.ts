import { existsSync } from 'node:fs';
import { changedFiles, closureOfConfig, TrustRecord } from '@soliloquy/runner';
import { trustRecordPath } from '../user-settings.ts';

/**
 * Lets a project that was trusted stay so over what this command writes itself, and a project that had no code of its
 * own begin so. To be called before anything is written.
 *
 * @param written paths in the project that will be written
 * @returns `settle`, to be called after: whether the project is trusted now
 */
export function keepTrust(configPath: string, written: readonly string[]): { settle(): boolean } {
  const record = new TrustRecord(trustRecordPath());
  const before = existsSync(configPath) ? closureOfConfig(configPath) : undefined;
  const was = before === undefined || record.allows(before);
  return {
    settle() {
      const now = closureOfConfig(configPath);
      // Whatever else the new files would load was shown to nobody.
      const own = changedFiles(before?.files ?? [], now.files).every((path) => written.includes(path));
      const packages = now.packages.every((each) => before?.packages.includes(each) || /^vitest /.test(each));
      if (was && own && packages) record.allow(now);
      return record.allows(now);
    },
  };
}
