/** What people who use Soliloquy receive with it, by SPDX id. None forbids a use or asks for the source of ours. */
const RUNTIME = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  // CMU Flite: its advertising clause is met by the notices.
  'BSD-4-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  // libvips, a shared library of its own that can be replaced.
  'LGPL-3.0-or-later',
  'MIT',
  // File by file; none of these files is changed here.
  'MPL-2.0',
  'OFL-1.1',
  'Unlicense',
]);
/** What only builds and tests: it is handed on to nobody. */
const TOOLS = new Set([...RUNTIME, 'CC-BY-4.0', 'Python-2.0']);

/**
 * Whether a package may be used under its licence, an SPDX expression: of `OR` one side, of `AND` both.
 *
 * @param isTool whether it only builds and tests
 */
export function isAllowed(licence: string | undefined, isTool: boolean): boolean {
  const text = licence?.replace(/^\((.*)\)$/, '$1') ?? '';
  // `AND` binds tighter, and nothing in brackets is read.
  return text.split(' OR ').some((side) => side.split(' AND ').every((id) => (isTool ? TOOLS : RUNTIME).has(id)));
}
