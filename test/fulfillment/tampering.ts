import fc from "fast-check";
import { type BridgeRequest, newBridgeSecret, newNonce, signRequest } from "#functions/fulfillment/bridge.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";

/** A request as a shop gets it. */
export type OnTheWire = {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

const random = seededBytes(5);
export const secret = newBridgeSecret(random);
export const othersSecret = newBridgeSecret(random);

const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
const value = fc.stringMatching(/^([A-Za-z0-9/._~+-]|%[0-9A-Fa-f]{2}){0,8}$/);
const parameters = fc.uniqueArray(fc.tuple(name, value), { maxLength: 5, selector: ([first]) => first });

export const aRequest: fc.Arbitrary<BridgeRequest> = fc
  .record({
    method: fc.constantFrom("GET" as const, "POST" as const),
    path: fc.stringMatching(/^(\/[A-Za-z0-9_~-]{1,6}){1,3}\/?$/),
    parameters,
    body: fc.oneof(fc.json(), fc.constant("")),
    at: fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
    nonce: fc.nat().map((start) => newNonce(seededBytes(start))),
  })
  .map(({ path, parameters: pairs, ...rest }) => {
    const search = pairs.map((pair) => pair.join("=")).join("&");
    return { ...rest, url: new URL(`https://shop.example${path}${search && `?${search}`}`) };
  });

export const sent = (request: BridgeRequest, by = secret): OnTheWire => ({
  method: request.method,
  target: `${request.url.pathname}${request.url.search}`,
  headers: signRequest([by], request),
  body: Buffer.from(request.body),
});

/** Chance, as one number that each way of tampering uses as it likes. */
type Tamper = (wire: OnTheWire, chance: number, request: BridgeRequest) => OnTheWire;

export const flipped = (bytes: Buffer, chance: number): Buffer => {
  if (bytes.length === 0) return Buffer.from([chance % 256]);
  const bit = chance % (bytes.length * 8);
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return changed;
};
export const flippedText = (text: string, chance: number): string =>
  flipped(Buffer.from(text, "latin1"), chance).toString("latin1");

const cut = (bytes: Buffer, chance: number): Buffer => {
  const index = chance % Math.max(1, bytes.length);
  return Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + 1)]);
};
const cutText = (text: string, chance: number): string => cut(Buffer.from(text), chance).toString();

const header =
  (which: string, change: (text: string, chance: number) => string): Tamper =>
  (wire, chance) => ({
    ...wire,
    headers: { ...wire.headers, [which]: change(wire.headers[which] ?? "", chance) },
  });

const names = ["bridge-timestamp", "bridge-nonce", "bridge-signature"];

/** Every way to say something else than what was signed. */
const tampers: readonly Tamper[] = [
  (wire, chance) => ({
    ...wire,
    method: ["PUT", "post", "DELETE", wire.method === "GET" ? "POST" : "GET"][chance % 4]!,
  }),
  (wire, chance) => ({ ...wire, target: flippedText(wire.target, chance) }),
  (wire, chance) => ({ ...wire, target: cutText(wire.target, chance) }),
  (wire) => ({ ...wire, target: `${wire.target}${wire.target.includes("?") ? "&" : "?"}` }),
  (wire) => ({ ...wire, target: `${wire.target}${wire.target.includes("?") ? "&" : "?"}more=1` }),
  // A parameter twice, as it is.
  (wire, chance) => {
    const all = (wire.target.split("?")[1] ?? "more=1").split("&");
    return {
      ...wire,
      target: `${wire.target}${wire.target.includes("?") ? "&" : "?"}${all[chance % all.length]}`,
    };
  },
  (wire) => ({
    ...wire,
    target: wire.target.replace(/\?|\/(?=[^/]*$)/, (found) => (found === "?" ? "&" : "/?")),
  }),
  (wire, chance) => ({ ...wire, body: flipped(wire.body, chance) }),
  (wire, chance) => ({ ...wire, body: wire.body.length ? cut(wire.body, chance) : Buffer.from(" ") }),
  (wire) => ({ ...wire, body: Buffer.concat([wire.body, Buffer.from("\n")]) }),
  ...names.flatMap((which) => [
    header(which, flippedText),
    header(which, cutText),
    header(which, (text) => `${text} `),
    header(which, () => ""),
  ]),
  ...["bridge-timestamp", "bridge-nonce"].map((which) => header(which, (text) => `${text}, ${text}`)),
  header("bridge-signature", (text) => text.toUpperCase()),
  header("bridge-signature", (text, chance) => `${flippedText(text, chance)},${cutText(text, chance)}`),
  header("bridge-timestamp", (text) => String(Number(text) + 1)),
  header("bridge-timestamp", (text) => `0${text}`),
  // Headers of another request that we did sign.
  (wire, chance, request) => ({
    ...wire,
    headers: signRequest([secret], {
      ...request,
      nonce: newNonce(seededBytes(chance)),
      body: `${request.body} `,
    }),
  }),
  (wire, _, request) => ({ ...wire, headers: signRequest([othersSecret], request) }),
];

const same = (one: OnTheWire, other: OnTheWire): boolean =>
  one.method === other.method &&
  one.target === other.target &&
  Buffer.compare(one.body, other.body) === 0 &&
  names.every((which) => one.headers[which] === other.headers[which]);

/** What we sent, and ten things that somebody made of it. */
export const aTampering = fc
  .record({
    request: aRequest,
    changes: fc.array(fc.tuple(fc.constantFrom(...tampers), fc.nat()), { minLength: 10, maxLength: 10 }),
  })
  .map(({ request, changes }) => {
    const wire = sent(request);
    const tampered = changes.map(([tamper, chance]) => tamper(wire, chance, request));
    return { request, wire, tampered: tampered.filter((changed) => !same(wire, changed)) };
  });
