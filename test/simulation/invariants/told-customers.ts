import type { RowChange } from "#functions/runtime/memory-table.ts";
import type { Row } from "#functions/runtime/table.ts";
import { type CheckoutId, orderIdOf } from "#functions/values/id.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { ShopEndpoint } from "../cloud/endpoints.ts";
import type { Received } from "../cloud/receivers.ts";
import { eventIn } from "./delivered.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { toldIn } from "./rows.ts";

export const toldAsAllowed: Invariant = {
  id: "I-17",
  promise:
    "a webhook tells who bought to whoever asked: as they are while they may be known, in masks else, and nobody once they are erased",
  watch: (cloud) => {
    const arrivals = arrivalsAt(cloud);
    const ends = endsIn(cloud);
    const wrong = () => arrivals().flatMap((arrival) => notAllowed(arrival, ends));
    return {
      committed: (changes) => {
        const before = wrong();
        changes.forEach(ends.note);
        return before;
      },
      atRest: wrong,
    };
  },
};

export const recordedTelling: Invariant = {
  id: "I-19",
  promise: "each time that a webhook shows who bought is on record before it is sent",
  watch: (cloud) => {
    const arrivals = arrivalsAt(cloud);
    const unused: string[] = [];
    const unrecorded = () =>
      arrivals()
        .filter(({ received }) => manner(received) === "shown")
        .flatMap(({ endpoint, received }) => {
          const look = `${endpoint.id}#${eventIn(received)}`;
          const record = unused.indexOf(look);
          if (record >= 0) unused.splice(record, 1);
          return when(record < 0, `${look} showed somebody unrecorded`);
        });
    return {
      committed: (changes) => {
        const before = unrecorded();
        unused.push(...toldIn(changes).map(({ actor }) => (actor as { requestId: string }).requestId));
        return before;
      },
      atRest: unrecorded,
    };
  },
};

type Arrival = { readonly endpoint: ShopEndpoint; readonly received: Received };

/** What came to endpoints of ours since one looked last. */
const arrivalsAt = ({ shops, receivers: { received } }: Cloud): (() => Arrival[]) => {
  const endpoints = new Map(shops.flatMap((shop) => shop.endpoints.map((each) => [each.url, each] as const)));
  let seen = 0;
  return () => {
    const fresh = received.slice(seen);
    seen = received.length;
    return fresh.flatMap((each) => {
      const endpoint = endpoints.get(each.url);
      return endpoint ? [{ endpoint, received: each }] : [];
    });
  };
};

type Manner = "untold" | "nobody" | "masked" | "shown";

const manner = ({ body }: Received): Manner => {
  if (!body.includes('"customer":')) return "untold";
  const { customer } = JSON.parse(body) as { customer: object | null };
  if (customer === null) return "nobody";
  return JSON.stringify(customer).includes("@canary.example") ? "shown" : "masked";
};

/** What was read before an end may still be on its way after it. */
const notAllowed = ({ endpoint, received }: Arrival, ends: ReturnType<typeof endsIn>): Problems => {
  const { url, since, body } = received;
  const told = manner(received);
  if (!endpoint.customer) return when(told !== "untold", `${url} was told who bought and did not ask`);
  const { isShown, askedBy } = endpoint.customer;
  const { type, subject } = JSON.parse(body) as { type: string; subject: string };
  if (!type.startsWith("order.")) return when(told !== "untold", `${url} was told who bought with ${type}`);
  const known: Manner[] = isShown ? ends.either(askedBy, since, ["shown", "masked"]) : ["masked"];
  const allowed = known.flatMap((each) => ends.either(subject, since, [each, "nobody"]));
  return when(!allowed.includes(told), `${url} was told who bought ${subject}: ${told}`);
};

/** Since when a key may show nobody any more, and since when there is nobody to show of an order. */
const endsIn = ({ world: { scheduler } }: Cloud) => {
  const ends = new Map<string, { at: number; isOver: boolean }>();
  const set = (id: string, isEnded: boolean): void => {
    const end = ends.get(id);
    if (isEnded && (!end || end.isOver)) ends.set(id, { at: scheduler.now(), isOver: false });
    else if (!isEnded && end) ends.set(id, { ...end, isOver: true });
  };
  return {
    note: ({ table, key, after }: RowChange): void => {
      if (table === "access" && after?.["publicId"]) set(String(after["publicId"]), isStopped(after));
      if (table === "people" && key.sk === "key") set(orderIn(key.pk), after === undefined);
    },
    /** What it is before an end and after it; both around it. */
    either: (id: string, since: number, [before, after]: readonly [Manner, Manner]): Manner[] => {
      const end = ends.get(id);
      if (!end) return [before];
      return end.at < since && !end.isOver ? [after] : [before, after];
    },
  };
};

const isStopped = ({ revokedAt, storeStoppedAt }: Row): boolean =>
  revokedAt !== undefined || storeStoppedAt !== undefined;

const orderIn = (place: string): string => orderIdOf(place.split("#")[1] as CheckoutId);
