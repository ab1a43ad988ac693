import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verifyWith } from "#functions/payment/stripe.client.ts";
import { digestOf } from "#infra/local/stripe/signature.ts";
import { effort, seed } from "#test/effort.ts";
import { now } from "#test/examples.ts";
import { signedAt } from "#test/fakes/signed-event.ts";

const secrets = { own: ["whsec_old", "whsec_new"], connect: ["whsec_connect"] };
const verify = (known: object = secrets, at = now) =>
  verifyWith(
    () => at,
    async () => JSON.stringify(known),
  );
const text = JSON.stringify({ id: "evt_1", amount: 2_390, note: "grüße €" });
const body = new TextEncoder().encode(text);
const seconds = Math.floor(now / 1_000);

const accepted = async (signature: string | undefined, bytes: Uint8Array = body, known?: object) =>
  (await verify(known)(bytes, signature))?.by;

describe("an event's signature", () => {
  test("is believed with any secret that is live, and says which endpoint it was for", async () => {
    expect(await accepted(signedAt(body, now, "whsec_old"))).toEqual(["own"]);
    expect(await accepted(signedAt(body, now, "whsec_new"))).toEqual(["own"]);
    expect(await accepted(signedAt(body, now, "whsec_connect"))).toEqual(["connect"]);
  });

  test("is believed when any of several is good, whatever other schemes are beside it", async () => {
    const good = digestOf(body, seconds, "whsec_new");
    expect(await accepted(`t=${seconds},v1=${"0".repeat(64)},v1=${good},v0=${good}`)).toEqual(["own"]);
    expect(await accepted(`t=${seconds},v0=${good}`)).toBeUndefined();
  });

  test("is refused with a secret that was taken out, with none, and with an empty one", async () => {
    const old = signedAt(body, now, "whsec_old");
    expect(await accepted(old, body, { own: ["whsec_new"], connect: [] })).toBeUndefined();
    expect(await accepted(old, body, { own: [], connect: [] })).toBeUndefined();
    expect(await accepted(old, body, {})).toBeUndefined();
    expect(await accepted(signedAt(body, now, ""), body, { own: [""], connect: [" "] })).toBeUndefined();
  });

  test.each([
    [-301, false],
    [-300, true],
    [-1, true],
    [0, true],
    [300, true],
    [301, false],
  ])("made %i seconds from now is fresh: %s", async (offset, fresh) => {
    const signature = signedAt(body, now + offset * 1_000, "whsec_new");
    expect((await accepted(signature)) !== undefined).toBe(fresh);
  });

  test.each([
    ["no header", undefined],
    ["an empty header", ""],
    ["no time", `v1=${digestOf(body, seconds, "whsec_new")}`],
    ["a time that is none", `t=NaN,v1=${digestOf(body, Number.NaN, "whsec_new")}`],
    ["two times", `t=1,t=${seconds},v1=${digestOf(body, seconds, "whsec_new")}`],
    ["a time with more behind it", `t=${seconds}x,v1=${digestOf(body, seconds, "whsec_new")}`],
    ["no signature", `t=${seconds}`],
  ])("is refused with %s", async (_, signature) => {
    expect(await accepted(signature)).toBeUndefined();
  });

  test("is over the very bytes: what only reads alike is refused", async () => {
    const signature = signedAt(body, now, "whsec_new");
    const mark = Uint8Array.from([0xef, 0xbb, 0xbf, ...body]);
    expect(await accepted(signature, mark)).toBeUndefined();
    const broken = Uint8Array.from([...body.slice(0, -1), 0xff]);
    expect(
      await accepted(signedAt(new TextDecoder().decode(broken), now, "whsec_new"), broken),
    ).toBeUndefined();
    expect(await accepted(signedAt("", now, "whsec_new"), new Uint8Array())).toBeUndefined();
  });

  test("does not survive any change of a byte, of the body or of itself", async () => {
    const signature = signedAt(body, now, "whsec_new");
    const header = new TextEncoder().encode(signature);
    const check = verify();
    const change = fc.record({
      inBody: fc.boolean(),
      at: fc.nat(),
      by: fc.integer({ min: 1, max: 255 }),
      how: fc.constantFrom("flip", "insert", "drop"),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ inBody, at, by, how }) => {
        const mutated = mutate(inBody ? body : header, { at, by, how });
        const [bytes, claim] = inBody
          ? [mutated, signature]
          : [body, Buffer.from(mutated).toString("latin1")];
        expect(await check(bytes, claim)).toBeUndefined();
      }),
      { numRuns: effort(1_000_000), seed: seed(7) },
    );
  }, 600_000);
});

type Mutation = { at: number; by: number; how: "flip" | "insert" | "drop" };

const mutate = (bytes: Uint8Array, { at, by, how }: Mutation): Uint8Array => {
  const index = at % bytes.length;
  const changed = [...bytes];
  if (how === "flip") changed[index] = (changed[index] ?? 0) ^ by;
  if (how === "drop") changed.splice(index, 1);
  if (how === "insert") changed.splice(index, 0, by);
  return Uint8Array.from(changed);
};
