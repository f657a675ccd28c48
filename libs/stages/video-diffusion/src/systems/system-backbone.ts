import type { z } from 'zod';
import type { BackboneModule } from '@soliloquy/stage';
import type { VideoSystem } from './video-system.ts';

/** What a backbone says of itself beside what its system does. */
interface Facts<P extends z.ZodObject> {
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  readonly params: P;
  /** What other stages may call, loaded when one does. */
  readonly operations?: () => Promise<BackboneModule['operations']>;
}

/** The backbone of a video system: what it needs, costs and may be used for comes from the system. */
export function systemBackbone<P extends z.ZodObject>(
  system: VideoSystem<never>,
  { version, title, summary, params, operations }: Facts<P>,
) {
  return {
    version,
    title,
    summary,
    params,
    ...system.system.backbone,
    lacks: {},
    threads: 1,
    load: async (): Promise<object> => {
      const { runVideoSystem } = await import('./run-system.ts');
      return {
        run: (inputs: never, given: never, ctx: never) => runVideoSystem(system, inputs, given, ctx),
        ...(operations && { operations: await operations() }),
      };
    },
  } as const;
}
