import * as own from '@soliloquy/ports';
import type { ArtifactFiles, PortType } from '@soliloquy/ports';
import { readGivenFile } from '../unreadable-file.ts';
import type { GivenJob } from './jobs.ts';

/**
 * Reads what a person gave as its port type says.
 *
 * @throws UnreadableFile, and what the type throws
 */
export async function givenFiles(job: GivenJob): Promise<ArtifactFiles> {
  const type = job.registryModule === undefined ? ownType(job.type) : await typeFrom(job.registryModule, job.type);
  const bytes = await readGivenFile(job.path, job.most, job.flags);
  if (type?.fromUser === undefined) throw new Error(`no type ${job.type} here that a person can give`);
  return type.encode(await type.fromUser({ kind: 'file', name: job.name, bytes }));
}

function ownType(id: string): PortType | undefined {
  return Object.values<unknown>(own).find((type): type is PortType => own.isPortType(type) && type.id === id);
}

async function typeFrom(registryModule: string, id: string): Promise<PortType | undefined> {
  const { createRegistry, portTypes } = await import('@soliloquy/graph');
  const { stages } = (await import(registryModule)) as { stages: Parameters<typeof createRegistry>[0] };
  return portTypes(createRegistry(stages)).get(id);
}
