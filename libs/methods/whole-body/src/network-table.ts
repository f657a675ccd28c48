import {
  convertTflite,
  readPackageFile,
  readTfjsWeights,
  tfliteOptionLists,
  type KnownPackage,
} from '@soliloquy/network-import';
import { buildDlibNetwork } from './dlib-network.ts';

const HOLISTIC: KnownPackage = {
  name: '@mediapipe/holistic',
  version: '0.5.1675471629',
  digests: {
    'holistic_solution_packed_assets.data': '743ef881d77fb8fb8e831bd49e72e97c2ad5560803c76617157ccfcfebc5ca9d',
    'pose_landmark_full.tflite': 'e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f',
    'pose_landmark_heavy.tflite': '59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe',
  },
};
const SELFIE: KnownPackage = {
  name: '@mediapipe/selfie_segmentation',
  version: '0.1.1675465747',
  digests: { 'selfie_segmentation.tflite': '8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27' },
};
const FACE_API: KnownPackage = {
  name: '@vladmandic/face-api',
  version: '1.7.15',
  digests: {
    'model/face_recognition_model-weights_manifest.json':
      'cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b',
    'model/face_recognition_model.bin': 'b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589',
  },
};
/** The packages whose networks are used; their files are known by their SHA-256. */
export const PACKAGES = [HOLISTIC, SELFIE, FACE_API] as const;

const PACKED = 'holistic_solution_packed_assets.data';

/** Where a network comes from: a `.tflite` file, or a part of a file, [start, end) bytes. */
interface TfliteSource {
  readonly of: KnownPackage;
  readonly file: string;
  readonly part?: readonly [start: number, end: number];
  /** The outputs that are used; all unless said. What only others need is left out of the network. */
  readonly outputs?: readonly string[];
}

/** Parts of the packed file are those that its loader, `holistic_solution_packed_assets_loader.js`, names. */
const TFLITE = {
  'pose-detection': { of: HOLISTIC, file: PACKED, part: [13_915_467, 16_877_755] },
  'pose-landmarks-heavy': { of: HOLISTIC, file: 'pose_landmark_heavy.tflite' },
  'pose-landmarks-full': {
    of: HOLISTIC,
    file: 'pose_landmark_full.tflite',
    outputs: ['Identity', 'Identity_1', 'Identity_3', 'Identity_4'],
  },
  'face-detection': { of: HOLISTIC, file: PACKED, part: [0, 229_032] },
  'face-landmarks': { of: HOLISTIC, file: PACKED, part: [1_490_304, 3_986_256] },
  'hand-recrop': { of: HOLISTIC, file: PACKED, part: [9_464_955, 9_588_747] },
  'hand-landmarks': { of: HOLISTIC, file: PACKED, part: [3_986_256, 9_464_944] },
  'palm-detection': { of: HOLISTIC, file: PACKED, part: [9_588_747, 11_930_027] },
  'selfie-segmentation': { of: SELFIE, file: 'selfie_segmentation.tflite' },
} as const satisfies Record<string, TfliteSource>;

/** The networks by name. */
export type NetworkName = keyof typeof TFLITE | 'face-identity';
export const NETWORK_NAMES = [...Object.keys(TFLITE), 'face-identity'] as readonly NetworkName[];

/** What a converted network was made of: another text converts it again. */
export function sourceOf(name: NetworkName): string {
  if (name === 'face-identity') return Object.values(FACE_API.digests).join(' ');
  const { of, file, ...rest }: TfliteSource = TFLITE[name];
  return `${of.digests[file]} ${JSON.stringify(rest)}`;
}

/**
 * Converts a network from its package to ONNX.
 *
 * @throws ImportError `network.missing`, `network.version`, `network.altered`
 */
export async function convertNetwork(name: NetworkName): Promise<Uint8Array> {
  if (name === 'face-identity') {
    const read = (file: string): Promise<Uint8Array> => readPackageFile(FACE_API, file, import.meta.url);
    const manifest = new TextDecoder().decode(await read('model/face_recognition_model-weights_manifest.json'));
    const bytes = await read('model/face_recognition_model.bin');
    return buildDlibNetwork(readTfjsWeights(manifest, bytes, 'face_recognition_model.bin'));
  }
  const bytes = await readTfliteSource(name);
  const { outputs }: TfliteSource = TFLITE[name];
  const refined = tfliteOptionLists(bytes, {
    where: name,
    custom: 'Landmarks2TransformMatrix',
    option: 'subset_idxs',
  });
  return convertTflite(bytes, name, {
    ...(outputs && { outputs }),
    metadata: refined.length > 0 ? { refined: JSON.stringify(refined) } : {},
  });
}

/**
 * The `.tflite` file of a network, as its package has it.
 *
 * @throws ImportError `network.missing`, `network.version`, `network.altered`
 */
export async function readTfliteSource(name: keyof typeof TFLITE): Promise<Uint8Array> {
  const { of, file, part }: TfliteSource = TFLITE[name];
  const whole = await readPackageFile(of, file, import.meta.url);
  return part ? whole.subarray(...part) : whole;
}
