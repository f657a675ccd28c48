// Sole source of what lies where in the WebAssembly memory. Read by TypeScript and by AssemblyScript alike, so only
// plain numeric constants stand here: integers are i32 there, fractions f64.
// Byte offsets unless a name says otherwise. Every buffer starts on a multiple of 16.

/** Side of a square tile, pixels; one tile is one unit of work. */
export const TILE = 16;
/** Pixels of a tile. */
export const TILE_PIXELS = 256;
/** Gaussians per unit of work where Gaussians are walked. */
export const CHUNK = 128;
/** Image rows per unit of work of the image loss, and the rows that their windows see: 5 more on either side. */
export const LOSS_ROWS = 8;
export const LOSS_SEEN = 18;

// Rasterisation constants (Kerbl et al. 2023).
/** pixels², added to the diagonal of the projected covariance */
export const LOW_PASS = 0.3;
/** largest alpha of one Gaussian on one pixel */
export const ALPHA_MAX = 0.99;
/** 1 / the smallest alpha that is drawn */
export const ALPHA_CUT_INVERSE = 255;
/** log2(ALPHA_CUT_INVERSE) */
export const LOG2_ALPHA_CUT_INVERSE = 7.994353436858858;
/** a pixel stops before the Gaussian that would bring its transmittance below this */
export const TRANSMITTANCE_STOP = 0.0001;
/** the Jacobian is taken inside the view grown by this share of its half extent */
export const JACOBIAN_MARGIN = 0.3;
/** squared length under which a quaternion has no direction */
export const QUAT_MIN = 1e-24;

// Factors of the real spherical harmonics, in the order and with the signs of 3DGS (Ramamoorthi and Hanrahan 2001).
export const SH_0 = 0.28209479177387814;
export const SH_1 = 0.4886025119029199;
export const SH_2_XY = 1.0925484305920792;
export const SH_2_ZZ = 0.31539156525252005;
export const SH_2_XX = 0.5462742152960396;
export const SH_3_0 = 0.5900435899266435;
export const SH_3_1 = 2.890611442640554;
export const SH_3_2 = 0.4570457994644658;
export const SH_3_3 = 0.3731763325901154;
export const SH_3_5 = 1.445305721320277;

// Control block, at address 0. i32 fields, as byte offsets. What threads write while others look at it has a cache line
// of its own.
export const CONTROL_BYTES = 8192;
/** number of the job that may be worked on, 0 between jobs; workers sleep on it */
export const C_OPEN = 0;
/** workers that are inside a job; the caller sleeps on it */
export const C_ACTIVE = 64;
export const C_JOB = 128;
export const C_THREADS = 132;
/** 1 once a worker trapped */
export const C_FAILED = 136;
/** lowest index of a Gaussian with a value that cannot be used, else BAD_NONE */
export const C_BAD = 152;
export const BAD_NONE = 2147483647;
export const C_COUNT = 156;
export const C_VISIBLE = 160;
export const C_WIDTH = 164;
export const C_HEIGHT = 168;
export const C_TILES_X = 172;
export const C_TILES_Y = 176;
/** 1: the background is an image; 0: the constant at C_BACKGROUND */
export const C_BACKGROUND_IMAGE = 180;
/** 1: depth is wanted */
export const C_DEPTH = 184;
/** 1: dL/dtransmittance is given */
export const C_HAS_TRANSMITTANCE_GRADIENT = 188;
/** 1: per-pixel weights are given */
export const C_HAS_WEIGHTS = 192;
/**
 * floats from one row of a loss plane to the next: 3 W rounded up to 16 pixels, then to an odd number of cache lines
 */
export const C_PLANE_STRIDE = 196;
/** 1: SSIM is wanted */
export const C_HAS_SSIM = 200;
/** 1: the geometry (means, quats, logScales, means2d) is wanted from the backward pass */
export const C_WANT_GEOMETRY = 204;
/** size of the images of the image loss, which need not be those of the render */
export const C_LOSS_WIDTH = 208;
export const C_LOSS_HEIGHT = 212;

/** harmonics of one channel beyond degree 0: 0, 3, 8 or 15 */
export const C_SH_REST = 216;
/** 1: opacities are multiplied by the share of the area that the low-pass leaves */
export const C_COMPENSATE = 220;
/** 1: dL/ddepth is given */
export const C_HAS_DEPTH_GRADIENT = 224;
/**
 * parts into which the ranks in depth order are cut while entries are grouped by tile; the lists are the same for any
 * number
 */
export const C_BLOCKS = 228;

/** per thread RANGE_BYTES: i32 next and i32 end of the units that are left of its share of the job */
export const RANGES = 4096;
export const RANGE_BYTES = 64;

// Addresses of buffers, u32 each.
export const P_MEANS = 256;
export const P_QUATS = 260;
export const P_LOG_SCALES = 264;
export const P_OPACITY_LOGITS = 268;
export const P_COLORS = 272;
/** RECORD_BYTES per Gaussian */
export const P_RECORDS = 276;
/** i32 [N] tiles touched, 0 where not drawn */
export const P_TILE_COUNTS = 280;
/** i32 [N] first entry */
export const P_STARTS = 284;
/** u32 [N] x 2 depth keys of visible Gaussians, and i32 [N] x 2 their indices: input and output of a sorting pass */
export const P_KEYS_A = 288;
export const P_KEYS_B = 292;
export const P_ORDER_A = 296;
export const P_ORDER_B = 300;
/** u32 [3 x 2048] */
export const P_HISTOGRAM = 304;
/** i32 [tiles + 1] */
export const P_TILE_STARTS = 308;
/** i32 [blocks, tiles] entries of each tile among a block's ranks, then where its next goes */
export const P_TILE_CURSORS = 312;
/** f32 [H, W, 3] */
export const P_COLOR = 316;
/** f32 [H, W] */
export const P_TRANSMITTANCE = 320;
/** f32 [H, W] */
export const P_DEPTH = 324;
/** i32 [H, W] entry at which the pixel stopped, STOP_NEVER if it did not */
export const P_STOPS = 328;
export const STOP_NEVER = 2147483647;
/** f32 [H, W, 3] */
export const P_BACKGROUND = 332;
/** f32 [H, W, 3] dL/dcolor */
export const P_COLOR_GRADIENT = 336;
/** f32 [H, W] dL/dtransmittance */
export const P_TRANSMITTANCE_GRADIENT = 340;
/** i32 [E] tile of an entry; entries are in depth order, and in row order of tiles within a Gaussian */
export const P_ENTRY_TILES = 344;
/** i32 [E, 2] Gaussian and entry, grouped by tile, front to back within a tile */
export const P_TILE_ENTRIES = 348;
/** f32 [E, MOMENTS] what one tile adds to the gradient of one Gaussian */
export const P_MOMENTS = 352;
export const P_GRAD_MEANS = 356;
export const P_GRAD_QUATS = 360;
export const P_GRAD_LOG_SCALES = 364;
export const P_GRAD_OPACITY_LOGITS = 368;
export const P_GRAD_COLORS = 372;
export const P_GRAD_MEANS2D = 376;
/** per thread SCRATCH_BYTES */
export const P_SCRATCH = 380;
/** f32 [H, W, 3] image, target and gradient of the image loss; f32 [H, W] weights */
export const P_LOSS_IMAGE = 384;
export const P_LOSS_TARGET = 388;
export const P_LOSS_WEIGHTS = 392;
export const P_LOSS_GRADIENT = 396;
/** LOSS_PARTIALS planes of H rows, window sums along x of dvalue/d(mean x), -2 dvalue/d(mean xx), dvalue/d(mean xy) */
export const P_LOSS_PARTIALS = 404;
/** f64 [H, 2] weighted sums of |x - y| and of the SSIM map */
export const P_LOSS_SUMS = 408;
/** per thread LOSS_SCRATCH_ROWS rows of C_LOSS_SCRATCH_STRIDE bytes */
export const P_LOSS_SCRATCH = 416;
export const C_LOSS_SCRATCH_STRIDE = 420;
/** bytes of zeros before a scratch row (5 pixels, and it stays aligned), and after it */
export const LOSS_PAD = 64;
export const LOSS_PAD_AFTER = 128;
/** pass 1: the rows seen of image and target, 4 sums of each row of the block, 4 means, weights; pass 2 takes less */
export const LOSS_SCRATCH_ROWS = 73;
export const LOSS_PARTIALS = 3;
/** per thread STATISTICS_BYTES: u64 pixel-Gaussian pairs evaluated by the last forward */
export const P_STATISTICS = 424;
export const STATISTICS_BYTES = 64;
/** f32 [N, K, 3] harmonics beyond degree 0 and their gradient */
export const P_SH_REST = 428;
export const P_GRAD_SH_REST = 432;
/** f32 [H, W] dL/ddepth */
export const P_DEPTH_GRADIENT = 436;

// f64 fields.
/** 12: rows of [R | t] */
export const D_WORLD_TO_CAMERA = 512;
export const D_FX = 608;
export const D_FY = 616;
export const D_CX = 624;
export const D_CY = 632;
export const D_NEAR = 640;
/** the range of x/z and y/z inside which the Jacobian is taken */
export const D_LIMIT_X_LOW = 648;
export const D_LIMIT_X_HIGH = 656;
export const D_LIMIT_Y_LOW = 664;
export const D_LIMIT_Y_HIGH = 672;
/** 3: constant background */
export const D_BACKGROUND = 680;
/** factors of L1 and SSIM in the gradient: (1 - λ) / Σ weights and -λ / Σ weights */
export const D_L1_FACTOR = 704;
export const D_SSIM_FACTOR = 712;
/** 6: the centre and one half of the Gaussian window */
export const D_WINDOW = 720;
/** 3: where the camera stands in the world */
export const D_EYE = 768;

// Constants of the inner loops, f32 x 4 each, see constants.as.ts.
export const K_ONE = 1024;
export const K_ALPHA_MAX = 1040;
export const K_ALPHA_CUT = 1056;
export const K_STOP = 1072;
export const K_EXP_ROUND = 1104;
export const K_EXP_5 = 1120;
export const K_EXP_4 = 1136;
export const K_EXP_3 = 1152;
export const K_EXP_2 = 1168;
export const K_EXP_1 = 1184;
export const K_COLUMN_3 = 1200;
export const K_COLUMN_4 = 1216;
export const K_COLUMN_7 = 1232;
export const K_COLUMN_8 = 1248;
export const K_COLUMN_11 = 1264;
export const K_COLUMN_12 = 1280;
export const K_COLUMN_15 = 1296;
export const K_HALF = 1312;
export const K_HALF_C1 = 1328;
export const K_HALF_C2 = 1344;
export const K_SIGN = 1360;
// f64 x 2 each: those of exp64x2.
export const K_EXP64_RATE = 1600;
export const K_EXP64_HIGH = 1616;
export const K_EXP64_LOW = 1632;
export const K_EXP64_ROUND = 1648;
export const K_EXP64_11 = 1664;
export const K_EXP64_10 = 1680;
export const K_EXP64_9 = 1696;
export const K_EXP64_8 = 1712;
export const K_EXP64_7 = 1728;
export const K_EXP64_6 = 1744;
export const K_EXP64_5 = 1760;
export const K_EXP64_4 = 1776;
export const K_EXP64_3 = 1792;
export const K_EXP64_2 = 1808;
export const K_EXP64_ONE = 1824;

// A projected Gaussian: f32 fields, as byte offsets. With d = pixel - (MX, MY):
// log2(alpha) = LOG2_OPACITY - (L11 dx + L21 dy)² - (L22 dy)², a Cholesky factor of the conic scaled by sqrt(log2(e) /
// 2). The factor is kept and not the conic: its products cancel in f32 for long thin Gaussians.
export const RECORD_BYTES = 64;
export const R_MX = 0;
export const R_MY = 4;
export const R_L11 = 8;
export const R_L21 = 12;
export const R_L22 = 16;
export const R_LOG2_OPACITY = 20;
export const R_RED = 24;
export const R_GREEN = 28;
export const R_BLUE = 32;
/** world units along the camera's z */
export const R_DEPTH = 36;
/** 1 / L11 */
export const R_INVERSE_L11 = 40;
/** half height in pixels of the ellipse outside which alpha is below the cut */
export const R_EXTENT_Y = 44;
/** log2(opacity) - log2(cut), grown by CUT_SLACK */
export const R_CUT = 48;
/** i32: tile from which the first row of R_SPANS counts, SPANS_NONE where the tiles do not fit there */
export const R_SPANS_FROM = 52;
export const SPANS_NONE = -2147483648;
/** u64: a byte for each of up to eight rows of tiles, the first in the low four bits, their number above it */
export const R_SPANS = 56;
/** keeps rounding from losing a pixel on the rim of the ellipse; each pixel is still tested exactly */
export const CUT_SLACK = 0.001;

// What one tile adds to a Gaussian's gradient: f32 Σ v, Σ v x; Σ v y, Σ v x²; Σ v xy, Σ v y²; red, green; blue, depth;
// two unused. They are added up in these pairs, each under the name of its first. With v = dL/dσ on a pixel, alpha =
// opacity exp(-σ), (x, y) = pixel - centre.
export const MOMENT_BYTES = 48;
export const M_V = 0;
export const M_VY = 8;
export const M_VXY = 16;
export const M_RED = 24;
export const M_BLUE = 32;

// Scratch of one thread: planes of one tile, 4 bytes a pixel, in quads of four pixels of a row. Quad number b holds row
// b & 15 and columns from 4 (b >> 4).
export const S_TRANSMITTANCE = 0;
export const S_RED = 1024;
export const S_GREEN = 2048;
export const S_BLUE = 3072;
export const S_DEPTH = 4096;
export const S_STOPS = 5120;
/** backward: Σ of what lies behind, weighted with dL/dcolor */
export const S_BEHIND = 6144;
/** f32 [16] of the present Gaussian, by row: L21 dy - L11 mx; log2(opacity) - (L22 dy)²; dy */
export const S_ROW_SHEAR = 7168;
export const S_ROW_HEIGHT = 7232;
export const S_ROW_DY = 7296;
/** f32 [16] 0 … 15: columns of the tile, row indices too */
export const S_RAMP = 7360;
/** backward, where dL/ddepth is given */
export const S_DEPTH_GRADIENT = S_DEPTH;
/** f64 [15] Yₖ, then f64 [15, 3] its slopes: the projection's and the gather's scratch, which need no planes */
export const S_HARMONICS = 0;
export const S_HARMONIC_SLOPES = 128;
export const SCRATCH_BYTES = 8192;

// Jobs.
export const JOB_EXIT = 0;
export const JOB_PROJECT = 1;
export const JOB_LIST_TILES = 2;
export const JOB_FORWARD = 3;
export const JOB_BACKWARD = 4;
export const JOB_GATHER = 5;
export const JOB_LOSS_MAP = 6;
export const JOB_LOSS_GRADIENT = 7;
export const JOB_PLACE_ENTRIES = 8;
