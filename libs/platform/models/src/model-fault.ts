import { Fault } from '@soliloquy/fault';

/** What can be wrong with a model. */
export type ModelFaultCode =
  | 'model.unknown'
  | 'model.name'
  | 'model.missing'
  | 'model.strange-file'
  | 'model.registry'
  | 'model.licence'
  | 'model.no-host'
  | 'model.no-digest'
  | 'model.unreachable'
  | 'model.wrong-digest'
  | 'model.disk-full'
  | 'model.unwritable'
  | 'model.record';

/** A model that is not here, is not what it must be, or cannot be brought. */
export class ModelFault extends Fault<ModelFaultCode> {
  static override readonly phase = 'before-run';
  override readonly name = 'ModelFault';
}
