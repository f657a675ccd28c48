/**
 * The ways in which a page shows a value, the one that says most at a glance first: where a node gives several values,
 * its card shows the first of them.
 */
export const VIEWERS = [
  'video',
  'image',
  'gaussians',
  'avatar',
  'audio',
  'html',
  'metrics',
  'json',
  'text',
  'deformation',
  'tracks',
] as const;
export type Viewer = (typeof VIEWERS)[number];

/**
 * How a value is shown: as its type says, else as the value itself does. Undefined: by its line of summary alone.
 *
 * @param preview as it was kept beside a result, maybe by an older version that had other viewers
 */
export function viewerOf(
  type: { readonly viewer?: Viewer } | undefined,
  preview: { readonly as?: string },
): Viewer | undefined {
  return type?.viewer ?? VIEWERS.find((viewer) => viewer === preview.as);
}
