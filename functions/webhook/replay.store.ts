import { type Condition, equals, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { nextLook, Replay, times } from "./replay.ts";

type Place = Pick<Replay, "endpointId" | "id">;

export const readReplay = async (
  table: Pick<Table, "get">,
  place: { readonly endpointId: string; readonly id: string },
): Promise<Replay | undefined> => {
  const row = await table.get("webhooks", replayKey(place));
  return row && Replay.parse(row);
};

export const createdReplay = (replay: Replay): Write => put(replay, missing());

/** Refused when another run has moved it since `before` was read. */
export const savedReplay = (before: Replay, after: Replay): Write =>
  put(after, equals("version", before.version));

const replayKey = ({ endpointId, id }: { [Name in keyof Place]: string }): Key => ({
  pk: `${endpointId}#${id}`,
  sk: "replay",
});

const put = (replay: Replay, condition: Condition): Write => {
  const key = replayKey(replay);
  const look = nextLook(replay);
  // What moves a delivery on moves this on, too.
  const due = look === undefined ? notDue : dueAt("delivery", key.pk, look);
  const expiresAtSeconds = Math.ceil((replay.requestedAt + times.kept) / 1_000);
  return { table: "webhooks", key, change: { put: { ...replay, ...due, expiresAtSeconds } }, condition };
};
