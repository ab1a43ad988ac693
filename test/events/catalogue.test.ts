import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { catalogue, type EventType, eventOf, eventTypes } from "#events/catalogue.ts";
import { toReasonCode } from "#events/facts.ts";
import { breakingChanges, sampleOf, schemaOf } from "#events/json-schema.ts";
import { readTree } from "../infra/tree.ts";

const folder = new URL("../../events/schemas/", import.meta.url);
const published = (type: string) => JSON.parse(readFileSync(new URL(`${type}.json`, folder), "utf8"));
const byType = catalogue.map((definition) => [definition.type, definition] as const);

test.each(byType)("%s: the published schema is what the code says", (type, definition) => {
  expect(published(type)).toEqual(schemaOf(definition));
});

test("publishes a schema for each event and for nothing else", () => {
  expect(readdirSync(folder).sort()).toEqual(eventTypes.map((type) => `${type}.json`).sort());
});

test.each(byType)("%s: the sample is valid, also with a field of a later release", (type, definition) => {
  const validate = new Ajv2020({ strict: true }).compile(published(type));
  const sample = sampleOf(definition);
  expect(validate({ ...sample, data: { ...sample.data, later: 1 }, later: 1 })).toBe(true);
  expect(validate({ ...sample, data: undefined })).toBe(false);
});

test.each(byType)("%s: holds no field that could name a person", (type) => {
  const personal = /name|email|phone|address|line_?(one|two)|postal|city|note|message|token/i;
  expect(
    Object.keys(published(type).properties.data.properties).filter((field) => personal.test(field)),
  ).toEqual([]);
});

test("names each event once, as a noun and a past tense", () => {
  expect(new Set(eventTypes).size).toBe(eventTypes.length);
  for (const type of eventTypes) expect(type).toMatch(/^[a-z]+\.[a-z]+ed$/);
  expect(eventOf("order.placed")?.type).toBe("order.placed");
  expect(eventOf("order.teleported")).toBeUndefined();
});

/** Which operation records each, and what it calls for that: somebody would wait for a fact that nobody states. */
const recordedBy = {
  "checkout.expired": ["checkout/settle-checkout.ts", "checkoutExpired"],
  "endpoint.failed": ["webhook/warn-owner.ts", "endpointFailed"],
  "endpoint.tested": ["webhook/test-endpoint.ts", "endpointTested"],
  "order.placed": ["order/place-order.ts", "placedEvent"],
  "order.confirmed": ["order/confirm-order.ts", "confirmedEvents"],
  "order.canceled": ["order/settle-order.ts", "canceledEvents"],
  "order.updated": ["order/cancel-order.ts", "cancelingEvent"],
  "payment.captured": ["order/confirm-order.ts", "confirmedEvents"],
  "payment.failed": ["checkout/settle-checkout.ts", "paymentFailed"],
  "refund.succeeded": ["order/refund-writes.ts", "refundEvents"],
  "refund.failed": ["order/refund-writes.ts", "refundEvents"],
  "dispute.opened": ["order/record-dispute.ts", "disputeOpenedEvent"],
  "dispute.closed": ["order/record-dispute.ts", "disputeClosedEvent"],
  "stock.depleted": ["checkout/stock-writes.ts", "stockDepleted"],
  "domain.suspended": ["domain/end-domain.ts", "domainSuspended"],
  "domain.transferred": ["domain/end-domain.ts", "domainTransferred"],
  "customer.erased": ["customer/forget-checkout.ts", "erasedEvent"],
  "customer.updated": ["customer/rectify-customer.ts", "rectifiedEvent"],
  "key.warned": ["access/sweep-keys.ts", "keyWarned"],
  "key.suspended": ["access/sweep-keys.ts", "keySuspended"],
  "key.exposed": ["access/sweep-keys.ts", "keyExposed"],
  "key.leaked": ["access/receive-alert.ts", "keyLeaked"],
  "support.granted": ["support/grant-support.ts", "supportGranted"],
  "support.ended": ["support/end-grants.ts", "supportEnded"],
  "key.shared": ["access/sweep-keys.ts", "keyShared"],
  "velocity.exceeded": ["velocity/tell-brake.ts", "velocityExceeded"],
} as const satisfies Record<EventType, readonly [operation: string, statement: string]>;

const files = new Map(readTree("functions").map((file) => [file.path, file]));

/** What runs somewhere: all that handlers import. */
const deployed = new Set([...files.keys()].filter((path) => path.endsWith(".handler.ts")));
for (const path of deployed)
  for (const { of, typeOnly } of files.get(path)?.imports ?? []) if (!typeOnly) deployed.add(of);

test.each(byType)("%s: an operation that runs somewhere records it", (type) => {
  const [operation, statement] = recordedBy[type];
  const textOf = (path: string) => files.get(`functions/${path}`)?.text ?? "";
  const uses = (text: string, word: string) => text.match(new RegExp(`\\b${word}\\b`, "g"))?.length ?? 0;
  expect(deployed).toContain(`functions/${operation}`);
  // Imported, and used.
  expect(uses(textOf(operation), statement)).toBeGreaterThan(1);
  const name = type.replace(/\.(\w)/, (_, letter: string) => letter.toUpperCase());
  expect(uses(textOf(statement === name ? operation : "order/order-events.ts"), name)).toBeGreaterThan(1);
});

const before = schemaOf(eventOf("order.canceled")!) as never as {
  properties: { data: { properties: Record<string, object>; required: string[] } };
};
const change = (edit: (data: { properties: Record<string, object>; required: string[] }) => void) => {
  const after = structuredClone(before);
  edit(after.properties.data);
  return breakingChanges(before, after);
};

test("a field that is added breaks nobody", () => {
  expect(
    change((data) => {
      data.properties["later"] = { type: "string" };
      data.required.push("later");
    }),
  ).toEqual([]);
});

test.each([
  ["removed", (data) => delete data.properties["reason"]],
  [
    "renamed",
    (data) => {
      data.properties["why"] = data.properties["reason"]!;
      delete data.properties["reason"];
    },
  ],
  ["made optional", (data) => data.required.splice(data.required.indexOf("reason"), 1)],
  ["of another type", (data) => Object.assign(data.properties, { total: { type: "string" } })],
  ["narrowed", (data) => Object.assign(data.properties["payment"]!, { enum: ["voided"] })],
  ["given a pattern", (data) => Object.assign(data.properties["currency"]!, { pattern: "^eur$" })],
] satisfies [string, Parameters<typeof change>[0]][])("a field that is %s is told as a breach", (_, edit) => {
  expect(change(edit)).not.toEqual([]);
});

test("keeps codes and hides everything else behind `other`", () => {
  expect(toReasonCode("card_declined")).toBe("card_declined");
  expect(toReasonCode("Jane Doe asked for it")).toBe("other");
  expect(toReasonCode(undefined)).toBe("other");
});
