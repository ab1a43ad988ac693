import { type Condition, equals, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import { type Key, plainly, type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { newPace, Pace, times, warnsAt } from "./pace.ts";

type Place = Pick<Pace, "endpointId" | "storeId">;

export const readPace = async (table: Pick<Table, "get">, place: Place): Promise<Pace> => {
  const row = await table.get("webhooks", paceKey(place));
  return row ? Pace.parse(row) : newPace(place);
};

const paceKey = ({ endpointId }: Pick<Place, "endpointId">): Key => ({ pk: endpointId, sk: "pace" });

/** Refused when somebody else has changed it since `before` was read. */
export const savedPace = (before: Pace, after: Pace, now: number): Write => {
  const key = paceKey(after);
  const look = warnsAt(after);
  // What moves a delivery on tells its owner, too.
  const due = look === undefined ? notDue : dueAt("delivery", key.pk, look);
  const condition: Condition = before.version === 0 ? missing() : equals("version", before.version);
  const version = before.version + 1;
  const expiresAtSeconds = Math.ceil((now + times.kept) / 1_000);
  return {
    table: "webhooks",
    key,
    change: { put: { ...after, ...due, version, expiresAtSeconds } },
    condition,
  };
};

type Keeps = { readonly table: Pick<Table, "get" | "commit">; readonly now: Clock };

/** Attempts in flight change it at the same time, five at most; whoever finds it changed looks again. */
const tries = 10;

/**
 * Changes what is there; `undefined`: it may stay as it is. Plain: two who write the very same are one too few in
 * flight for a minute or one too many, which no receiver can tell.
 */
export const changePace = async <Changed extends { readonly pace: Pace }>(
  on: Keeps,
  seen: Pace,
  change: (pace: Pace) => Changed | undefined,
): Promise<Changed | undefined> => {
  let before = seen;
  for (let tried = 0; tried < tries; tried += 1) {
    const changed = change(before);
    if (!changed || changed.pace === before) return changed;
    const write = plainly(savedPace(before, changed.pace, on.now()));
    if ((await tryCommit(on.table, [write])).length === 0)
      return { ...changed, pace: { ...changed.pace, version: before.version + 1 } };
    before = await readPace(on.table, seen);
  }
  return undefined;
};
