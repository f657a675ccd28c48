import { z } from 'zod';
import { artifactFile } from './port-error.ts';
import type { PortType } from './port-type.ts';

/** One self-contained page. */
export interface Report {
  readonly html: string;
}

/** One self-contained page. */
export const report: PortType<Report> = {
  id: 'report',
  title: 'Report',
  viewer: 'html',
  hue: 190,
  schema: z.object({ html: z.string().min(1) }),
  files: [{ name: 'report.html', what: 'HTML in UTF-8, one page with everything inside' }],
  encode: async ({ html }) => ({ 'report.html': new TextEncoder().encode(html) }),
  decode: async (files) => ({ html: new TextDecoder().decode(artifactFile(files, 'report.html', 'report')) }),
  preview: ({ html }) => ({
    summary: /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? 'a page',
    file: 'report.html',
  }),
};
