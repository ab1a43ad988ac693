import { z } from "zod";
import { OrderView } from "#functions/order/order-view.ts";
import { type PersonalField, personalData, retentions } from "#functions/privacy/personal-data.ts";
import { CheckoutId, CustomerId } from "#functions/values/id.ts";

/** One field that is held, in the words of the inventory. */
export const ExportedField = z.object({
  field: z.string(),
  label: z.string(),
  value: z.unknown(),
  purpose: z.string(),
  basis: z.string(),
  kept: z.string(),
});
export type ExportedField = z.infer<typeof ExportedField>;

/** One checkout, and the order that came of it. */
export const ExportedCheckout = z.object({
  checkoutId: CheckoutId,
  startedAt: z.iso.datetime(),
  restricted: z.boolean(),
  order: OrderView.omit({ contact: true, notes: true }).optional(),
  fields: z.array(ExportedField),
});
export type ExportedCheckout = z.infer<typeof ExportedCheckout>;

/** What a person gets who asks what we hold on them (GDPR articles 15 and 20). */
export const Export = z.object({
  id: z.string(),
  customerId: CustomerId,
  exportedAt: z.iso.datetime(),
  checkouts: z.array(ExportedCheckout),
  /** The same as a page in HTML. */
  page: z.string(),
});
export type Export = z.infer<typeof Export>;

/** What was opened of a checkout, by the names of the inventory. */
export type Held = Readonly<Record<string, unknown>>;

/** The fields of the inventory that are there, each with why and how long. */
export const fieldsOf = (held: Held): ExportedField[] =>
  personalData.flatMap((entry) => {
    const value = held[entry.field];
    return value === undefined ? [] : [exported(entry, value)];
  });

const exported = (
  { field, label, purpose, basis, retention }: PersonalField,
  value: unknown,
): ExportedField => ({
  field,
  label,
  value,
  purpose,
  basis,
  kept: retentions[retention],
});

/** Every leaf of a value by its path: `delivery.address.city`. */
export const leavesOf = (value: unknown, path = ""): Record<string, unknown> => {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return path ? { [path]: value } : {};
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, each]) => leavesOf(each, path ? `${path}.${name}` : name)),
  );
};
