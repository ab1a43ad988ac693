import type { Count } from "#functions/runtime/metrics.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import { minutes, toIso } from "#functions/values/clock.ts";
import type { Cursor } from "./cursor.ts";
import { nameOf } from "./divergence.ts";
import { type Examined, type Examines, examinePage, type Finding } from "./examine-page.ts";
import { readPage } from "./read-page.ts";
import { closed, firstSeen, type OpenDivergence, seenAgain } from "./reconciliation.store.ts";

export type Reconciles = Examines & {
  readonly table: Pick<Table, "get" | "query" | "commit">;
  readonly count: Count;
};

/** What is still there on a second look this long after the first is under way no more. */
const grace = minutes(10);

/** One page of a run: compared, healed, compared again, and what is left is written down. */
export const reconcilePage =
  (on: Reconciles) =>
  async (
    cursor: Cursor,
    stores: readonly Store[],
  ): Promise<Examined & { readonly next: Cursor | undefined }> => {
    const { subjects, open = [], unread = [], next } = await readPage(on)(cursor, stores);
    if (unread.length > 0) on.log.warn("Stripe did not say", { reason: cursor.phase, count: unread.length });
    const examined = await examinePage(on)(subjects, `${toIso(cursor.to)}#${cursor.scope}`);
    if (on.heals) {
      await Promise.all(open.map((each) => lookedAgain(on, each, examined)));
      await Promise.all(
        newIn(examined, open).map((found) => tryCommit(on.table, [firstSeen(found, on.now())])),
      );
    }
    return { ...examined, unread: [...unread, ...examined.unread], next };
  };

const newIn = ({ open }: Examined, known: readonly OpenDivergence[]): Finding[] => {
  const names = new Set(known.map(({ divergence }) => nameOf(divergence)));
  return open.filter(({ divergence }) => !names.has(nameOf(divergence)));
};

/** It is over, it rings, or nothing can be said of it now. */
const lookedAgain = async (on: Reconciles, known: OpenDivergence, examined: Examined): Promise<void> => {
  const now = on.now();
  const { divergence, subject } = known;
  const name = nameOf(divergence);
  if (examined.open.some((found) => nameOf(found.divergence) === name)) {
    await tryCommit(on.table, [seenAgain(known, now)]);
    if (known.firstSeen + grace <= now) ring(on, known);
    return;
  }
  const at = JSON.stringify(subject);
  if (examined.unread.some((each) => JSON.stringify(each) === at)) return;
  await tryCommit(on.table, [closed(known)]);
};

const ring = (on: Pick<Reconciles, "count" | "log">, { divergence: { kind, ids } }: OpenDivergence): void => {
  on.count("Divergence");
  const { pieces, due, stripeAccount: _, ...logged } = ids;
  on.log.warn("books diverge", {
    ...logged,
    code: kind,
    ...(due === undefined ? {} : { reason: due }),
    ...(pieces === undefined ? {} : { count: pieces }),
  });
};
