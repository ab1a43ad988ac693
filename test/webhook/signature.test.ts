import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { expect, test } from "vitest";
import { acpHeaders, keyOf, newSecret, standardHeaders } from "#functions/webhook/signature.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";
import { effort, seed } from "../effort.ts";

const secret = newSecret(seededBytes(3));
const at = () => Date.now();
const id = fc.stringMatching(/^evt_[a-z0-9-]{1,60}_[1-9]\d{0,7}$/);
const body = fc.json();

test("Standard Webhooks' own vector comes out", () => {
  const headers = standardHeaders({
    secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    at: 1_614_265_330_000,
    body: '{"test": 2432232314}',
  });
  expect(headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("the reference library and svix accept what we sign, and nothing that was changed on the way", () => {
  fc.assert(
    fc.property(id, body, fc.nat(), (eventId, text, place) => {
      const headers = standardHeaders({ secrets: [secret], id: eventId, at: at(), body: text });
      expect(new Webhook(secret).verify(text, headers)).toEqual(JSON.parse(text));
      expect(() => new Svix(secret).verify(text, headers)).not.toThrow();
      const index = place % text.length;
      const changed = `${text.slice(0, index)}${text[index] === "0" ? "1" : "0"}${text.slice(index + 1)}`;
      expect(() => new Webhook(secret).verify(changed, headers)).toThrow();
      expect(() => new Svix(secret).verify(changed, headers)).toThrow();
      expect(() => new Webhook(secret).verify(text, { ...headers, "webhook-id": `${eventId}0` })).toThrow();
    }),
    { numRuns: effort(10_000), seed: seed(23) },
  );
});

test("another endpoint's secret does not verify it", () => {
  const headers = standardHeaders({ secrets: [secret], id: "evt_1", at: at(), body: "{}" });
  expect(() => new Webhook(newSecret(seededBytes(4))).verify("{}", headers)).toThrow();
});

test("a webhook id with a dot is refused: the signed text could be read two ways", () => {
  expect(() => standardHeaders({ secrets: [secret], id: "evt_a.1", at: 0, body: "" })).toThrow("dot");
});

test("takes secrets of 24 to 64 bytes and no other", () => {
  for (let length = 0; length <= 80; length += 1) {
    const text = `whsec_${Buffer.alloc(length, 7).toString("base64")}`;
    if (length >= 24 && length <= 64) expect(keyOf(text)).toHaveLength(length);
    else expect(() => keyOf(text)).toThrow();
  }
  for (const text of ["", "whsec_", "abc", secret.slice("whsec_".length), `${secret}!`]) {
    expect(() => keyOf(text)).toThrow();
  }
});

test("ACP's header is a time in seconds and 64 hex digits over time and body", async () => {
  const { createHmac } = await import("node:crypto");
  const signature = acpHeaders({ secrets: [secret], id: "x", at: 1_700_000_000_999, body: '{"a":1}' })[
    "merchant-signature"
  ];
  const expected = createHmac("sha256", secret).update('1700000000.{"a":1}').digest("hex");
  expect(signature).toBe(`t=1700000000,v1=${expected}`);
});
