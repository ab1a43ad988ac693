import { describe, expect, test } from "vitest";
import { catalogue } from "#events/catalogue.ts";
import { sampleOf, schemaOf } from "#events/json-schema.ts";
import { orderConfirmed } from "#events/order-confirmed.ts";
import type { Order } from "#functions/order/order.ts";
import { acpBody } from "#functions/webhook/acp-body.ts";
import { webhookKinds } from "#functions/webhook/kinds.ts";
import { bigOrder, longest } from "#test/acp/big-order.ts";
import { aStore } from "#test/acp/fixtures.ts";

const { standard } = webhookKinds({ acpBody: async () => undefined });

/** What an agent's endpoint is sent for this order. */
const snapshotOf = async (order: Order) => {
  const on = { orders: { get: async () => order }, stores: { get: async () => aStore() } };
  const { acp } = webhookKinds({ acpBody: acpBody(on) });
  return (await acp.body({ ...sampleOf(orderConfirmed), subject: order.id })) ?? "";
};

/** Longer than any id, name or code that we give. */
const long = "x".repeat(256);
const swollen = (value: unknown): unknown => {
  if (typeof value === "string") return long;
  if (typeof value === "number") return Number.MAX_SAFE_INTEGER;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, swollen(each)]));
};

/** As long as our own schemas let them be, in what JSON writes longest. */
const text = (length: number) => "\u0001".repeat(length);
const longestCustomer = {
  name: text(257),
  email: text(254),
  address: {
    ...{ name: text(256), company: text(256), lineOne: text(256), lineTwo: text(256) },
    ...{ city: text(128), state: text(128), country: "DE", postalCode: text(32) },
  },
};

describe("an event's payload", () => {
  test.each(catalogue.map((definition) => [definition.type, definition] as const))(
    "%s stays under 20 kB, with who bought, were each of its texts as long as can be",
    async (_, definition) => {
      const event = { ...sampleOf(definition), id: long, subject: long, data: swollen(definition.example) };
      const who = event.type.startsWith("order.") ? { customer: longestCustomer } : undefined;
      const body = await standard.body(event as ReturnType<typeof sampleOf>, who);
      expect(Buffer.byteLength(body ?? "")).toBeLessThan(20_000);
      // A list would grow with what it lists, but for one of words that we have.
      const lists = JSON.stringify(schemaOf(definition)).replaceAll(
        /"type":"array","items":\{[^{}]*"enum"/g,
        "",
      );
      expect(lists).not.toContain('"type":"array"');
    },
  );

  test("of kind acp stays under 20 kB, with 40 of the longest lines, 20 parcels and 50 refunds", async () => {
    const body = await snapshotOf(
      await bigOrder({ ...longest, parcels: 20, events: 2, refunds: 50, refundLines: 20 }),
    );
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    expect(JSON.parse(body).data).toMatchObject({
      line_items: { length: 40 },
      fulfillments: { length: 21 },
      adjustments: { length: 50 },
    });
  });
});
