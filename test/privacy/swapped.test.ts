import fc from "fast-check";
import { expect, test } from "vitest";
import { sealedEnvelope } from "#functions/privacy/envelope.client.ts";
import { type Cipher, type Envelope, type FieldClass, fieldClasses } from "#functions/privacy/envelope.ts";
import { newId } from "#functions/values/id.ts";
import { effort, seed } from "#test/effort.ts";
import { someTerms } from "#test/examples.ts";
import { aRing, fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";

type Message = { cipher: Cipher; of: FieldClass; sealed: Uint8Array };

/** One message of each class, of two checkouts in each of two stores. */
const messages = async (on: ReturnType<typeof memoryPlatform>, envelope: Envelope): Promise<Message[]> => {
  const all: Message[] = [];
  for (const store of [newId("store", on.random), newId("store", on.random)])
    for (const checkoutId of [newId("chk", on.random), newId("chk", on.random)]) {
      const { write, cipher } = await envelope.create({ storeId: store, checkoutId }, someTerms());
      await on.table.commit([write]);
      for (const of of fieldClasses) all.push({ cipher, of, sealed: await cipher.seal(of, { name: "Ada" }) });
    }
  return all;
};

const settings = {
  "the real SDK": {
    runs: effort(2_000),
    open: (on: ReturnType<typeof memoryPlatform>): Envelope =>
      sealedEnvelope({
        ...on,
        storeKeyOf: async (storeId) => aRing(Buffer.from(storeId.slice(-26).padEnd(32, "k"))),
      }),
  },
  "the counting cipher": {
    runs: effort(1_000_000),
    open: (on: ReturnType<typeof memoryPlatform>): Envelope => fakeEnvelope(on.table, on.random),
  },
};

test.each(Object.entries(settings))(
  "%s opens no message in another's place",
  { timeout: 600_000 },
  async (_, { runs, open }) => {
    const on = memoryPlatform();
    const all = await messages(on, open(on));
    const any = fc.constantFrom(...all);
    await fc.assert(
      fc.asyncProperty(any, any, async (place, message) => {
        const opened = place.cipher.unseal(place.of, message.sealed);
        if (place === message) await expect(opened).resolves.toEqual({ name: "Ada" });
        else await expect(opened).rejects.toThrow();
      }),
      { numRuns: runs, seed: seed(45) },
    );
  },
);
