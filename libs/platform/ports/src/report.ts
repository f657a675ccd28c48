import { z } from 'zod';
import { artifactFile } from './port-error.ts';
import type { PortType } from './port-type.ts';
import type { Report } from './values.ts';

/** One self-contained page. */
export const report: PortType<Report> = {
  id: 'report',
  title: 'Report',
  schema: z.object({ html: z.string().min(1) }),
  encode: async ({ html }) => ({ 'report.html': new TextEncoder().encode(html) }),
  decode: async (files) => ({ html: new TextDecoder().decode(artifactFile(files, 'report.html', 'report')) }),
  preview: ({ html }) => ({
    summary: /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? 'a page',
    file: 'report.html',
    as: 'html',
  }),
};
