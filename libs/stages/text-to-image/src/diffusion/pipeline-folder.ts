import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseSchedulerConfig, type SchedulerConfig } from '@soliloquy/diffusion-schedulers';
import { layoutFault, readModelJson } from '@soliloquy/models';
import type { StageError } from '@soliloquy/stage';

/** The kinds of pipelines that are built here; how prompt, network and latents fit together differs between them. */
export const FAMILIES = ['sd', 'sdxl', 'sd3', 'flux'] as const;
export type Family = (typeof FAMILIES)[number];

/** `_class_name` of model_index.json, without what an export puts around it (`ORT…`, `Onnx…`). */
const CLASSES: Readonly<Record<string, Family>> = {
  StableDiffusionPipeline: 'sd',
  LatentConsistencyModelPipeline: 'sd',
  StableDiffusionXLPipeline: 'sdxl',
  StableDiffusion3Pipeline: 'sd3',
  FluxPipeline: 'flux',
};

const index = z.looseObject({ _class_name: z.string(), force_zeros_for_empty_prompt: z.boolean().optional() });
const vaeConfig = z.looseObject({
  scaling_factor: z.number().positive().optional(),
  shift_factor: z.number().nullish(),
  latent_channels: z.int().min(1).max(256).default(4),
  block_out_channels: z.array(z.int()).min(1).max(8).default([128, 256, 512, 512]),
});
const networkConfig = z.looseObject({
  joint_attention_dim: z.int().min(1).max(65_536).default(4096),
  time_cond_proj_dim: z.int().min(4).max(65_536).nullish(),
});
const encoderConfig = z.looseObject({ num_hidden_layers: z.int().min(1).optional() });

/** A folder in the layout of diffusers, as far as it is read before any network is. */
export interface PipelineFolder {
  readonly root: string;
  readonly family: Family;
  /** Text encoders that are there, in their order: folder, layers. */
  readonly encoders: readonly TextEncoderPart[];
  /** `unet` or `transformer`. */
  readonly network: string;
  /** Width of the text that SD3's transformer takes; of the guidance that a latent consistency model takes. */
  readonly widths: { readonly text: number; readonly guidance: number | undefined };
  readonly scheduler: SchedulerConfig;
  /** Channels of a latent; pixels a side of it stands for; latents = pixels' · scale after shift. */
  readonly latent: {
    readonly channels: number;
    readonly pixels: number;
    readonly scale: number;
    readonly shift: number;
  };
  /** Whether no negative prompt means zeros rather than the encoding of nothing. */
  readonly zerosForNoPrompt: boolean;
}

export interface TextEncoderPart {
  readonly folder: string;
  readonly tokenizer: string;
  readonly layers: number | undefined;
}

const NUMBERS = ['', '_2', '_3'] as const;

/** What scales latents where a folder does not say (exports of long ago): those of Stable Diffusion 1 and XL. */
const SCALES: Readonly<Record<Family, number>> = { sd: 0.18215, sdxl: 0.13025, sd3: 1.5305, flux: 0.3611 };

/**
 * Reads how the parts of a pipeline fit together.
 *
 * @throws StageError `model.layout` naming what is missing or strange
 */
export function openPipelineFolder(root: string, where: string): PipelineFolder {
  const about = readJson(join(root, 'model_index.json'), index, where);
  const name = about._class_name.replace(/^(ORT|Onnx|ONNX)/, '');
  const family = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (family === undefined)
    throw layout(where, `a pipeline of ${Object.keys(CLASSES).join(', ')}`, `"${about._class_name}"`);
  const network = ['unet', 'transformer'].find((part) => existsSync(modelPath(root, part)));
  if (network === undefined) throw layout(where, 'unet/model.onnx or transformer/model.onnx', 'neither');
  const encoders = NUMBERS.map((number) => [`text_encoder${number}`, `tokenizer${number}`] as const)
    .filter(([folder]) => existsSync(modelPath(root, folder)))
    .map(([folder, tokenizer]) => ({ folder, tokenizer, layers: layersOf(root, folder, where) }));
  if (encoders.length === 0) throw layout(where, 'text_encoder/model.onnx', 'none');
  const vae = readJson(join(root, 'vae_decoder', 'config.json'), vaeConfig, where, {});
  const widths = readJson(join(root, network, 'config.json'), networkConfig, where, {});
  const settings = readJson(join(root, 'scheduler', 'scheduler_config.json'), z.unknown(), where, {});
  return {
    root,
    family,
    encoders,
    network,
    widths: { text: widths.joint_attention_dim, guidance: widths.time_cond_proj_dim ?? undefined },
    scheduler: parseSchedulerConfig(settings, `${where}: scheduler/scheduler_config.json`),
    latent: {
      channels: vae.latent_channels,
      pixels: 2 ** (vae.block_out_channels.length - 1),
      scale: vae.scaling_factor ?? SCALES[family],
      shift: vae.shift_factor ?? 0,
    },
    zerosForNoPrompt: family === 'sdxl' && about.force_zeros_for_empty_prompt !== false,
  };
}

/** Where the network of a part lies. */
export function modelPath(root: string, part: string): string {
  return join(root, part, 'model.onnx');
}

function layersOf(root: string, folder: string, where: string): number | undefined {
  return readJson(join(root, folder, 'config.json'), encoderConfig, where, {}).num_hidden_layers;
}

const REMEDY = 'export the pipeline with optimum-cli export onnx, or correct the folder';

/**
 * A JSON file of a pipeline's folder.
 *
 * @param missing what stands for a file that is not there; without it that is a fault
 * @throws StageError `model.layout`
 */
export function readJson<T>(path: string, schema: z.ZodType<T>, where: string, missing?: unknown): T {
  return readModelJson(path, schema, { where, remedy: REMEDY }, missing);
}

/** A folder that is not laid out as its kind must be. */
export function layout(where: string, expected: string, got: string): StageError {
  return layoutFault({ where, remedy: REMEDY }, expected, got);
}
