import type { LicenceBehind } from '@soliloquy/graph';
import type { RunSummary } from '@soliloquy/runner';

/** How many outputs a line names; a run has hundreds of clips. */
const MOST_NAMES = 4;

/**
 * Whose licences stand behind the outputs of a run, a line each:
 * `made with omniavatar, under Apache-2.0: film.mp4, avatar.ply`. None where everything is of the installation itself.
 */
export function licenceLines(outputs: RunSummary['outputs']): string[] {
  const names = new Map<string, string[]>();
  for (const { name, licences = [] } of outputs)
    for (const text of new Set(licences.map(licenceText))) names.set(text, [...(names.get(text) ?? []), name]);
  return [...names].map(([text, behind]) => `made with ${text}: ${someOf(behind)}`);
}

function licenceText({ kind, name, licence, forbids }: LicenceBehind): string {
  const under = licence === undefined ? 'under a licence that nobody named' : `under ${licence.name}`;
  const limit = forbids?.includes('training') === true ? ' (not to be trained on)' : '';
  return `${kind === 'model' ? 'model ' : ''}${name}, ${under}${limit}`;
}

function someOf(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return rest > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${rest} more` : names.join(', ');
}
