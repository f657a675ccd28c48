export { avatarExportStage } from './avatar-export/stage.ts';
export { avatarOpenStage } from './avatar-open/stage.ts';
