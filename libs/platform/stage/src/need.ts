/** Something that a backbone cannot run without. `doctor` says whether it is here and, if not, `remedy`. */
export type Need =
  | { readonly kind: 'file'; readonly what: string; readonly param: string; readonly remedy: string }
  | { readonly kind: 'command'; readonly what: string; readonly command: string; readonly remedy: string }
  | { readonly kind: 'gpu'; readonly what: string; readonly remedy: string };
