import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Instant } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";

/** `brsec_` and 32 bytes in hex, which has one way to write a byte. The store and we know it, nobody else. */
export type BridgeSecret = `brsec_${string}`;

export const newBridgeSecret = (random: RandomBytes): BridgeSecret =>
  `brsec_${Buffer.from(random(32)).toString("hex")}`;

export type BridgeRequest = {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly body: string;
  readonly at: Instant;
  /** Once for each request, its repeats too: a receiver refuses the second. */
  readonly nonce: string;
};

export type BridgeAnswer = {
  readonly status: number;
  readonly signature: string | undefined;
  /** Which receiver says so; the first ones did not tell. */
  readonly version: string | undefined;
  readonly body: Uint8Array;
};

export const newNonce = (random: RandomBytes): string => Buffer.from(random(16)).toString("hex");

/** The headers that prove that we sent it, now, and as it is: by each secret that is live while one replaces the other. */
export const signRequest = (secrets: readonly string[], request: BridgeRequest): Record<string, string> => {
  const { method, url, body, at, nonce } = request;
  if (!isSignable(url)) throw new Error("a bridge's URL has plain path letters and each parameter once");
  const timestamp = String(Math.floor(at / 1_000));
  const lines = [method, url.pathname, sorted(url), digestOf(body), timestamp, nonce];
  return {
    "bridge-timestamp": timestamp,
    "bridge-nonce": nonce,
    "bridge-signature": signedBy(secrets, "request", lines),
  };
};

/** That a receiver's file comes from us, for a shop that has one of the secrets. */
export const signReceiver = (
  secrets: readonly string[],
  { version, sha256 }: { readonly version: string; readonly sha256: string },
): string => signedBy(secrets, "receiver", [version, sha256]);

/** Whether the store said this, to this very request, by one of its secrets; anything else was said by nobody. */
export const verifyAnswer = (secrets: readonly string[], nonce: string, answer: BridgeAnswer): boolean => {
  const { status, body, version } = answer;
  const lines = [nonce, String(status), digestOf(body), ...(version === undefined ? [] : [version])];
  const given = Buffer.from(answer.signature ?? "");
  return secrets.some((secret) => {
    const expected = Buffer.from(`v1=${macOf(secret, "answer", lines)}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
};

/** Whether every server sees it as we wrote it: some decode, slash or merge what is not among these. */
export const isSignable = (url: URL): boolean => {
  const parameters = parametersOf(url);
  const names = parameters.map((parameter) => parameter.split("=")[0]);
  return (
    /^[A-Za-z0-9/._~%-]+$/.test(url.pathname) &&
    parameters.every((parameter) => /^[A-Za-z0-9_-]+=[A-Za-z0-9/._~%+-]*$/.test(parameter)) &&
    new Set(names).size === names.length
  );
};

const parametersOf = ({ search }: URL): string[] => (search === "" ? [] : search.slice(1).split("&"));

/** As bytes, neither decoded nor encoded: there is nothing that two sides could do differently. */
const sorted = (url: URL): string => parametersOf(url).sort().join("&");

const digestOf = (body: string | Uint8Array): string => createHash("sha256").update(body).digest("hex");

type Direction = "request" | "answer" | "receiver";

const signedBy = (secrets: readonly string[], direction: Direction, lines: readonly string[]): string =>
  secrets.map((secret) => `v1=${macOf(secret, direction, lines)}`).join(",");

/** A key for each direction, so that nobody is answered with their own words. */
const macOf = (secret: string, direction: Direction, lines: readonly string[]): string => {
  const key = hkdfSync("sha256", bytesOf(secret), "", `agentic-checkout bridge v1 ${direction}`, 32);
  return createHmac("sha256", Buffer.from(key)).update(lines.join("\n")).digest("hex");
};

const bytesOf = (secret: string): Buffer => {
  if (!/^brsec_[0-9a-f]{64}$/.test(secret)) throw new Error("a bridge secret is brsec_ and 64 hex digits");
  return Buffer.from(secret.slice("brsec_".length), "hex");
};
