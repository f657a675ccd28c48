import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Classes whose text is read by a person: the tests hold their codes, not every word. */
const FAULTS = /(Error|Fault|Refused)$/;
/** What of a fault decides something. */
const DECIDES = new Set(['code', 'phase', 'audience', 'status']);

/**
 * Leaves the sentences alone: text given to an error other than its code, and the descriptions of params. Mutating them
 * would ask for a test of every word.
 */
export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'words', { shouldIgnore })];

/** @param path Babel's NodePath @returns why the mutants of this node and of all below it are ignored */
function shouldIgnore(path) {
  if (!path.isStringLiteral() && !path.isTemplateLiteral()) return undefined;
  if (isDescription(path)) return 'description of a param';
  const fault = path.findParent((parent) => parent.isNewExpression());
  if (fault === null || !FAULTS.test(fault.node.callee.name ?? '')) return undefined;
  if (path.parentPath.isObjectProperty() && DECIDES.has(path.parentPath.node.key.name)) return undefined;
  if (path.parentPath === fault && path.isStringLiteral() && /^[\w./-]+$/.test(path.node.value)) return undefined;
  return 'words of an error';
}

function isDescription(path) {
  const call = path.parentPath;
  return call.isCallExpression() && call.node.callee.property?.name === 'describe';
}
