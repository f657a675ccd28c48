import { dirname } from 'node:path';
import { sealWith, type ConsentOf } from '@soliloquy/content-credentials/seal';
import type { Seal } from '@soliloquy/runner';
import { readUserSettings, userSettingsPath } from './user-settings.ts';

/** Signs what leaves the store with the person's own key, or one that is made in their configuration folder. */
export function sealHere(consentOf: ConsentOf): Seal {
  return sealWith(dirname(userSettingsPath()), consentOf, readUserSettings().signing);
}
