import { createHmac } from "node:crypto";
import { Refusal } from "#functions/values/refusal.ts";
import { canonicalJson, sha256 } from "./canonical-json.ts";
import type { RequestBody } from "./request-body.ts";
import type { IdempotencyRequest } from "./route.ts";

/** For whoever meets the header for the first time; the newest draft stands there. */
export const idempotencyGuide =
  "https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header";

/** How the same request is known again: by digests only. Refuses a key that is missing or malformed. */
export const idempotencyOf = (
  scope: string,
  header: string | undefined,
  body: RequestBody,
): IdempotencyRequest => {
  if (header === undefined || header === "") {
    throw new Refusal(
      "idempotency_key_required",
      `Send an Idempotency-Key header: a new UUID for each request, the same one to repeat it. See ${idempotencyGuide}.`,
    );
  }
  const key = bareKey(header);
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new Refusal("invalid", "Idempotency-Key must be 1 to 255 printable ASCII characters.");
  }
  const keyed = (content: string | Uint8Array) => createHmac("sha256", key).update(content).digest("hex");
  return { scope, key: sha256(key), canonical: keyed(canonicalJson(body.value)), raw: keyed(body.bytes) };
};

/** The IETF draft writes the key as an RFC 8941 string in quotes, most clients without: both are the same key. */
const bareKey = (header: string): string =>
  /^"(?:[^"\\]|\\["\\])*"$/.test(header) ? header.slice(1, -1).replace(/\\(["\\])/g, "$1") : header;
