/** Codecs of sound as people know them, by mediabunny's name or the file's own; many cannot be decoded here. */
const CODEC_TITLES: Readonly<Record<string, string>> = {
  aac: 'AAC',
  ac3: 'Dolby Digital (AC-3)',
  'ac-3': 'Dolby Digital (AC-3)',
  'ac-4': 'Dolby AC-4',
  alac: 'ALAC (Apple Lossless)',
  celt: 'CELT',
  dts: 'DTS',
  dtsc: 'DTS',
  eac3: 'Dolby Digital Plus (E-AC-3)',
  'ec-3': 'Dolby Digital Plus (E-AC-3)',
  flac: 'FLAC',
  ima4: 'IMA ADPCM',
  mp3: 'MP3',
  opus: 'Opus',
  pcm: 'PCM in Ogg',
  samr: 'AMR',
  sawb: 'AMR wideband',
  speex: 'Speex',
  theora: 'Theora (a film)',
  unknown: 'an unknown codec',
  vorbis: 'Vorbis',
  A_ALAC: 'ALAC (Apple Lossless)',
  A_DTS: 'DTS',
  A_TRUEHD: 'Dolby TrueHD',
  QDM2: 'QDesign Music',
};

export function codecTitle(codec: string): string {
  return CODEC_TITLES[codec] ?? `"${codec}"`;
}

/** Files of sound that are not read, by their first bytes. */
const FORMATS = [
  [/^FORM.{4}AIF[FC]/s, 'AIFF'],
  [/^\.snd/, 'AU'],
  [/^caff/, 'CAF'],
  [/^#!AMR/, 'AMR'],
  [/^\x30\x26\xb2\x75\x8e\x66\xcf\x11/, 'WMA (Windows Media)'],
  [/^riff\x2e\x91\xcf\x11/, 'Wave64'],
  [/^MAC /, "Monkey's Audio"],
  [/^wvpk/, 'WavPack'],
  [/^MThd/, 'MIDI'],
  [/^TTA1/, 'True Audio'],
  [/^(MP\+|MPCK)/, 'Musepack'],
] as const;

/** What a file is that holds sound and is not read. */
export function formatTitle(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  return FORMATS.find(([letters]) => letters.test(head))?.[1];
}
