import { Refusal } from "#functions/values/refusal.ts";
import { type ApiEvent, decoded } from "./api-event.ts";
import { findCardNumber, textHoldsCard } from "./card-field.ts";

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

/** Before anything else is read: path, query and headers, each of a name that is sent more than once. */
export const refuseCardOutsideBody = (event: ApiEvent): void => {
  if (textHoldsCard(decoded(event.path), "text")) throw refusal("path");
  const query = event.multiValueQueryStringParameters ?? event.queryStringParameters ?? {};
  if (findCardNumber(query) !== undefined) throw refusal("query");
  const headers = Object.entries({ ...event.headers, ...event.multiValueHeaders });
  const judged = headers.filter(([name]) => !isSkipped(name));
  if (findCardNumber(Object.fromEntries(judged)) !== undefined) throw refusal("header");
};

/** Secrets, and what proxies add: lists of addresses and times are digits in groups. Nothing keeps or repeats any of it. */
const isSkipped = (name: string): boolean =>
  /^(?:authorization|signature|signature-input|content-digest|cookie|host|date|timestamp|via|forwarded|traceparent|tracestate|x-(?:amz|amzn|forwarded|real|cloudfront|b3)-.*|cloudfront-.*|cf-.*)$/i.test(
    name,
  );
