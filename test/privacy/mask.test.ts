import fc from "fast-check";
import { expect, test } from "vitest";
import { masked } from "#functions/privacy/mask.ts";
import { effort, seed } from "#test/effort.ts";
import { someContents } from "#test/examples.ts";

test("a contact is masked by what the inventory says of each field", () => {
  expect(masked({ ...someContents().contact, company: "x" })).toEqual({
    buyer: { email: "a***@***", firstName: "A***", lastName: "C***" },
    delivery: {
      name: "A*** C***",
      address: {
        name: "A*** C***",
        lineOne: "***",
        city: "***",
        state: "BE",
        country: "DE",
        postalCode: "***",
      },
    },
    company: "***",
  });
  expect(masked("Ring twice", "notes")).toBe("***");
  expect(masked({ buyer: { phone: "+49 30 123456" } })).toEqual({ buyer: { phone: "***56" } });
});

test("what no inventory knows is stars, and a mask never tells more than a letter of a name", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 3 }), fc.string({ unit: "grapheme", minLength: 1 }), (field, text) => {
      expect(masked({ [`${field}?`]: text })).toEqual({ [`${field}?`]: "***" });
      const name = masked({ buyer: { firstName: text } }).buyer.firstName;
      const words = text.split(/\s+/);
      expect([...name.replaceAll(/[* ]/g, "")].length).toBeLessThanOrEqual(words.length);
    }),
    { numRuns: effort(100_000), seed: seed(7) },
  );
});
