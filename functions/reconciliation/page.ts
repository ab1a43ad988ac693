import type { Store } from "#functions/store/store.ts";
import type { Cursor } from "./cursor.ts";
import type { Reads } from "./reads.ts";
import type { OpenDivergence } from "./reconciliation.store.ts";
import type { Seen, Subject } from "./subject.ts";

/** Subjects at a time: what is lost when a process dies, and what is asked of Stripe at once. */
export const pageSize = 20;

export type Page = {
  readonly subjects: readonly (Subject & Seen)[];
  /** Those of the subjects that diverged when they were last looked at. */
  readonly open?: readonly OpenDivergence[];
  /** What could not even be listed. */
  readonly unread?: readonly Subject[];
  /** Where the place goes on; absent: it is at its end. */
  readonly after?: string | undefined;
};

export type Wanted = {
  readonly cursor: Cursor;
  readonly place: string;
  readonly after: string | undefined;
  /** Whom the run is about. */
  readonly stores: readonly Store[];
};

export type Reader = (on: Reads, wanted: Wanted) => Promise<Page>;
