import { createHmac } from "node:crypto";
import { keyOf } from "#functions/webhook/signature.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Received } from "../cloud/receivers.ts";
import type { ShopEndpoint } from "../cloud/shop.ts";
import type { Invariant } from "./invariant.ts";
import { allDeliveries, allEvents, type EventRow } from "./rows.ts";

const endpointsOf = ({ shops }: Cloud): ShopEndpoint[] => shops.flatMap(({ endpoints }) => [...endpoints]);

export const everyoneHears: Invariant = {
  id: "I-7",
  promise: "each event reaches each endpoint that is to hear of it, or is parked where an alarm sees it",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      if (rest !== "the end") return;
      const heard = new Set(
        cloud.receivers.received.map(({ url, headers, body }) => `${url} ${eventIn(headers, body)}`),
      );
      const parked = new Set(
        allDeliveries(cloud)
          .filter(({ status }) => status === "parked")
          .map(({ endpointId, eventId }) => `${endpointId} ${eventId}`),
      );
      const dead = JSON.stringify(cloud.deadLetters);
      for (const event of allEvents(cloud))
        for (const endpoint of endpointsOf(cloud).filter((each) => isToHear(each, event))) {
          const known = heard.has(`${endpoint.url} ${heardAs(endpoint, event)}`);
          if (!known && !parked.has(`${endpoint.id} ${event.id}`) && !dead.includes(`"${event.id}"`))
            broken(`${endpoint.kind} ${endpoint.id} never heard of ${event.type} ${event.id}`);
        }
    },
  }),
};

/** What a standard endpoint hears is known by its id; ACP's body is the order as it is by then. */
const eventIn = (headers: Received["headers"], body: string): string =>
  headers["webhook-id"] ?? `snapshot of ${/"(ord_[0-9a-z]{26})"/.exec(body)?.[1]}`;

const heardAs = ({ kind }: ShopEndpoint, event: EventRow): string =>
  kind === "standard" ? event.id : `snapshot of ${event.subject}`;

/** What an agent's endpoint is told of. */
const acpHears = /^(order|refund|dispute)\./;

const isToHear = (endpoint: ShopEndpoint, event: EventRow): boolean =>
  endpoint.storeId === event.storeId &&
  event.type !== "endpoint.tested" &&
  (endpoint.kind === "standard" || (acpHears.test(event.type) && endpoint.principalId === event.principalId));

export const sameBytes: Invariant = {
  id: "I-8",
  promise: "a webhook repeats its body to the byte under the same id, signed for its endpoint",
  watch: (cloud, broken) => {
    const bodies = new Map<string, string>();
    let checked = 0;
    return {
      atRest: () => {
        for (; checked < cloud.receivers.received.length; checked += 1) {
          const received = cloud.receivers.received[checked] as Received;
          const endpoint = endpointsOf(cloud).find(({ url }) => url === received.url);
          if (!endpoint) return broken(`somebody was told at ${received.url}`);
          if (!isSigned(endpoint, received)) broken(`${received.url} got an unsigned body`);
          if (!received.body.includes(endpoint.storeId) && endpoint.kind === "standard")
            broken(`${received.url} was told about another store`);
          const id = received.headers["webhook-id"];
          if (id === undefined) continue;
          const place = `${received.url} ${id}`;
          if ((bodies.get(place) ?? received.body) !== received.body) broken(`${id} was told in two ways`);
          bodies.set(place, received.body);
        }
      },
    };
  },
};

const isSigned = ({ kind, secret }: ShopEndpoint, { headers, body }: Received): boolean => {
  if (kind === "acp") {
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(headers["merchant-signature"] ?? "") ?? [];
    return createHmac("sha256", secret).update(`${time}.${body}`).digest("hex") === signature;
  }
  const text = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const wanted = createHmac("sha256", keyOf(secret)).update(text).digest("base64");
  return headers["webhook-signature"] === `v1,${wanted}`;
};

export const converges: Invariant = {
  id: "I-8",
  promise: "who keeps the latest version of what it hears ends where the order is",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      if (rest !== "the end") return;
      const latest = new Map<string, Told>();
      for (const { body } of cloud.receivers.received) {
        const told = JSON.parse(body) as Told;
        const known = latest.get(told.subject);
        if (told.subject?.startsWith("ord_") && (known?.version ?? 0) < told.version)
          latest.set(told.subject, told);
      }
      for (const event of allEvents(cloud)) {
        const told = latest.get(event.subject);
        if (told && told.version < event.version && !JSON.stringify(cloud.deadLetters).includes(event.id))
          broken(`${event.subject} is known at version ${told.version}, it is at ${event.version}`);
      }
    },
  }),
};
type Told = { subject: string; version: number };
