import type { Delivery } from "#functions/webhook/delivery.ts";
import { isAsked, Replay } from "#functions/webhook/replay.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { clocksDiffer } from "./clocks.ts";
import { eventIn } from "./delivered.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { allDeliveries } from "./rows.ts";

/** By the rows which were asked for, by the receivers what came of it. */
export const resent: Invariant = {
  id: "B-27",
  promise: "a replay comes to its end and leaves out nothing, and what is opened again is told again",
  watch: (cloud) => ({
    atRest: (rest) => {
      const replays = [...cloud.table.lookAll("webhooks")].filter(({ sk }) => sk === "replay");
      const parsed = replays.map((row) => Replay.parse(row));
      return [
        ...parsed.flatMap(({ id, status }) => when(status === "running", `${id} never came to its end`)),
        ...(rest === "the end" && !clocksDiffer(cloud) ? [...leftOut(cloud, parsed), ...untold(cloud)] : []),
      ];
    },
  }),
};

/** What is asked for and was not touched since. Those by name are done with their own request. */
const leftOut = (cloud: Cloud, replays: readonly Replay[]): Problems => {
  const deliveries = allDeliveries(cloud);
  return replays
    .filter(({ version, status }) => status === "done" && version > 1)
    .flatMap((replay) =>
      deliveries
        .filter((each) => isIn(replay, each) && each.updatedAt < replay.requestedAt && isAsked(replay, each))
        .map(({ eventId }) => `${replay.id} left out ${eventId}`),
    );
};

const isIn = ({ endpointId, from, to }: Replay, delivery: Delivery): boolean =>
  delivery.endpointId === endpointId && delivery.createdAt >= from && delivery.createdAt <= to;

const untold = (cloud: Cloud): Problems => {
  const last = new Map(
    cloud.receivers.received.map((received) => [`${received.url} ${eventIn(received)}`, received.at]),
  );
  const urls = new Map<string, string>(
    cloud.shops.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ id, kind, url }) => (kind === "acp" ? [] : [[id, url] as const])),
    ),
  );
  return allDeliveries(cloud)
    .filter(
      ({ status, reopenedAt, endpointId }) => status === "delivered" && reopenedAt && urls.has(endpointId),
    )
    .filter(
      ({ endpointId, eventId, reopenedAt = 0 }) =>
        (last.get(`${urls.get(endpointId)} ${eventId}`) ?? 0) < reopenedAt,
    )
    .map(({ endpointId, eventId }) => `${endpointId} was not told of ${eventId} again`);
};
