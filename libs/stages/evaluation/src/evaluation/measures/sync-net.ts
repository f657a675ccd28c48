import { defineMeasure } from '@soliloquy/stage';
import { openNetwork, weightsText } from '../../networks/open-network.ts';
import { restsOn } from '../../rests-on.ts';
import { evaluationInputs } from '../inputs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';

/** Offsets reach 15 frames either way: with fewer windows some of them compare with silence alone. */
const ENOUGH = { of: 'windows', enough: 31, why: 'offsets reach 15 frames either way' };

/** SyncC, SyncD and the offset of sound and lips, by SyncNet. */
export const syncNet = defineMeasure({
  of: evaluationInputs,
  name: 'sync-net',
  version: 1,
  source: 'SyncNet, Chung and Zisserman 2016, as syncnet_python; faces by the mesh of tracking@1',
  needs: ['video', 'tracks', 'audio'],
  networks: ['syncnet'],
  figures: {
    'sync-c': { better: 'higher', text: "SyncC: median over 31 offsets less the least of SyncNet's mean distances" },
    'sync-d': { better: 'lower', text: "SyncD: the least of SyncNet's mean distances over 31 offsets" },
    'sync-offset': { unit: 'frames', text: 'offset at which SyncNet finds sound and lips nearest, at 25 fps' },
    'sync-net/count': { text: 'windows of five frames that sync-c, sync-d and sync-offset rest on' },
  },
  async measure(given, _params, ctx, share) {
    const { person } = new SeenPerson(given, 'tracks', share);
    if (!person.has('face')) return {};
    const { syncOfFilm } = await import('../../networks/sync-of-film.ts');
    const lips = await openNetwork('syncnet', 'lips.onnx', ctx);
    const audio = await openNetwork('syncnet', 'audio.onnx', ctx);
    try {
      const { figures, windows } = await syncOfFilm({ lips, audio }, given, person, ctx);
      const about = { at: weightsText(lips), ctx };
      if (figures === undefined) return { 'sync-net/count': windows };
      return {
        'sync-c': restsOn('sync-c', figures.confidence, { ...ENOUGH, count: windows }, about),
        'sync-d': { value: figures.distance, at: weightsText(lips) },
        'sync-offset': figures.offset,
        'sync-net/count': windows,
      };
    } finally {
      await lips.dispose();
      await audio.dispose();
    }
  },
});
