/** What the address of the page says, after `#`: what is open, so that a link, a reload and Back show it again. */
export interface Link {
  /** path of the graph */
  readonly graph?: string | undefined;
  /** the node that is selected */
  readonly node?: string | undefined;
  /** the ended run whose results are shown */
  readonly run?: string | undefined;
}

const PARTS = ['graph', 'node', 'run'] as const satisfies readonly (keyof Link)[];

export function readLink(hash = location.hash): Link {
  const said = new URLSearchParams(hash.slice(1));
  return Object.fromEntries(PARTS.map((part) => [part, said.get(part) ?? undefined]));
}

/** An address relative to the page. */
export function linkTo(link: Link): string {
  const said = new URLSearchParams();
  for (const part of PARTS) if (link[part] !== undefined) said.set(part, link[part]);
  return `#${said.toString()}`;
}
