import { inject } from 'vitest';

// Stryker activates a mutant before the first test of a file; what the file computes while it is read would be that of
// the code as it was, and "the same again" would seem to notice every change.
if (inject('mode') === 'mutant') globalThis[inject('globalNamespace')].activeMutant = inject('activeMutant');
