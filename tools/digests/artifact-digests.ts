/** By the name of the artifact: `task.port`, and its place where the port makes a list: `lines.text[1]`. */
export type ArtifactDigests = Readonly<Record<string, string>>;

/** `test/golden/digests-781f479.json` */
export interface GoldenDigests {
  readonly commit: string;
  /** `process.arch` of the machine: the last bits of sums differ on others */
  readonly arch: string;
  /** ports whose bytes changed on purpose since, `node.port`, and why */
  readonly exempt: Readonly<Record<string, string>>;
  /** ports whose bytes changed on purpose since, `node.port`, and why: their digests are those of the change */
  readonly renewed: Readonly<Record<string, string>>;
  /** by `preset size` */
  readonly runs: Readonly<Record<string, ArtifactDigests>>;
}

/** What is read of a `run.json`. */
export interface RunRecord {
  readonly tasks: readonly {
    readonly task: string;
    readonly outputs: Readonly<Record<string, string | readonly string[] | null>>;
  }[];
}

/** Every artifact that a run made or found, sorted by name. */
export function digestsOf({ tasks }: RunRecord): ArtifactDigests {
  const named = tasks.flatMap(({ task, outputs }) =>
    Object.entries(outputs).flatMap(([port, digest]) =>
      typeof digest === 'string'
        ? [[`${task}.${port}`, digest] as const]
        : (digest ?? []).map((one, at) => [`${task}.${port}[${at}]`, one] as const),
    ),
  );
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The artifact's name without its places along axes and in a list: `clips[0,1].video` is `clips.video`. */
export function portOf(artifact: string): string {
  return artifact.replaceAll(/\[[\d,]*\]/g, '');
}

/**
 * The same with the digests of now for what differs in a run; its ports are renewed for a reason. What else is known of
 * these ports, of other runs, is forgotten: they differ too, and are known again when those runs are renewed.
 */
export function renewed(golden: GoldenDigests, run: string, got: ArtifactDigests, reason: string): GoldenDigests {
  const changed = new Set(
    Object.entries(golden.runs[run] ?? {})
      .filter(([artifact, digest]) => !(portOf(artifact) in golden.exempt) && got[artifact] !== digest)
      .map(([artifact]) => portOf(artifact)),
  );
  // Ports that other runs already gave anew stay: only what is from before the reason is forgotten.
  const fresh = [...changed].filter((port) => golden.renewed[port] !== reason);
  const keep = (known: ArtifactDigests): ArtifactDigests =>
    Object.fromEntries(Object.entries(known).filter(([artifact]) => !fresh.includes(portOf(artifact))));
  const all = [...new Set([...changed, ...Object.keys(golden.renewed)])];
  const own = Object.fromEntries(Object.entries(got).filter(([artifact]) => all.includes(portOf(artifact))));
  const runs = Object.fromEntries(Object.entries(golden.runs).map(([name, known]) => [name, keep(known)]));
  return {
    ...golden,
    renewed: { ...golden.renewed, ...Object.fromEntries([...changed].map((port) => [port, reason])) },
    runs: { ...runs, [run]: sorted({ ...runs[run], ...own }) },
  };
}

function sorted(digests: ArtifactDigests): ArtifactDigests {
  return Object.fromEntries(Object.entries(digests).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is missing or has other bytes, one sentence each. What is new, or exempt, is not. */
export function differences(golden: GoldenDigests, run: string, got: ArtifactDigests): string[] {
  return Object.entries(golden.runs[run] ?? {})
    .filter(([artifact, digest]) => !(portOf(artifact) in golden.exempt) && got[artifact] !== digest)
    .map(
      ([artifact, digest]) =>
        `${run}, ${artifact}: expected ${digest}, got ${got[artifact] ?? 'no artifact of the name'}`,
    );
}
