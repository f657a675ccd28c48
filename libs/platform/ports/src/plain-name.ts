/** Most file systems take 255; numbers and endings of temporary files come to it. UTF-8. */
const MOST_BYTES = 200;
/** What Windows or a shell takes for something else, what moves text about, and half characters. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"/\\|?*]+/gu;

/** Windows takes these for devices, whatever ending they have. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * A name that every file system takes: the last part of a path, in any script, with its ending; not hidden.
 *
 * @param name as a person has it, e.g. `写真 (1).JPG`
 */
export function plainFileName(name: string): string {
  const last = (name.split(/[/\\]/).pop() ?? '').normalize('NFC').replace(UNFIT, '-');
  const bare = last.replace(/^[.\s]+/, '').replace(/[.\s]+$/, '');
  const [stem, ending] = splitEnding(bare.replace(DEVICE, 'file-$1'));
  return `${cut(stem.replace(/^[.\s-]+/, ''), MOST_BYTES - bytesOf(ending)) || 'file'}${ending}`;
}

/** `写真.jpg` -> `写真`, `.jpg`; an ending of more than a few letters is none. */
export function splitEnding(name: string): [stem: string, ending: string] {
  const ending = /(?<=.)\.[^.\s]{1,16}$/u.exec(name)?.[0] ?? '';
  return [name.slice(0, name.length - ending.length), ending];
}

/** So many whole characters as fit. */
function cut(text: string, bytes: number): string {
  let [kept, used] = ['', 0];
  for (const character of text) {
    used += bytesOf(character);
    if (used > bytes) break;
    kept += character;
  }
  return kept;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
