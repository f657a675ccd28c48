import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { escapeHtml } from '@soliloquy/page';
import type { BuiltPlayer } from './built.ts';

/** Whose page it is. */
export interface PackedAbout {
  readonly name: string;
  readonly licence: string;
  readonly consent: string;
}

const STYLE =
  'body{margin:0 auto;padding:1.5rem;max-width:32rem;font:16px/1.5 system-ui,sans-serif;color:#14171c;' +
  'background:#fff}' +
  'h1{font-size:1.4rem}dt{font-weight:600}dd{margin:0 0 .5rem}';

/**
 * One page with an avatar and its player: plays from disk, and its policy lets nothing leave it.
 *
 * @param avatar bytes of a `.avatar`
 * @returns      HTML; the same input gives the same text
 */
export async function packPage(avatar: Uint8Array, about: PackedAbout, player: BuiltPlayer): Promise<string> {
  const script = player.script.replaceAll('</script', '<\\/script');
  const parts = await Promise.all(
    [...player.assets].map(
      async ([name, bytes]) => `<script type="text/plain" data-asset="${name}">${await packed(bytes)}</script>`,
    ),
  );
  const policy = [
    "default-src 'none'",
    // The script of this page by its digest; workers, the worklet and the engine from what the page holds.
    `script-src '${digestOf(script)}' data: 'wasm-unsafe-eval'`,
    'worker-src data:',
    `style-src '${digestOf(STYLE)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width">',
    '<link rel="icon" href="data:,">',
    `<title>${escapeHtml(about.name)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    body(about, '<soliloquy-avatar controls></soliloquy-avatar>'),
    ...parts,
    `<script type="text/plain" data-avatar>${await packed(avatar)}</script>`,
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/**
 * The page of `soliloquy live`: everything is served beside it.
 *
 * @param voice name of a recording that it may play
 */
export function livePage(about: PackedAbout, voice: string | undefined): string {
  const play =
    voice === undefined ? '' : `\n<p><button type="button" data-voice disabled>Play ${escapeHtml(voice)}</button></p>`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<link rel="icon" href="data:,">',
    `<title>${escapeHtml(about.name)}</title>`,
    '<link rel="stylesheet" href="player/page.css">',
    '</head>',
    '<body>',
    body(about, `<soliloquy-avatar src="person.avatar" controls></soliloquy-avatar>${play}`),
    '<script type="module" src="player/live.js"></script>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Style of `livePage`, as a file: its policy allows none in the page. */
export const PAGE_STYLE = STYLE;

function body({ name, licence, consent }: PackedAbout, stage: string): string {
  return (
    `<main>\n<h1>${escapeHtml(name)}</h1>\n${stage}\n<dl><dt>Licence</dt><dd>${escapeHtml(licence)}</dd>` +
    `<dt>Consent</dt><dd>${escapeHtml(consent || 'nobody said')}</dd></dl>\n</main>`
  );
}

async function packed(bytes: Uint8Array): Promise<string> {
  const zipped = await promisify(gzip)(bytes, { level: 9 });
  // Which system made it, and when, stands in the header: the first is cleared, the second is.
  zipped[9] = 0xff;
  return zipped.toString('base64');
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
