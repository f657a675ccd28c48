import { cancelRun, openCluster } from '@soliloquy/runner/cluster';
import { neededAccess } from '../cluster-access.ts';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { UsageError } from '../usage-error.ts';

/** `soliloquy cancel RUN --nats URL` */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('cancel', args, [1, 1]);
  const [run] = options.positionals;
  const cluster = await openCluster(neededAccess('cancel', options), 'cancel');
  try {
    if (!(await cancelRun(cluster, run)))
      throw new UsageError({
        code: 'usage.call',
        where: 'soliloquy cancel',
        expected: 'a run of this cluster that is not finished',
        got: `"${run}"`,
        remedy: 'soliloquy workers shows what runs',
      });
    print(`${run}: cancelled\n`);
    return EXIT.done;
  } finally {
    await cluster.close();
  }
}
