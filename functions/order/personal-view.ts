import { z } from "zod";
import { Contact } from "#functions/checkout/contents.ts";
import { type Envelope, KeyDestroyed } from "#functions/privacy/envelope.ts";
import { masked } from "#functions/privacy/mask.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Order } from "./order.ts";

/** A contact as it is shown: as it is, or masked, which is no e-mail address any more. */
export const ContactView = z.object({
  buyer: z.record(z.string(), z.string()).optional(),
  delivery: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])).optional(),
});
export type ContactView = z.infer<typeof ContactView>;

export const Personal = z.object({
  /** Masked without `customers:read`, and for everybody once it is frozen; `null`: erased, or its time is over. */
  contact: ContactView.nullable().optional(),
  notes: z.string().nullable().optional(),
});
export type Personal = z.infer<typeof Personal>;

type Opens = { envelope: Pick<Envelope, "open"> };

/** Frozen data is masked for everybody; of what was erased there is nothing to show. */
export const viewPersonally =
  (on: Opens) =>
  async ({ scopes }: Pick<Caller, "scopes">, order: Order): Promise<Personal> => {
    const opened = await openPersonal(on, order);
    if (!opened) return { contact: null, ...(order.sealedNotes && { notes: null }) };
    const isReadable = scopes.includes("customers:read") && !opened.isRestricted;
    return isReadable ? shown(opened) : shown(maskedPersonal(opened));
  };

type Opened = NonNullable<Awaited<ReturnType<typeof openPersonal>>>;
type Shows = Pick<Opened, "contact" | "notes">;

const shown = ({ contact, notes }: Shows) => ({ contact, ...(notes && { notes }) }) as Personal;
const maskedPersonal = ({ contact, notes }: Shows): Shows => ({
  contact: masked(contact),
  notes: masked(notes, "notes"),
});

/** What is sealed of an order; `undefined` once its key is gone. */
export const openPersonal = async (on: Opens, { storeId, checkoutId, sealedContact, sealedNotes }: Order) => {
  try {
    const cipher = await on.envelope.open({ storeId, checkoutId });
    const contact = Contact.parse(await cipher.unseal("contact", sealedContact));
    const notes = sealedNotes && String(await cipher.unseal("notes", sealedNotes));
    return { contact, notes, isRestricted: cipher.isRestricted };
  } catch (error) {
    if (error instanceof KeyDestroyed) return undefined;
    throw error;
  }
};
