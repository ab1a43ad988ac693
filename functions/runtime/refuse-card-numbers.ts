import { Refusal } from "#functions/values/refusal.ts";
import { type ApiEvent, decoded } from "./api-event.ts";
import { fieldClassOf, findCardNumber, textHoldsCard } from "./card-field.ts";

/** Card data never reaches us, only tokens: whatever holds a card number is refused, and nothing of it is kept. */
const refusal = (where: string, param?: string): Refusal =>
  new Refusal(
    "card_data_forbidden",
    `The ${where} holds what looks like a card number. Send a payment token instead, and never card data.`,
    param === undefined ? {} : { param },
  );

export const refuseCardInBody = (body: unknown): void => {
  const param = findCardNumber(body);
  if (param !== undefined) throw refusal("request body", param);
};

/** Before anything else is read: path, query and headers. */
export const refuseCardOutsideBody = (event: ApiEvent): void => {
  if (textHoldsCard(decoded(event.path), "text")) throw refusal("path");
  const query = event.multiValueQueryStringParameters ?? event.queryStringParameters ?? {};
  if (findCardNumber(query) !== undefined) throw refusal("query");
  if (Object.entries(event.headers ?? {}).some(headerHoldsCard)) throw refusal("header");
};

const headerHoldsCard = ([name, value = ""]: [string, string | undefined]): boolean =>
  !isSkipped(name) && (textHoldsCard(name, "text") || textHoldsCard(value, fieldClassOf(name)));

/** Secrets and random keys, and what proxies add: lists of addresses and times are digits in groups. */
const isSkipped = (name: string): boolean =>
  /^(?:authorization|idempotency-key|signature|signature-input|content-digest|cookie|host|date|timestamp|via|forwarded|traceparent|tracestate|x-(?:amz|amzn|forwarded|real|cloudfront|b3)-.*|cloudfront-.*|cf-.*)$/i.test(
    name,
  );
