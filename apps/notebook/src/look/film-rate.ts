import { fetchJson } from './fetched.ts';
import { fileUrl } from './shown-value.ts';

/** Frames a second of a film of ours, as its header says; `undefined` for another file, or where it cannot be read. */
export async function filmRate(digest: string, file: string): Promise<number | undefined> {
  if (file !== 'video.mp4') return undefined;
  try {
    const header = await fetchJson(fileUrl({ digest }, 'header.json'));
    if (typeof header === 'object' && header !== null && 'fps' in header && typeof header.fps === 'number')
      return header.fps;
  } catch {
    // it plays all the same
  }
  return undefined;
}
