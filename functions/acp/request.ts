import { z } from "zod";
import { Country } from "#functions/values/address.ts";
import { Currency } from "#functions/values/money.ts";
import type { AgentCapabilities } from "./capabilities.ts";
import { givenLines, RequestLines } from "./request-line.ts";
import { SelectedOptions } from "./request-option.ts";

/*
 * What agents send, leniently: unknown fields are ignored, and so is what this store has no use for.
 * `nullish` is meant: in an update, absent leaves a field as it is and null clears it; elsewhere both mean "not given".
 */

const Text = (max: number) => z.string().max(max).nullish();

export const BuyerPatch = z.object({
  email: z.email().max(254).nullish(),
  first_name: Text(128),
  last_name: Text(128),
  full_name: Text(256),
  phone_number: Text(32),
});
export type BuyerPatch = z.infer<typeof BuyerPatch>;

/** `state` is required by the schema and unknown to most countries, so it may be left out. */
export const AddressRequest = z.object({
  name: Text(256),
  company: Text(256),
  line_one: z.string().min(1).max(256),
  line_two: Text(256),
  city: z.string().min(1).max(128),
  state: Text(128),
  country: z.string().toUpperCase().pipe(Country),
  postal_code: z.string().max(32),
});
export type AddressRequest = z.infer<typeof AddressRequest>;

export const DetailsPatch = z.object({
  name: Text(256),
  phone_number: Text(32),
  email: z.email().max(254).nullish(),
  address: AddressRequest.nullish(),
});
export type DetailsPatch = z.infer<typeof DetailsPatch>;

const Codes = z.array(z.string().trim().min(1).max(64)).max(10).nullish();

const contents = {
  line_items: RequestLines.nullish(),
  /** What `line_items` was called before 2026-01-30, and is still called in the examples of the specification. */
  items: RequestLines.nullish(),
  buyer: BuyerPatch.nullish(),
  fulfillment_details: DetailsPatch.nullish(),
  selected_fulfillment_options: SelectedOptions.nullish(),
  discounts: z.object({ codes: Codes }).nullish(),
  /** The deprecated name of `discounts.codes`, which goes before it. */
  coupons: Codes,
  order_notes: Text(5_000),
};

/** Values that nobody here knows are ignored, as ACP's capability negotiation wants. */
const CapabilitiesRequest = z.object({
  interventions: z.object({ supported: z.array(z.unknown()).max(100).nullish() }).nullish(),
  extensions: z.array(z.unknown()).max(100).nullish(),
});

export const CreateRequest = z
  .object({
    ...contents,
    currency: z.string().toLowerCase().pipe(Currency).nullish(),
    capabilities: CapabilitiesRequest.nullish(),
    locale: Text(35),
    timezone: Text(64),
    /** Write-only, and never a reason to stop a sale: what is wrong with it is found later and dropped. */
    affiliate_attribution: z.unknown().optional(),
  })
  .transform((request, context) => {
    const lines = givenLines({ line_items: request.line_items ?? undefined, items: request.items }, context);
    if (lines) return { ...request, lines };
    context.addIssue({ code: "invalid_type", expected: "array", input: undefined, path: ["line_items"] });
    return z.NEVER;
  });
export type CreateRequest = z.infer<typeof CreateRequest>;

export const UpdateRequest = z
  .object(contents)
  .transform((request, context) => ({ ...request, lines: givenLines(request, context) }));
export type UpdateRequest = z.infer<typeof UpdateRequest>;

/** ACP 2026-04-17 IntentTrace; a reason that is not in the list is "other". */
export const IntentTrace = z.object({
  reason_code: z.string().min(1).max(128),
  trace_summary: Text(500),
  metadata: z.record(z.string().max(128), z.union([z.string().max(500), z.number(), z.boolean()])).nullish(),
});
export type IntentTrace = z.infer<typeof IntentTrace>;

export const CancelRequest = z.object({ intent_trace: IntentTrace.nullish() }).nullish();
export type CancelRequest = z.infer<typeof CancelRequest>;

/** What the agent says that it can do; names are looked at later, other values are no names. */
export const agentCapabilities = ({
  capabilities,
}: Pick<CreateRequest, "capabilities">): AgentCapabilities => ({
  extensions: (capabilities?.extensions ?? []).flatMap(nameOf),
  interventions: (capabilities?.interventions?.supported ?? []).flatMap(nameOf),
});

/** Extensions are named by text, or by a declaration as in answers. */
const nameOf = (named: unknown): string[] => {
  const parsed = z
    .union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])
    .safeParse(named);
  return parsed.success ? [parsed.data] : [];
};
