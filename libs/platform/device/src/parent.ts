/**
 * A JavaScript expression that is true once the parent of the process that evaluates it is gone. On Unix an orphan gets
 * another parent; on Windows the number stays, so it is asked whether a process of that number is there. A text,
 * because what watches is the program of a thread that loads nothing.
 *
 * @param parent pid that the parent said it has: asking here would be too late when it died since
 */
export function parentIsGone(parent: number, platform: string = process.platform): string {
  return platform === 'win32'
    ? `(() => { try { process.kill(${parent}, 0); } catch (error) { return error.code === 'ESRCH'; } })()`
    : `process.ppid !== ${parent}`;
}
