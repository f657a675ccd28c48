import { dropDeadLetter, listDead, openCluster, retryDead, type DeadLetter } from '@soliloquy/runner/cluster';
import { neededAccess } from '../cluster-access.ts';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { UsageError } from '../usage-error.ts';

const SHOWN = 12;
const VERBS = ['list', 'retry', 'drop'] as const;

/** `soliloquy dead list|retry|drop [TASK…] --nats URL` */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('dead', args, [1, Infinity]);
  const [verb, ...wanted] = options.positionals;
  if (!(VERBS as readonly string[]).includes(verb))
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy dead',
      expected: VERBS.join(', '),
      got: `"${verb}"`,
      remedy: 'see soliloquy help dead',
    });
  const cluster = await openCluster(neededAccess('dead', options), 'dead');
  try {
    const all = await listDead(cluster);
    for (const text of wanted)
      if (!all.some(({ id }) => id.startsWith(text)))
        throw new UsageError({
          code: 'usage.call',
          where: `soliloquy dead ${verb}`,
          expected: 'the id of a dead letter',
          got: `"${text}"`,
          remedy: 'soliloquy dead list shows them',
        });
    const letters = wanted.length === 0 ? all : all.filter(({ id }) => wanted.some((text) => id.startsWith(text)));
    for (const letter of letters) {
      if (verb === 'list') say(options.flag('json') ? JSON.stringify(letter) : lineOf(letter));
      else if (verb === 'drop')
        say(`${letter.label}: ${(await dropDeadLetter(cluster, letter.id)) ? 'dropped' : 'gone'}`);
      else
        say(
          `${letter.label}: ` +
            `${(await retryDead(cluster, letter)) ? 'queued again' : 'makes no sense to any worker; drop it'}`,
        );
    }
    if (letters.length === 0 && !options.flag('json')) say('no dead letters');
    return EXIT.done;
  } finally {
    await cluster.close();
  }
}

function lineOf({ id, label, kind, attempts, at, reason }: DeadLetter): string {
  const tried = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  return `${id.slice(0, SHOWN)}  ${label}  ${kind}, ${tried}, ${at}\n  ${reason}`;
}

function say(text: string): void {
  print(`${text}\n`);
}
