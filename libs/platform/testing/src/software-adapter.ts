import { existsSync } from 'node:fs';

/** The Vulkan driver that Debian's and Ubuntu's chromium carries: slow and right. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Why a test of the GPU is left out, as `.ci/count-tests.js` lists it. */
export const NO_ADAPTER = 'no WebGPU adapter here';

/**
 * What a process needs in its environment to find chromium's driver in software, where it is there and nothing else was
 * chosen.
 */
export function softwareAdapter(): Record<string, string> {
  if (process.env.VK_ICD_FILENAMES !== undefined || !existsSync(SWIFTSHADER)) return {};
  return { VK_ICD_FILENAMES: SWIFTSHADER, XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? '/tmp' };
}
