/** A picture in memory. */
export interface Image {
  /** pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
  /** u8 [height, width, 4] sRGB RGBA, straight (not premultiplied); alpha is the matte, 255 = person */
  readonly data: Uint8ClampedArray;
}
