/** What passed through the cloud and is kept nowhere else: a test looks here for what must not be in it. */
export type JournalEntry = {
  readonly kind: "event" | "message" | "execution" | "invocation";
  readonly content: unknown;
};
export type Journal = (kind: JournalEntry["kind"], content: unknown) => void;

/** Off unless asked for: a long run would fill the memory. */
export const openJournal = (on: boolean): { entries: JournalEntry[]; record: Journal } => {
  const entries: JournalEntry[] = [];
  return { entries, record: (kind, content) => void (on && entries.push({ kind, content })) };
};
