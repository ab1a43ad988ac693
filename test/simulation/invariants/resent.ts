import { EventEnvelope } from "#events/define-event.ts";
import { Endpoint } from "#functions/webhook/endpoint.ts";
import { takes } from "#functions/webhook/hearing.ts";
import { brings, isAsked, Replay } from "#functions/webhook/replay.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { clocksDiffer } from "./clocks.ts";
import { eventIn } from "./delivered.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { allDeliveries, allEvents, type EventRow } from "./rows.ts";

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
  const events = allEvents(cloud);
  const deliveries = new Map(
    allDeliveries(cloud).map((each) => [`${each.endpointId} ${each.eventId}`, each] as const),
  );
  const endpoints = new Map(
    [...cloud.table.lookAll("webhooks")]
      .filter(({ sk }) => sk.startsWith("endpoint#"))
      .map((row) => Endpoint.parse(row))
      .map((endpoint) => [endpoint.id, endpoint] as const),
  );
  return replays
    .filter(({ version, status }) => status === "done" && version > 1)
    .flatMap((replay) =>
      events
        .filter((event) => isIn(replay, event))
        .filter((event) => {
          const delivery = deliveries.get(`${replay.endpointId} ${event.id}`);
          if (delivery) return delivery.updatedAt < replay.requestedAt && isAsked(replay, delivery);
          const endpoint = endpoints.get(replay.endpointId);
          return endpoint && brings(replay) && isOf(endpoint, replay, event);
        })
        .map(({ id }) => `${replay.id} left out ${id}`),
    );
};

const isIn = ({ storeId, from, to }: Replay, { storeId: its, listAt = 0 }: EventRow): boolean =>
  its === storeId && Number(listAt) >= from && Number(listAt) <= to;

/** It took such events when it asked, as it does now. */
const isOf = (endpoint: Endpoint, { requestedAt }: Replay, event: EventRow): boolean =>
  endpoint.listensSince < requestedAt && takes(endpoint, EventEnvelope.parse(event));

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
