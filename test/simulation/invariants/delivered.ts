import { createHmac, createPublicKey, type KeyObject, verify } from "node:crypto";
import { acpWebhookKind } from "#functions/acp/order-webhook.ts";
import { canonicalJson } from "#functions/runtime/canonical-json.ts";
import type { Store } from "#functions/store/store.ts";
import { keyOf } from "#functions/webhook/signature.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { ShopEndpoint } from "../cloud/endpoints.ts";
import { type Received, strangersUrl } from "../cloud/receivers.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { allDeliveries, allEvents, allOrders, type EventRow } from "./rows.ts";

const endpointsOf = ({ shops }: Cloud): ShopEndpoint[] => shops.flatMap(({ endpoints }) => [...endpoints]);

export const everyoneHears: Invariant = {
  id: "I-7",
  promise: "each event reaches each endpoint that is to hear of it, or is parked where an alarm sees it",
  watch: (cloud) => ({
    atRest: (rest) => {
      if (rest !== "the end") return [];
      const heard = new Set(
        cloud.receivers.received.map((received) => `${received.url} ${eventIn(received)}`),
      );
      const parked = parkedIn(cloud);
      return allEvents(cloud).flatMap((event) =>
        endpointsOf(cloud)
          .filter((endpoint) => isToHear(endpoint, event))
          .filter((endpoint) => !heard.has(`${endpoint.url} ${heardAs(endpoint, event)}`))
          .filter((endpoint) => !parked(endpoint, event))
          .map(({ kind, id }) => `${kind} ${id} never heard of ${event.type} ${event.id}`),
      );
    },
  }),
};

/** Where somebody is told that it did not get through: the delivery's own row, or a queue's dead letters. */
const parkedIn = (cloud: Cloud) => {
  const rows = new Set(
    allDeliveries(cloud)
      .filter(({ status }) => status === "parked")
      .map(({ endpointId, eventId }) => `${endpointId} ${eventId}`),
  );
  const dead = JSON.stringify(cloud.deadLetters);
  return ({ id }: ShopEndpoint, event: EventRow): boolean =>
    rows.has(`${id} ${event.id}`) || dead.includes(`"${event.id}"`);
};

/** An event is known by its id, on a bus, too; ACP's body is the order as it is by then. */
export const eventIn = ({ headers, body }: Pick<Received, "headers" | "body">): string =>
  headers["webhook-id"] ??
  /"id":"(evt_[^"]+)"/.exec(body)?.[1] ??
  `snapshot of ${/"(ord_[0-9a-z]{26})"/.exec(body)?.[1]}`;

const heardAs = ({ kind }: ShopEndpoint, event: EventRow): string =>
  kind === "acp" ? `snapshot of ${event.subject}` : event.id;

/** What an agent's endpoint is told of. */
const acpHears = /^(order|refund|dispute)\./;

const isToHear = (endpoint: ShopEndpoint, event: EventRow): boolean =>
  endpoint.storeId === event.storeId &&
  event.type !== "endpoint.tested" &&
  event.occurredAt >= (endpoint.verifiedAt ?? 0) &&
  event.subject !== endpoint.id &&
  (endpoint.kind !== "acp" || (acpHears.test(event.type) && endpoint.principalId === event.principalId));

export const sameBytes: Invariant = {
  id: "I-8",
  promise:
    "a webhook repeats its body to the byte under the same id, signed, and tells its own store's facts only",
  watch: (cloud) => {
    // What goes on a bus is what its store's other endpoints hear.
    const bodies = new Map<string, string>();
    let checked = 0;
    return {
      atRest: () => {
        const fresh = cloud.receivers.received.slice(checked);
        checked += fresh.length;
        return fresh.flatMap((received) => receivedProblems(cloud, bodies, received));
      },
    };
  },
};

const receivedProblems = (cloud: Cloud, bodies: Map<string, string>, received: Received): Problems => {
  const { url, body } = received;
  if (url === strangersUrl) return when(!body.includes('"endpoint.tested"'), `a stranger was told ${body}`);
  const endpoint = endpointsOf(cloud).find((each) => each.url === url);
  if (!endpoint) return [`somebody was told at ${url}`];
  const id = eventIn(received);
  const place = `${endpoint.kind === "thin" ? url : endpoint.storeId} ${id}`;
  const told = withoutCustomer(endpoint.kind === "event_bus" ? body.replace(inPlaceOfHeaders, "}") : body);
  if (endpoint.kind === "acp")
    return when(!isSigned(endpoint, received), `${url} got a snapshot that is not signed for it`);
  const first = bodies.get(place) ?? told;
  bodies.set(place, first);
  return [
    ...when(!isSigned(endpoint, received), `${url} got a body that is not signed for it`),
    ...when(!body.includes(endpoint.storeId), `${url} was told about another store`),
    ...when(first !== told, `${place} was told in two ways`),
    ...when(
      endpoint.kind === "thin" && tells(body, "data") && !tells(body, "endpoint.tested"),
      `${url} was told more than it is to know`,
    ),
    ...when(!body.includes(`"id":"${id}"`), `${place} is another event's id`),
  ];
};

/** What a POST says in its headers stands at the end of a bus's detail. */
const inPlaceOfHeaders = /(,"previousEventId":"[^"]+")?(,"outOfOrder":true)?}$/;

/** Who bought is told as it is by then, or to nobody. */
const withoutCustomer = (body: string): string => {
  if (!tells(body, "customer")) return body;
  const { customer } = JSON.parse(body) as { customer: unknown };
  return body.replace(`"customer":${canonicalJson(customer)},`, "");
};

const tells = (body: string, word: string): boolean => body.includes(`"${word}"`);

const isSigned = ({ kind, secret, secrets }: ShopEndpoint, { headers, body }: Received): boolean => {
  if (kind === "event_bus") return true;
  if (kind === "acp") {
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(headers["merchant-signature"] ?? "") ?? [];
    return createHmac("sha256", secret).update(`${time}.${body}`).digest("hex") === signature;
  }
  const text = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const wanted = createHmac("sha256", keyOf(secret)).update(text).digest("base64");
  const [shared, own = "", ...more] = (headers["webhook-signature"] ?? "").split(" ");
  const signature = Buffer.from(own.slice("v1a,".length), "base64");
  const isPairs = verify(null, Buffer.from(text), pairOf(secrets[0]?.publicKey ?? ""), signature);
  return shared === `v1,${wanted}` && own.startsWith("v1a,") && isPairs && more.length === 0;
};

const pairOf = (publicKey: string): KeyObject => {
  const x = Buffer.from(publicKey.slice("whpk_".length), "base64").toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
};

export const converges: Invariant = {
  id: "I-8",
  promise: "who keeps the latest version of what it hears ends where the order is",
  watch: (cloud) => ({
    atRest: (rest) => {
      if (rest !== "the end") return [];
      const latest = new Map<string, number>();
      for (const { body } of cloud.receivers.received) {
        const { subject, version } = JSON.parse(body) as { subject: string; version?: number };
        // Whoever is told ids alone, or snapshots, keeps no versions.
        if (version !== undefined) latest.set(subject, Math.max(latest.get(subject) ?? 0, version));
      }
      const dead = JSON.stringify(cloud.deadLetters);
      return allEvents(cloud)
        .filter(
          // What is told of an endpoint it does not hear itself, and maybe nobody else does.
          ({ subject }) => !subject.startsWith("we_"),
        )
        .filter(
          ({ subject, version, id }) => (latest.get(subject) ?? version) < version && !dead.includes(id),
        )
        .map(({ subject, version }) => `${subject} is known at ${latest.get(subject)}, it is at ${version}`);
    },
  }),
};

export const latestSnapshot: Invariant = {
  id: "I-8",
  promise: "an agent's endpoint has heard of each of its orders as it is in the end",
  watch: (cloud) => ({
    atRest: (rest) => {
      if (rest !== "the end") return [];
      const heard = new Set(cloud.receivers.received.map(({ url, body }) => `${url} ${stateIn(body)}`));
      const parked = parkedIn(cloud);
      return allOrders(cloud).flatMap((order) => {
        const events = allEvents(cloud).filter(({ subject }) => subject === order.id);
        const state = stateIn(canonicalJson(acpWebhookKind.body(order, {} as Store, "order.updated")));
        return endpointsOf(cloud)
          .filter((endpoint) => endpoint.kind === "acp" && events.some((event) => isToHear(endpoint, event)))
          .filter((endpoint) => !heard.has(`${endpoint.url} ${state}`))
          .filter((endpoint) => !events.some((event) => parked(endpoint, event)))
          .map(({ url }) => `${url} never heard of ${order.id} as it is: ${state}`);
      });
    },
  }),
};

/** What of a snapshot changes by the order's own events alone. */
const stateIn = (body: string): string => {
  const { data = {} } = JSON.parse(body) as { data?: Record<string, unknown> };
  const { id, checkout_session_id, status, line_items, adjustments, refunds } = data;
  return canonicalJson({ id, checkout_session_id, status, line_items, adjustments, refunds });
};
