import { Fault } from '@soliloquy/fault';

/**
 * What keeps a network from being taken over:
 *
 * - `network.malformed`: bytes that are no network of the format, cut short, or that lie about offsets and sizes
 * - `network.operator`: an operator, or a form of one, that has no meaning here
 * - `network.missing`: the package that carries it, or a file of the package, is not there
 * - `network.version`: the package is another version than the one whose files are known
 * - `network.altered`: a file of the package has other bytes than the released one
 */
export type ImportErrorCode =
  'network.malformed' | 'network.operator' | 'network.missing' | 'network.version' | 'network.altered';

/** An error of taking over a network. */
export class ImportError extends Fault<ImportErrorCode> {
  override readonly name = 'ImportError';
}
