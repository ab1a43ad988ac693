import { createHash } from "node:crypto";
import { keyLeaked } from "#events/key-leaked.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import { parseLicenseKey } from "#functions/runtime/license-key-text.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import type { Operation, RequestFacts } from "#functions/runtime/route.ts";
import { parseStrictJson } from "#functions/runtime/strict-json.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { keyFact } from "./key-fact.ts";
import { type AlertVerdict, LeakAlerts } from "./leak-alert.ts";
import { changedKey, type LicenseKeyStore } from "./license-key.store.ts";
import { digestOf, sameDigest } from "./license-key.ts";
import { pepperOf, type ReadPeppers } from "./pepper.ts";
import { recordOf } from "./record-act.ts";
import type { leakAlertRoutes } from "./routes.ts";
import type { StoredKey } from "./stored-key.ts";
import type { VerifyAlert } from "./verify-alert.ts";

type Receives = {
  verify: VerifyAlert;
  table: Pick<Table, "commit">;
  keys: Pick<LicenseKeyStore, "get">;
  readPeppers: ReadPeppers;
  now: Clock;
  log: Log;
  count: Count;
};

/** A key that stands in public is dead with the answer: whoever reads it may have found it before GitHub did. */
export const receiveAlert =
  (on: Receives): Operation<typeof leakAlertRoutes.receiveAlert> =>
  async ({ request }) => {
    if (!(await on.verify(request)))
      throw new Refusal("signature_invalid", "This is not signed as GitHub signs its alerts.");
    const alerts = alertsIn(request);
    const body: AlertVerdict[] = [];
    for (const { token, type } of alerts)
      body.push({
        token_hash: createHash("sha256").update(token).digest("base64"),
        token_type: type,
        label: (await isEnded(on, token, request)) ? "true_positive" : "false_positive",
      });
    return { status: 200, body };
  };

const alertsIn = ({ raw = new Uint8Array() }: RequestFacts): LeakAlerts => {
  const { data } = LeakAlerts.safeParse(parseStrictJson(Buffer.from(raw).toString("utf8")));
  if (data) return data;
  throw new Refusal("invalid_request", "The body is no list of secret scanning alerts.");
};

/** Whether it is a key of ours, which opens nothing any more. Somebody may change it meanwhile: then once more. */
const isEnded = async (on: Receives, token: string, request: RequestFacts): Promise<boolean> => {
  const key = await keyOf(on, token);
  if (key === undefined) return false;
  if (key.revokedAt !== undefined) return true;
  const lost = await tryCommit(on.table, ending(key, request, on.now()));
  if (lost.length > 0) return isEnded(on, token, request);
  on.count("KeyExposed");
  on.log.info("a leaked key was revoked", { keyId: key.publicId });
  return true;
};

/** What only looks like a key flags nobody's: its secret has to be right. */
const keyOf = async (on: Receives, token: string): Promise<StoredKey | undefined> => {
  const parsed = parseLicenseKey(token);
  if (!parsed) return undefined;
  const [key, peppers] = await Promise.all([on.keys.get(parsed.publicId), on.readPeppers()]);
  if (!key) return undefined;
  return sameDigest(digestOf(pepperOf(peppers, key.pepperVersion), token), key.digest) ? key : undefined;
};

const ending = (key: StoredKey, { requestId }: RequestFacts, now: Instant): Write[] => {
  const { publicId: keyId, principalId, storeId, exposedAt = now } = key;
  return [
    changedKey(key, { revokedAt: now, exposedAt, sealedKey: undefined }, now),
    recordEvent({ ...keyFact(key, now), definition: keyLeaked, data: { keyId, principalId } }),
    recordOf(
      { actor: { role: "service", requestId: `${requestId} ${keyId}` }, decidedBy: "signature" },
      { action: "key.leaked", storeId, at: now, about: { keyId } },
    ),
  ];
};
