import type { Call } from "./call.ts";
import { invalid, missingResource } from "./failure.ts";
import { type Form, nested, text } from "./form.ts";
import type { Records } from "./objects.ts";

type Listable = "intent" | "refund" | "dispute" | "event";
type Listing<K extends Listable> = {
  readonly kind: K;
  readonly url: string;
  /** Parameters that only this list knows. */
  readonly filters?: readonly string[];
  matches?(record: Records[K]): boolean;
  show(record: Records[K]): unknown;
};

const everyList = ["limit", "starting_after", "created", "expand"];

/** A page of what the caller owns, newest first, as every list of API v1 gives it. */
export const pageOf = <K extends Listable>(call: Call, listing: Listing<K>): unknown => {
  const { form, state } = call;
  knows(form, [...everyList, ...(listing.filters ?? [])]);
  const before = sequenceOf(call, listing.kind);
  const matching = state
    .all(listing.kind)
    .filter(({ owner, sequence }) => owner === call.owner && sequence < before)
    .filter(({ created }) => isWithin(nested(form, "created"), created))
    .filter((record) => listing.matches?.(record) ?? true)
    .sort((left, right) => right.sequence - left.sequence);
  const limit = limitOf(form);
  return {
    object: "list",
    url: listing.url,
    has_more: matching.length > limit,
    data: matching.slice(0, limit).map(listing.show),
  };
};

/** What is not known is said loudly, as Stripe does. */
export const knows = (form: Form, names: readonly string[]): void => {
  const param = Object.keys(form).find((name) => !names.includes(name));
  if (param !== undefined)
    throw invalid("parameter_unknown", `Received unknown parameter: ${param}`, { param });
};

const sequenceOf = ({ form, state, owner }: Call, kind: Listable): number => {
  const after = text(form, "starting_after");
  if (after === undefined) return Number.POSITIVE_INFINITY;
  const record = state.get(kind, after);
  if (record?.owner !== owner) throw missingResource(kind, after, "starting_after");
  return record.sequence;
};

const isWithin = (created: Form, at: number): boolean =>
  at >= bound(created, "gte", Number.NEGATIVE_INFINITY) &&
  at > bound(created, "gt", Number.NEGATIVE_INFINITY) &&
  at <= bound(created, "lte", Number.POSITIVE_INFINITY) &&
  at < bound(created, "lt", Number.POSITIVE_INFINITY);

const bound = (form: Form, name: string, otherwise: number): number => Number(text(form, name) ?? otherwise);

const limitOf = (form: Form): number => {
  const limit = Number(text(form, "limit") ?? 10);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100) return limit;
  throw invalid("parameter_invalid_integer", "The limit must be between 1 and 100.", { param: "limit" });
};
