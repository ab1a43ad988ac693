import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { decoded } from "./api-event.ts";
import { dueAt } from "./due.ts";
import { fingerprintOf, type LicenseKey, licenseKeysIn } from "./license-key-text.ts";
import { plainly, type Table, type Write } from "./table.ts";

/** What a request says beside its body, as API Gateway hands it to an authorizer and to a function alike. */
export type Outside = {
  readonly path?: string | null | undefined;
  readonly headers?: Texts;
  readonly multiValueHeaders?: ManyTexts;
  readonly queryStringParameters?: Texts;
  readonly multiValueQueryStringParameters?: ManyTexts;
};
type Texts = { readonly [name: string]: string | undefined } | null | undefined;
type ManyTexts = { readonly [name: string]: readonly string[] | undefined } | null | undefined;

/** License keys in the path, the query, a cookie, or any header but the one that they belong in. */
export const keysOutsideBody = (outside: Outside): LicenseKey[] => {
  const headers = Object.entries(outside.multiValueHeaders ?? {}).concat(entriesOf(outside.headers));
  const query = Object.entries(outside.multiValueQueryStringParameters ?? {}).concat(
    entriesOf(outside.queryStringParameters),
  );
  const texts = [
    decoded(outside.path ?? ""),
    ...headers.filter(([name]) => name.toLowerCase() !== "authorization").flatMap(textsOf),
    ...query.flatMap(textsOf),
  ];
  return texts.flatMap(licenseKeysIn);
};

type Entry = [string, readonly string[] | undefined];
const entriesOf = (texts: Texts): Entry[] =>
  Object.entries(texts ?? {}).map(([name, text]) => [name, text === undefined ? [] : [text]]);
const textsOf = ([name, values = []]: Entry): string[] => [name, ...values];

/** License keys anywhere in a body, whether or not it is good JSON: as name or value, at any depth, escaped or not. */
export const keysInBody = (text: string): LicenseKey[] =>
  licenseKeysIn(
    text.includes("\\u")
      ? text.replace(/\\u([0-9A-Fa-f]{4})/g, (_, code: string) =>
          String.fromCharCode(Number.parseInt(code, 16)),
        )
      : text,
  );

/** More than one is a list that somebody tries out. */
const mostReported = 3;

/**
 * Leaves word of them for whoever can tell whether they are real (`access/sweep-keys`), and refuses. Here nobody can, so
 * a real key and one that never was get the same answer after the same write. A key itself is kept nowhere.
 */
export const refuseMisplacedKeys = async (
  on: { table: Pick<Table, "commit">; now: Clock },
  keys: readonly LicenseKey[],
): Promise<void> => {
  if (keys.length === 0) return;
  await reportKeys(on, keys);
  throw new Refusal(
    "license_key_exposed",
    "A license key stands outside the Authorization header, where logs and caches keep it. It counts as exposed: roll it.",
  );
};

export const reportKeys = async (
  on: { table: Pick<Table, "commit">; now: Clock },
  keys: readonly LicenseKey[],
): Promise<void> => {
  const reports = keys.slice(0, mostReported).map((key) => reportOf(key, on.now()));
  await Promise.all(reports.map((write) => on.table.commit([write])));
};

/** Under its fingerprint, so that no other report replaces it, and the same one again is the same. */
const reportOf = ({ text, publicId }: LicenseKey, now: number): Write => {
  const fingerprint = fingerprintOf(text);
  const pk = `exposed-key#${Buffer.from(fingerprint).toString("hex")}`;
  return plainly({
    table: "commerce",
    key: { pk, sk: "exposed-key" },
    change: { put: { keyId: publicId, fingerprint, seenAt: now, ...dueAt("exposed-key", pk, now) } },
  });
};
