export { checkGradient } from './check-gradient.ts';
export { compareArrays } from './compare-arrays.ts';
export { crossedArm } from './crossed-arm.ts';
export { fakeModelPort, numberPort, readingsPort, wordsPort } from './fake-ports.ts';
export { numbersStage, scaleStage, stages, sumStage, troubleStage } from './fake-stages.ts';
export { HOSTILE_FOLDERS, SECRET } from './hostile-folders.ts';
export { isRunning } from './is-running.ts';
export { findNatsServer, freePort, NO_NATS_SERVER, startNatsServer } from './nats-server.ts';
export { armsView, headView, paintedPerson, turnedLandmarks, WHOLE_PERSON } from './painted-person.ts';
export {
  activateReference,
  attentionReference,
  layerNormReference,
  linearReference,
  mlpReference,
  rowsOf,
  unitReference,
} from './reference-layers.ts';
export { SMALL_PICTURE } from './small-picture.ts';
export { NO_ADAPTER, softwareAdapter } from './software-adapter.ts';
export { stageContext } from './stage-context.ts';
export { seededNormals, seededRandom } from '@soliloquy/random';

export type { ArrayComparison } from './compare-arrays.ts';
export type { CrossedArm } from './crossed-arm.ts';
export type { HostileFolder } from './hostile-folders.ts';
export type { PaintedPerson, PersonView } from './painted-person.ts';
export type { Rows } from './reference-layers.ts';
export type { NatsServer, NatsServerConfig } from './nats-server.ts';
export type { GradientCase, GradientReport } from './check-gradient.ts';
export type { RecordedContext, RecordedProgress } from './stage-context.ts';
