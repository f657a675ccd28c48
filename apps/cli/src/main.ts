import { unexpected } from '@soliloquy/fault';
import { EXIT, exitCodeOfError } from './exit-code.ts';
import { commands, helpFor, overview } from './help.ts';
import { complain, print } from './print.ts';
import { UsageError } from './usage-error.ts';

/** What every command's module exports. */
export interface Command {
  /** @param args what follows the command's name; @returns the exit code */
  execute(args: readonly string[]): Promise<number>;
}

/** Code of a command is loaded when it is called: `fmt` must not wait for what `run` needs. */
const modules: Readonly<Record<keyof typeof commands, () => Promise<Command>>> = {
  run: () => import('./commands/run.ts'),
  talk: () => import('./commands/talk.ts'),
  show: () => import('./commands/show.ts'),
  verify: () => import('./commands/verify.ts'),
  live: () => import('./commands/live.ts'),
  pack: () => import('./commands/pack.ts'),
  plan: () => import('./commands/plan.ts'),
  validate: () => import('./commands/validate.ts'),
  fmt: () => import('./commands/fmt.ts'),
  diff: () => import('./commands/diff.ts'),
  sweep: () => import('./commands/sweep.ts'),
  compare: () => import('./commands/compare.ts'),
  runs: () => import('./commands/runs.ts'),
  forget: () => import('./commands/forget.ts'),
  gc: () => import('./commands/gc.ts'),
  serve: () => import('./commands/serve.ts'),
  migrate: () => import('./commands/migrate.ts'),
  worker: () => import('./commands/worker.ts'),
  workers: () => import('./commands/workers.ts'),
  follow: () => import('./commands/follow.ts'),
  cancel: () => import('./commands/cancel.ts'),
  dead: () => import('./commands/dead.ts'),
  doctor: () => import('./commands/doctor.ts'),
  models: () => import('./commands/models.ts'),
  systems: () => import('./commands/systems.ts'),
  trust: () => import('./commands/trust.ts'),
  new: () => import('./commands/new.ts'),
};

/**
 * The `soliloquy` command.
 *
 * @param argv without node and script
 * @returns exit code: 0 done; 1 a task failed; 2 bad usage or invalid graph; 3 an expectation failed; 130 cancelled
 */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (caught) {
    const thrown = (await import('./refused-config.ts')).withTrustRemedy(caught);
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    complain(`${unexpected(error, 'soliloquy', 'to finish').message}\n`);
    if (process.env.SOLILOQUY_DEBUG === '1') complain(`${error.stack ?? ''}\n`);
    return exitCodeOfError(error);
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined) {
    complain(overview());
    return EXIT.usage;
  }
  if (name === '--help' || name === '-h' || (name === 'help' && args.length === 0)) {
    print(overview());
    return EXIT.done;
  }
  if (name === '--version' || name === '-V') {
    const { versionOfSoliloquy } = await import('./versions.ts');
    print(`${versionOfSoliloquy()}\n`);
    return EXIT.done;
  }
  const wanted = name === 'help' ? args[0] : name;
  if (!isCommand(wanted))
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy',
      expected: `a command (${Object.keys(commands).join(', ')})`,
      got: `"${wanted}"`,
      remedy: 'see soliloquy --help',
    });
  if (name === 'help' || args.includes('--help') || args.includes('-h')) {
    print(helpFor(wanted));
    return EXIT.done;
  }
  return (await modules[wanted]()).execute(args);
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}
