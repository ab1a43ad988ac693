import { createPublicKey, type KeyObject, verify } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { expect, test } from "vitest";
import {
  acpHeaders,
  keyOf,
  newPrivateKey,
  newSecret,
  publicKeyOf,
  standardHeaders,
} from "#functions/webhook/signature.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";
import { effort, seed } from "../effort.ts";

const secret = newSecret(seededBytes(3));
const privateKey = newPrivateKey(seededBytes(5));
const signers = [{ secret, privateKey }];
const at = () => Date.now();
const id = fc.stringMatching(/^evt_[a-z0-9-]{1,60}_[1-9]\d{0,7}$/);
const body = fc.json();

test("Standard Webhooks' own vector comes out", () => {
  const headers = standardHeaders({
    signers: [{ secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", privateKey }],
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    at: 1_614_265_330_000,
    body: '{"test": 2432232314}',
  });
  expect(headers["webhook-signature"]).toMatch(/^v1,g0hM9SsE\+OTPJTGt\/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,/);
});

test("the reference library and svix accept what we sign, and nothing that was changed on the way", () => {
  fc.assert(
    fc.property(id, body, fc.nat(), (eventId, text, place) => {
      const headers = standardHeaders({ signers, id: eventId, at: at(), body: text });
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

/** As a receiver does it who got the public key, as `whpk_` or from the JWKS. */
const isSigned = (key: KeyObject, headers: Record<string, string>, text: string): boolean => {
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`);
  return String(headers["webhook-signature"])
    .split(" ")
    .filter((signature) => signature.startsWith("v1a,"))
    .some((signature) => verify(null, signed, key, Buffer.from(signature.slice(4), "base64")));
};
const publicKey = (text: string): KeyObject =>
  createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(text.slice(5), "base64").toString("base64url") },
    format: "jwk",
  });

test("the public key verifies what the private one signed (v1a), and nothing that was changed on the way", () => {
  const key = publicKey(publicKeyOf(privateKey));
  const other = publicKey(publicKeyOf(newPrivateKey(seededBytes(6))));
  fc.assert(
    fc.property(id, body, (eventId, text) => {
      const headers = standardHeaders({ signers, id: eventId, at: at(), body: text });
      expect(isSigned(key, headers, text)).toBe(true);
      expect(isSigned(other, headers, text)).toBe(false);
      expect(isSigned(key, headers, `${text} `)).toBe(false);
      expect(isSigned(key, { ...headers, "webhook-id": `${eventId}0` }, text)).toBe(false);
    }),
    { numRuns: effort(1_000), seed: seed(24) },
  );
});

test("a key pair is the one that RFC 8032 makes of its 32 bytes (7.1, test 1)", () => {
  const bytes = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
  const made = publicKeyOf(newPrivateKey(() => bytes));
  expect(Buffer.from(made.slice("whpk_".length), "base64").toString("hex")).toBe(
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  );
});

test("another endpoint's secret does not verify it", () => {
  const headers = standardHeaders({ signers, id: "evt_1", at: at(), body: "{}" });
  expect(() => new Webhook(newSecret(seededBytes(4))).verify("{}", headers)).toThrow();
});

test("a webhook id with a dot is refused: the signed text could be read two ways", () => {
  expect(() => standardHeaders({ signers, id: "evt_a.1", at: 0, body: "" })).toThrow("dot");
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
  const signature = acpHeaders({ signers, id: "x", at: 1_700_000_000_999, body: '{"a":1}' })[
    "merchant-signature"
  ];
  const expected = createHmac("sha256", secret).update('1700000000.{"a":1}').digest("hex");
  expect(signature).toBe(`t=1700000000,v1=${expected}`);
});
