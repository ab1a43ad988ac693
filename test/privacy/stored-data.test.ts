import { describe, expect, test } from "vitest";
import { z } from "zod";
import { EventEnvelope } from "#events/define-event.ts";
import { ExposureReport } from "#functions/access/exposure-report.ts";
import { Principal } from "#functions/access/principal.ts";
import { StoredKey } from "#functions/access/stored-key.ts";
import { AuditRecord } from "#functions/audit/audit.ts";
import { Seal } from "#functions/audit/seal.ts";
import { Product } from "#functions/catalog/product.ts";
import { Checkout } from "#functions/checkout/checkout.ts";
import { Erased } from "#functions/customer/erasure.store.ts";
import { Erasure } from "#functions/customer/erasure.ts";
import { Claim } from "#functions/domain/claim.ts";
import { Domain } from "#functions/domain/domain.ts";
import { Pushed } from "#functions/feed/agent-feed.store.ts";
import { AgentFeed } from "#functions/feed/agent-feed.ts";
import { Connection } from "#functions/fulfillment/connection.ts";
import { Order } from "#functions/order/order.ts";
import { Payment } from "#functions/payment/payment.ts";
import { ReceivedEvent } from "#functions/payment/stripe-event.store.ts";
import { Discount } from "#functions/pricing/discount.ts";
import { fieldClasses } from "#functions/privacy/envelope.ts";
import { personalData } from "#functions/privacy/personal-data.ts";
import { StoreKey } from "#functions/privacy/store-key.ts";
import { storedData } from "#functions/privacy/stored-data.ts";
import { OpenDivergence } from "#functions/reconciliation/reconciliation.store.ts";
import { Progress } from "#functions/restore/progress.ts";
import { tableNames } from "#functions/runtime/table.ts";
import { Store } from "#functions/store/store.ts";
import { Storefront } from "#functions/store/storefront.ts";
import { SupportGrant } from "#functions/support/support-grant.ts";
import { days } from "#functions/values/clock.ts";
import { Delivery } from "#functions/webhook/delivery.ts";
import { Endpoint } from "#functions/webhook/endpoint.ts";
import { Pace } from "#functions/webhook/pace.ts";
import { Replay } from "#functions/webhook/replay.ts";
import { openHouse } from "#test/customer/house.ts";
import { endlessIn, isDeclared, undeclaredIn } from "#test/fakes/declared.ts";

type Json = {
  properties?: Record<string, Json>;
  items?: Json;
  anyOf?: Json[];
  oneOf?: Json[];
  allOf?: Json[];
  additionalProperties?: Json | boolean;
};

/** Every leaf that a row of the schema can have. */
const leaves = (schema: Json, path = ""): string[] => {
  const parts = [
    ...(schema.anyOf ?? []),
    ...(schema.allOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.items ? [schema.items] : []),
  ];
  if (parts.length > 0) return [...new Set(parts.flatMap((each) => leaves(each, path)))];
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([name, each]) =>
      leaves(each, path ? `${path}.${name}` : name),
    );
  return [typeof schema.additionalProperties === "object" ? `${path}.some` : path];
};

const leavesOf = (schema: z.ZodType): string[] =>
  leaves(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Json);

const schemas = {
  "commerce checkout": Checkout,
  "commerce order": Order,
  "commerce payment": Payment,
  "commerce product": Product,
  "commerce discount": Discount,
  "commerce stripe-event": ReceivedEvent,
  "commerce pushed": Pushed,
  "commerce exposed-key": ExposureReport,
  "commerce divergence": OpenDivergence,
  "access connector": Connection,
  "access agent-feed": AgentFeed,
  "access domain": Domain,
  "access claim": Claim,
  "access storefront": Storefront,
  "access store-key": StoreKey,
  "access progress": Progress,
  "access key": StoredKey,
  "access store": Store,
  "access principal": Principal,
  "access support": SupportGrant,
  "webhooks delivery": Delivery,
  "webhooks endpoint": Endpoint,
  "webhooks pace": Pace,
  "webhooks replay": Replay,
  "outbox event": EventEnvelope,
  "audit act": AuditRecord,
  "seals seal": Seal,
  "erasures erasure": Erasure,
  "erasures erased": Erased,
} as const;

/** Of a few attributes, written where they stand. */
const without =
  "access counter, access fence, access name, access stripe-account, access tokens, commerce currency, commerce idempotency, commerce reconciliation, commerce stock, commerce usage, erasures open, people key, people moved, seals head, seals pass".split(
    ", ",
  );

test("every kind of row has a schema here, or is of a few attributes", () => {
  const kinds = Object.entries(storedData).flatMap(([table, all]) =>
    Object.keys(all).map((kind) => `${table} ${kind}`),
  );
  expect([...Object.keys(schemas), ...without].sort()).toEqual(kinds.sort());
});

const recordOf = (name: string) => {
  const [table = "", kind = ""] = name.split(" ");
  const record = storedData[table as keyof typeof storedData]?.[kind];
  if (!record) throw new Error(`${name} is no kind of row`);
  return record;
};

describe.each(Object.entries(schemas))("every field of a row of %s", (name, schema) => {
  test("is in the inventory", () => {
    const found = leavesOf(schema);
    const record = recordOf(name);
    const missing = found.filter(
      (path) =>
        !record.sealed?.[path] && !record.colleague?.[path] && !isDeclared(record, { path, value: "text" }),
    );
    expect(missing).toEqual([]);
    expect(found.length).toBeGreaterThan(2);
  });

  test("is there: the inventory names none that is gone", () => {
    const found = new Set([
      ...leavesOf(schema),
      "due",
      "dueAt",
      "list",
      "listAt",
      "expiresAtSeconds",
      "mayRepeat",
    ]);
    const { plain, sealed, clear, colleague } = recordOf(name);
    const named = [...plain, ...Object.keys({ ...sealed, ...clear, ...colleague })].filter(
      (path) => !path.endsWith(".*"),
    );
    expect(named.filter((path) => !found.has(path))).toEqual([]);
  });
});

test("each table has its kinds, and what a kind calls personal is personal data", () => {
  expect(Object.keys(storedData).sort()).toEqual([...tableNames].sort());
  const fields = new Set(personalData.map(({ field }) => field));
  for (const { sealed = {}, clear = {} } of Object.values(storedData).flatMap((kinds) =>
    Object.values(kinds),
  )) {
    expect(Object.values(sealed).filter((name) => !fieldClasses.includes(name))).toEqual([]);
    expect(Object.values(clear).filter((name) => !fields.has(name))).toEqual([]);
  }
});

test("what people do in a shop writes nothing that the inventory does not know, or that would stay too long", async () => {
  const house = await openHouse();
  const orderId = await house.bought({ notes: "Ring twice" });
  await house.begun();
  const path = `/customers/${await house.customerOf("ada@canary.example")}`;
  await house.call("POST", `${path}/rectify`, { body: { buyer: { lastName: "King" } } });
  await house.call("POST", `${path}/restrict`, { body: { reason: "asked for" } });
  await house.call("POST", `${path}/unrestrict`, { body: {} });
  await house.call("POST", `${path}/export`, { body: {} });
  await house.erase("ada@canary.example");
  const rows = tableNames.flatMap((table) => house.on.table.rows(table).map((row) => ({ table, row })));
  expect(rows.flatMap(({ table, row }) => undeclaredIn(table, row))).toEqual([]);
  expect(rows.flatMap(({ table, row }) => endlessIn(table, row, house.on.now()))).toEqual([]);
  expect(rows.length).toBeGreaterThan(20);
  expect(orderId).toMatch(/^ord_/);
});

test("a field that nobody declared is told, and so is one that is not sealed where it should be", () => {
  const key = { pk: "store_1#ord_1", sk: "order" };
  expect(undeclaredIn("commerce", { ...key, phone: "1" })).toEqual(["commerce order holds phone"]);
  expect(undeclaredIn("commerce", { ...key, quote: { buyer: "Ada" } })).toEqual([
    "commerce order holds quote.buyer",
  ]);
  const name = { pk: "store_1", sk: "name#prn_1", sealedName: "Ada" };
  expect(undeclaredIn("access", name)).toEqual(["access name holds sealedName"]);
  expect(undeclaredIn("commerce", { ...key, sealedContact: "Ada" })).toEqual([
    "commerce order holds sealedContact",
  ]);
  const answer = { sk: "idempotency", pk: "idempotency#1" };
  expect(
    undeclaredIn("commerce", { ...answer, answer: { contact: { buyer: { email: "a@b.example" } } } }),
  ).toEqual(["commerce idempotency holds answer.contact.buyer.email"]);
  expect(undeclaredIn("people", { ...key, sk: "profile#1" })).toEqual(["people profile is no kind of row"]);
});

test("a row that ends too late or never is told, unless somebody has it in hand or a person restricted it", () => {
  const [now, key] = [days(1_000), { pk: "we_1#evt_1", sk: "delivery" }];
  const ending = (after: number) => ({ ...key, expiresAtSeconds: (now + after) / 1_000 });
  const late = endlessIn("webhooks", ending(days(91)), now);
  expect(late).toEqual([`webhooks delivery we_1#evt_1 is kept for ${days(91)} ms, at most ${days(90)}`]);
  expect(endlessIn("webhooks", key, now)).toHaveLength(1);
  expect(endlessIn("webhooks", ending(days(90)), now)).toEqual([]);
  expect(endlessIn("webhooks", { ...key, due: "delivery#1" }, now)).toEqual([]);
  expect(endlessIn("people", { ...key, sk: "key", restrictedAt: now }, now)).toEqual([]);
  expect(endlessIn("access", { pk: "store_1", sk: "store" }, now)).toEqual([]);
});
