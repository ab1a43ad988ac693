import { Refusal } from "#functions/values/refusal.ts";
import type { Route } from "./route.ts";
import { parseStrictJson } from "./strict-json.ts";

export const largestBody = 64 * 1_024;

/** Of what another system sends in its own words: more than any event of Stripe, less than the gateway hands on. */
export const largestRawBody = 1_024 * 1_024;

export type RequestBody = { readonly value: unknown; readonly bytes: Uint8Array };

/** The body as JSON, also where it comes as CSV and may; without one `value` is `undefined`. */
export const readBody = (
  event: ApiBody,
  contentType: string | undefined,
  fromCsv?: Route["fromCsv"],
): RequestBody => {
  const bytes = bytesOf(event);
  if (bytes.length === 0) return { value: undefined, bytes };
  if (fromCsv && isType(contentType, /^text\/csv$/)) return { value: fromCsv(decode(bytes)), bytes };
  refuseOtherType(contentType);
  return { value: parseStrictJson(decode(bytes)), bytes };
};

/** The body as it was sent. */
export const bytesOf = (event: ApiBody, largest = largestBody): Uint8Array => {
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length <= largest) return bytes;
  throw new Refusal("body_too_large", `The request body has ${bytes.length} bytes; the most is ${largest}.`);
};

/** The same for who only looks for something in it, good text or not. */
export const textOf = (event: ApiBody): string => Buffer.from(bytesOf(event)).toString("utf8");

export type ApiBody = { readonly body: string | null; readonly isBase64Encoded: boolean };

/** In UTF-8, if it says in what. */
const isType = (contentType = "", wanted: RegExp): boolean => {
  const [type = "", ...parameters] = contentType.toLowerCase().split(";");
  const isUtf8 = parameters.every(
    (parameter) => !/charset/.test(parameter) || /=\s*"?utf-?8"?\s*$/.test(parameter),
  );
  return isUtf8 && wanted.test(type.trim());
};

const refuseOtherType = (contentType: string | undefined): void => {
  if (isType(contentType, /^application\/(?:[\w.+-]+\+)?json$/)) return;
  throw new Refusal(
    "unsupported_media_type",
    "Send the body as JSON in UTF-8: Content-Type: application/json.",
  );
};

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal("invalid_request", "The request body is not valid UTF-8.");
  }
};
