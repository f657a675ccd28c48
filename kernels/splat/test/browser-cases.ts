import { CASES, type Case } from './cases.ts';

/** Those of the parity cases that a browser draws too: what differs there is the host, not the arithmetic. */
export const BROWSER_CASES: readonly Case[] = CASES.filter(({ name }) =>
  ['257 Gaussians', 'a background image', 'opaque layers that stop pixels'].includes(name),
);
