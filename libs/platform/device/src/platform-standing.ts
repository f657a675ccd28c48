/** What a machine runs on, as Node names it. */
export interface Platform {
  readonly platform: string;
  readonly arch: string;
  /** The C library of Linux; undefined elsewhere. */
  readonly libc?: 'glibc' | 'musl';
}

/** Whether Soliloquy runs there, as far as is known. */
export interface PlatformStanding {
  readonly standing: 'tested' | 'expected' | 'lacking';
  /** What is known, in words. */
  readonly detail: string;
  /** What does not work there as it does on Linux. */
  readonly differs: readonly string[];
}

/** For which every compiled package has a build: ONNX Runtime decides, since it has the fewest. */
const BUILT_FOR = new Set(['linux x64', 'linux arm64', 'darwin arm64', 'win32 x64', 'win32 arm64']);

const DIFFERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['memoryMiB of a command sets no limit', "a container's quota of processor time is not looked for"],
  win32: [
    'memoryMiB of a command sets no limit',
    'a command that is stopped is ended at once, it hears no signal',
    'session and trust files are as open as their folder',
    'a rename is not synced to the disk',
  ],
};

/** This process's own platform. */
export function thisPlatform(): Platform {
  const { platform, arch } = process;
  if (platform !== 'linux') return { platform, arch };
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return { platform, arch, libc: header.glibcVersionRuntime === undefined ? 'musl' : 'glibc' };
}

/** What was tested, what is expected to work, and what has no build (the README's table says the same). */
export function platformStanding({ platform, arch, libc }: Platform): PlatformStanding {
  const differs = DIFFERS[platform] ?? [];
  if (platform === 'linux' && libc === 'musl')
    return { standing: 'lacking', detail: 'ONNX Runtime and Node of npm have no build for musl', differs };
  if (platform === 'linux' && arch === 'x64') return { standing: 'tested', detail: 'tested', differs };
  if (BUILT_FOR.has(`${platform} ${arch}`))
    return { standing: 'expected', detail: 'expected to work, not tested', differs };
  return { standing: 'lacking', detail: `ONNX Runtime has no build for ${platform} ${arch}`, differs };
}
