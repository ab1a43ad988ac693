import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentsOf } from "#functions/acp/contents-of.ts";
import { CreateRequest } from "#functions/acp/request.ts";
import { showSession } from "#functions/acp/show-session.ts";
import { versions } from "#functions/acp/version.ts";
import { Status } from "#functions/checkout/checkout.ts";
import { Contents } from "#functions/checkout/contents.ts";
import { effort, seed } from "#test/effort.ts";
import { aCoreAnswer, aStore } from "./fixtures.ts";
import { complaints } from "./released.ts";

const text = (maxLength: number) =>
  fc.string({ unit: "grapheme", minLength: 1, maxLength: Math.floor(maxLength / 16) });
const perhaps = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

const product = fc.record({
  productId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
  quantity: fc.integer({ min: 1, max: 20 }),
  digital: fc.boolean(),
  unitAmount: fc.integer({ min: 0, max: 1_000_000 }),
  available: fc.option(fc.integer({ min: 0, max: 30 })),
});

const address = fc.record(
  {
    name: text(256),
    line_one: text(256),
    line_two: text(256),
    company: text(256),
    city: text(128),
    state: fc.constantFrom("CA", "NY", ""),
    country: fc.constantFrom("US", "us", "DE", "JP"),
    postal_code: fc.string({ maxLength: 10 }),
  },
  { requiredKeys: ["name", "line_one", "city", "country", "postal_code"] },
);

const request = fc.record({
  products: fc.uniqueArray(product, { minLength: 1, maxLength: 6, selector: ({ productId }) => productId }),
  nested: fc.boolean(),
  name: fc.constantFrom("line_items", "items"),
  buyer: perhaps(
    fc.record({
      email: fc.stringMatching(/^[a-z0-9]{1,10}([.+_-][a-z0-9]{1,5})?@[a-z0-9]{1,10}\.(com|de)$/),
      full_name: text(256),
    }),
  ),
  fulfillment_details: perhaps(fc.record({ name: text(256), address: perhaps(address) })),
  order_notes: perhaps(text(5_000)),
  codes: perhaps(fc.array(fc.constantFrom("TEN", "ten", "FIVER", "OLD", "NOPE"), { maxLength: 5 })),
});

describe("any session", () => {
  it("that agents can ask for is valid in both versions and every state", async () => {
    await fc.assert(
      fc.asyncProperty(
        request,
        fc.constantFrom(...Status.options),
        fc.boolean(),
        async ({ products, nested, name, codes, ...rest }, status, inclusive) => {
          const lines = products.map(({ productId, quantity }) =>
            nested ? { item: { id: productId }, quantity } : { id: productId, quantity },
          );
          const contents = contentsOf(CreateRequest.parse({ ...rest, [name]: lines, discounts: { codes } }));
          expect(Contents.safeParse(contents).error).toBeUndefined();
          const answer = await aCoreAnswer({
            status,
            contact: contents.contact,
            discountCodes: contents.discountCodes,
            lines: products,
            extensions: ["discount"],
            interventions: ["3ds"],
            notes: contents.notes,
            store: aStore({ taxes: { ...aStore().taxes, inclusive } }),
          });
          for (const version of versions)
            expect(complaints(version, "CheckoutSession", showSession(answer, version))).toEqual([]);
        },
      ),
      { numRuns: effort(20_000), seed: seed(20261123) },
    );
  });
});
