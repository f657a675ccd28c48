/** What a thrown thing says, in one line: of a schema's complaint the first. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof Error && cause.name === 'ZodError') {
    const issue = (cause as Error & { issues: { path: PropertyKey[]; message: string }[] }).issues[0];
    return `${issue.path.map(String).join('.')} ${issue.message}`.trim();
  }
  return cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
}
