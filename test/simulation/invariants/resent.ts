import { EventEnvelope } from "#events/define-event.ts";
import type { RowChange } from "#functions/runtime/memory-table.ts";
import type { Delivery } from "#functions/webhook/delivery.ts";
import { Endpoint } from "#functions/webhook/endpoint.ts";
import { takes } from "#functions/webhook/hearing.ts";
import { isAsked, Replay } from "#functions/webhook/replay.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { eventIn } from "./delivered.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { allDeliveries, allEvents, deliveriesIn, type EventRow, eventsIn } from "./rows.ts";

/** What was asked for, by its event; its delivery as it was by then, where there was one. */
type Asked = ReadonlyMap<string, Delivery | undefined>;

/** By what was seen as it happened, whatever the clocks of those who did it say; by the receivers what came of it. */
export const resent: Invariant = {
  id: "B-27",
  promise: "a replay comes to its end and leaves out nothing, and what is opened again is told again",
  watch: (cloud) => {
    const asked = new Map<string, Asked>();
    const published = new Map<string, number>();
    const opened = new Map<string, number>();
    const { scheduler } = cloud.world;
    return {
      committed: (changes) => {
        for (const id of publishedIn(changes)) published.set(id, scheduler.now());
        for (const name of openedIn(changes)) opened.set(name, scheduler.now());
        const known = scheduler.now() - indexLag;
        const isKnown = ({ id }: EventRow) => (published.get(id) ?? scheduler.now()) < known;
        for (const replay of newReplays(changes)) asked.set(replay.id, askedFor(cloud, replay, isKnown));
        return [];
      },
      atRest: (rest) => {
        const replays = [...cloud.table.lookAll("webhooks")].filter(isReplay).map((row) => Replay.parse(row));
        return [
          ...replays.flatMap(({ id, status }) => when(status === "running", `${id} never came to its end`)),
          ...(rest === "the end" ? [...leftOut(cloud, replays, asked), ...untold(cloud, opened)] : []),
        ];
      },
    };
  },
};

/** As long as an index may not show what was published. */
const indexLag = 5_000;

const isReplay = ({ sk }: { readonly sk: string }): boolean => sk === "replay";
const nameOf = ({ endpointId, eventId }: Pick<Delivery, "endpointId" | "eventId">): string =>
  `${endpointId} ${eventId}`;

const publishedIn = (changes: readonly RowChange[]): string[] =>
  eventsIn(changes).flatMap(({ before, after }) =>
    after && before?.["listAt"] !== after["listAt"] ? [after.id] : [],
  );

const openedIn = (changes: readonly RowChange[]): string[] =>
  deliveriesIn(changes).flatMap(({ before, after }) =>
    after && (!before || before.reopenedAt !== after.reopenedAt) ? [nameOf(after)] : [],
  );

/** What is asked for by name is done with its own request. */
const newReplays = (changes: readonly RowChange[]): Replay[] =>
  changes
    .filter(({ key, before, after }) => isReplay(key) && !before && after?.["status"] === "running")
    .flatMap(({ after }) => (after ? [Replay.parse(after)] : []));

/** All that stands in its time by then. */
const askedFor = (cloud: Cloud, replay: Replay, isKnown: (event: EventRow) => boolean): Asked => {
  const deliveries = new Map(allDeliveries(cloud).map((each) => [nameOf(each), each]));
  const endpoint = Endpoint.parse(
    [...cloud.table.lookAll("webhooks")].find(({ sk }) => sk === `endpoint#${replay.endpointId}`),
  );
  return new Map(
    allEvents(cloud)
      .filter((event) => isIn(replay, event) && isKnown(event))
      .map((event) => [event, deliveries.get(`${replay.endpointId} ${event.id}`)] as const)
      .filter(([event, delivery]) =>
        delivery
          ? isAsked(replay, delivery)
          : replay.only === "all" && takes(endpoint, EventEnvelope.parse(event)),
      )
      .map(([{ id }, delivery]) => [id, delivery]),
  );
};

const isIn = ({ storeId, from, to }: Replay, { storeId: its, listAt = 0 }: EventRow): boolean =>
  its === storeId && Number(listAt) >= from && Number(listAt) <= to;

/** What was not touched since, or never made. */
const leftOut = (cloud: Cloud, replays: readonly Replay[], asked: ReadonlyMap<string, Asked>): Problems => {
  const versions = new Map(allDeliveries(cloud).map((each) => [nameOf(each), each.version]));
  return replays
    .filter(({ status }) => status === "done")
    .flatMap(({ id, endpointId }) =>
      [...(asked.get(id) ?? [])]
        .filter(([eventId, before]) => versions.get(nameOf({ endpointId, eventId })) === before?.version)
        .map(([eventId]) => `${id} left out ${eventId}`),
    );
};

const untold = (cloud: Cloud, opened: ReadonlyMap<string, number>): Problems => {
  const last = new Map(
    cloud.receivers.received.map((received) => [`${received.url} ${eventIn(received)}`, received.at]),
  );
  const urls = new Map<string, string>(
    cloud.shops.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ id, kind, url }) => (kind === "acp" ? [] : [[id, url] as const])),
    ),
  );
  return allDeliveries(cloud)
    .filter((each) => each.status === "delivered" && opened.has(nameOf(each)) && urls.has(each.endpointId))
    .filter(
      (each) =>
        (last.get(`${urls.get(each.endpointId)} ${each.eventId}`) ?? 0) < (opened.get(nameOf(each)) ?? 0),
    )
    .map(({ endpointId, eventId }) => `${endpointId} was not told of ${eventId} again`);
};
