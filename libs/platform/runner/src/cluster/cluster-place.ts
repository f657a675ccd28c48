import type { DiskStore } from '@soliloquy/artifacts';
import type { StageRegistry } from '@soliloquy/graph';
import type { RunOptions } from '../run/run-graph.ts';
import { ClusterTransport, type ClusterTransportOptions } from './cluster-transport.ts';
import { openCluster } from './cluster.ts';
import type { ClusterAccess } from './connect.ts';

/** Where a run is when it is on a cluster: what `runGraph` takes, and the way out. */
export interface ClusterPlace extends Required<Pick<RunOptions, 'store' | 'transport' | 'openLog'>> {
  close(): Promise<void>;
}

export interface ClusterPlaceOptions extends ClusterTransportOptions {
  /** Called when somebody cancels the run by its id. */
  readonly onCancel: () => void;
}

/**
 * Connects to a cluster for one run.
 *
 * @param local the cache on this machine
 * @throws ClusterError
 */
export async function openPlace(
  access: ClusterAccess,
  local: DiskStore,
  registry: StageRegistry,
  { onCancel, ...options }: ClusterPlaceOptions,
): Promise<ClusterPlace> {
  const cluster = await openCluster(access, 'run');
  try {
    const store = await cluster.openStore(local);
    const transport = await ClusterTransport.open(cluster, store, registry, options);
    return {
      store,
      transport,
      openLog: (identity, graph, resume) => transport.openLog(identity, graph, resume, onCancel),
      async close() {
        await transport.close();
        await cluster.close();
      },
    };
  } catch (thrown) {
    await cluster.close();
    throw thrown;
  }
}
