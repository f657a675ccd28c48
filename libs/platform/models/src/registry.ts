import { EVALUATION_NETWORKS } from './evaluation-networks.ts';
import type { ModelEntry, ModelFile } from './model-entry.ts';
import { ModelFault } from './model-fault.ts';

/** Files whose digests are not published: such a model is brought by hand. */
function brought(...paths: readonly string[]): ModelFile[] {
  return paths.map((path) => ({ path }));
}

/** A part of a diffusers pipeline as an ONNX file in a folder of its own. */
function parts(...names: readonly string[]): ModelFile[] {
  return brought('model_index.json', ...names.map((name) => `${name}/model.onnx`));
}

/** A voice of Piper; sizes and MD5 sums are those of the list of voices in `rhasspy/piper`. */
function piperVoice(
  voice: string,
  about: Pick<ModelEntry, 'title' | 'licence'>,
  sums: readonly [size: number, md5: string, configSize: number, configMd5: string],
): ModelEntry {
  const [locale, speaker, quality] = voice.split('-') as [string, string, string];
  const folder = `${locale.slice(0, 2)}/${locale}/${speaker}/${quality}`;
  const [bytes, md5, configBytes, configMd5] = sums;
  return {
    name: `piper-${voice.toLowerCase().replace('_', '-')}`,
    ...about,
    purpose: 'text-to-speech',
    source: 'https://huggingface.co/rhasspy/piper-voices',
    files: [
      { path: `${voice}.onnx`, at: `${folder}/${voice}.onnx`, bytes, digest: `md5:${md5}` },
      {
        path: `${voice}.onnx.json`,
        at: `${folder}/${voice}.onnx.json`,
        bytes: configBytes,
        digest: `md5:${configMd5}`,
      },
    ],
  };
}

const CREATIVE_ML = {
  name: 'CreativeML Open RAIL-M',
  url: 'https://huggingface.co/spaces/CompVis/stable-diffusion-license',
};
const STABILITY = { name: 'Stability AI Community License', url: 'https://stability.ai/community-license-agreement' };

/**
 * The models that backbones of this repository know how to run, and the networks of published measures. What has sizes
 * and digests can be fetched from a host of the person's configuration; of the others it is known what must lie where.
 */
export const MODELS: readonly ModelEntry[] = [
  {
    name: 'stable-diffusion-1.5',
    title: 'Stable Diffusion 1.5, ONNX, layout of diffusers',
    purpose: 'text-to-image',
    licence: CREATIVE_ML,
    source: 'https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5 (optimum-cli export onnx)',
    files: [
      ...parts('text_encoder', 'unet', 'vae_decoder'),
      ...brought('tokenizer/vocab.json', 'tokenizer/merges.txt'),
    ],
  },
  {
    name: 'sdxl-turbo',
    title: 'SDXL Turbo, ONNX, layout of diffusers',
    purpose: 'text-to-image',
    licence: STABILITY,
    source: 'https://huggingface.co/stabilityai/sdxl-turbo',
    files: [
      ...parts('text_encoder', 'text_encoder_2', 'unet', 'vae_decoder'),
      ...brought('tokenizer/vocab.json', 'tokenizer/merges.txt', 'tokenizer_2/vocab.json', 'tokenizer_2/merges.txt'),
    ],
  },
  {
    name: 'lcm-dreamshaper-7',
    title: 'LCM Dreamshaper 7, ONNX, layout of diffusers',
    purpose: 'text-to-image',
    licence: { name: 'MIT', url: 'https://huggingface.co/SimianLuo/LCM_Dreamshaper_v7' },
    source: 'https://huggingface.co/SimianLuo/LCM_Dreamshaper_v7 (optimum-cli export onnx)',
    files: [
      ...parts('text_encoder', 'unet', 'vae_decoder'),
      ...brought('tokenizer/vocab.json', 'tokenizer/merges.txt'),
    ],
  },
  {
    name: 'stable-diffusion-3',
    title: 'Stable Diffusion 3 medium, ONNX, layout of diffusers',
    purpose: 'text-to-image',
    licence: STABILITY,
    source: 'https://huggingface.co/stabilityai/stable-diffusion-3-medium-diffusers (optimum-cli export onnx)',
    files: [
      ...parts('text_encoder', 'text_encoder_2', 'text_encoder_3', 'transformer', 'vae_decoder'),
      ...brought('tokenizer/vocab.json', 'tokenizer/merges.txt', 'tokenizer_2/vocab.json', 'tokenizer_2/merges.txt'),
      ...brought('tokenizer_3/tokenizer.json'),
    ],
  },
  {
    name: 'flux-schnell',
    title: 'FLUX.1 schnell, ONNX, layout of diffusers',
    purpose: 'text-to-image',
    licence: { name: 'Apache-2.0', url: 'https://huggingface.co/black-forest-labs/FLUX.1-schnell' },
    source: 'https://huggingface.co/black-forest-labs/FLUX.1-schnell (optimum-cli export onnx)',
    files: [
      ...parts('text_encoder', 'text_encoder_2', 'transformer', 'vae_decoder'),
      ...brought('tokenizer/vocab.json', 'tokenizer/merges.txt', 'tokenizer_2/tokenizer.json'),
    ],
  },
  {
    name: 'kokoro',
    title: 'Kokoro 82M v1.0, ONNX, with its voices',
    purpose: 'text-to-speech',
    licence: { name: 'Apache-2.0', url: 'https://huggingface.co/hexgrad/Kokoro-82M' },
    source: 'https://huggingface.co/onnx-community/Kokoro-82M-v1.0-ONNX',
    files: brought('onnx/model.onnx', 'tokenizer.json', 'voices/af_heart.bin'),
  },
  piperVoice(
    'en_GB-vctk-medium',
    {
      title: 'Piper, British English, 109 speakers',
      licence: { name: 'CC BY 4.0 (VCTK)', url: 'https://datashare.ed.ac.uk/handle/10283/3443' },
    },
    [76952753, '573025290fdc68812543b7438ace0c29', 9200, '0eca51508c23837212e7c35d51c4a1fb'],
  ),
  piperVoice(
    'en_US-libritts-high',
    {
      title: 'Piper, American English, 904 speakers',
      licence: { name: 'CC BY 4.0 (LibriTTS)', url: 'https://www.openslr.org/60/' },
    },
    [136673811, '61d7845257f8abdc27476f606151ef8d', 25569, 'c1c0ae81778060f8131d6c51abf548a6'],
  ),
  ...EVALUATION_NETWORKS,
];

/**
 * The registry by name: what comes with Soliloquy, and what a person's configuration adds.
 *
 * @throws ModelFault `model.registry` where a name is there twice
 */
export function modelRegistry(
  own: readonly ModelEntry[] = [],
  where = 'modelEntries',
): ReadonlyMap<string, ModelEntry> {
  const registry = new Map<string, ModelEntry>();
  for (const entry of [...MODELS, ...own]) {
    if (registry.has(entry.name))
      throw new ModelFault({
        code: 'model.registry',
        where: `${where}: ${entry.name}`,
        expected: 'one model of a name',
        got: `another, "${registry.get(entry.name)?.title}"`,
        remedy: 'rename yours',
      });
    registry.set(entry.name, entry);
  }
  return registry;
}
