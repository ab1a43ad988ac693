import type { Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { CheckoutId, CustomerId, StoreId } from "#functions/values/id.ts";

/** Personal fields are sealed by class: one message per record and class. `privacy/personal-data.ts` lists the fields. */
export const fieldClasses = ["contact", "notes", "payment_token", "attribution", "answer"] as const;
export type FieldClass = (typeof fieldClasses)[number];

/**
 * Seals what is personal. KMS key → store key → checkout key → message: destroying a checkout's key makes every
 * copy of its messages unreadable, in backups too. The implementation is `envelope.client.ts`.
 */
export type Envelope = {
  /** A new checkout key: commit `write` together with the checkout. */
  create(subject: Subject, terms: KeyTerms): Promise<{ readonly write: Write; readonly cipher: Cipher }>;
  /** The cipher of a checkout (its order inherits it). Throws `KeyDestroyed` once it was erased. */
  open(subject: Subject): Promise<OpenCipher>;
  /** The store's customer of this e-mail address: a blind index, another one in every store. */
  customerOf(storeId: StoreId, email: string): Promise<CustomerId>;
  /** What mentions of this text have in common in this store on this day, and never else. */
  dayMarkOf(storeId: StoreId, day: string, text: string): Promise<string>;
  /** By every version of the store's key, the current one first: what began under a former one may still be there. */
  customersOf(storeId: StoreId, email: string): Promise<readonly [CustomerId, ...CustomerId[]]>;
};

/** Whose checkout it is, as far as its e-mail address tells, and until when what it seals can be read at most. */
export type KeyTerms = {
  readonly customerId: CustomerId | undefined;
  readonly now: Instant;
  readonly until: Instant;
};

export type Subject = { readonly storeId: StoreId; readonly checkoutId: CheckoutId };

export type Cipher = {
  /** JSON in, an AWS Encryption SDK message out, bound to store, checkout and class. */
  seal(fieldClass: FieldClass, value: unknown): Promise<Uint8Array>;
  /** Refuses a message of another store, checkout or class. */
  unseal(fieldClass: FieldClass, sealed: Uint8Array): Promise<unknown>;
};

export type OpenCipher = Cipher & {
  readonly customerId: CustomerId | undefined;
  /** Since when its key is there. */
  readonly since: Instant;
  /** Frozen: it may be shown to nobody (`shownTo` masks it), exported to its person, and otherwise only stored. */
  readonly isRestricted: boolean;
};

/**
 * What is no buyer's, such as a webhook endpoint's signing secret or a colleague's name: sealed under the store key and
 * bound to `purpose`, which names the one record that it serves (`webhook-endpoint#we_…`).
 */
export type StoreSeal = {
  sealForStore(storeId: StoreId, purpose: string, secret: Uint8Array): Promise<Uint8Array>;
  /** Refuses what another store or purpose sealed. */
  unsealForStore(storeId: StoreId, purpose: string, sealed: Uint8Array): Promise<Uint8Array>;
  /** What two mentions of a name have in common: by every version of the store's key, the current one first. */
  marksOf(storeId: StoreId, of: string, name: string): Promise<readonly [Uint8Array, ...Uint8Array[]]>;
};

/**
 * The writes that take a checkout's key, with whose it is, under the current version of its store's key; none: it is
 * there already. `emailOf` says by what the buyer is known, where somebody is.
 */
export type MovesKeys = (
  subject: Subject,
  emailOf: (cipher: Cipher) => Promise<string | undefined>,
) => Promise<Write[]>;

/** The personal data of this checkout was erased. */
export class KeyDestroyed extends Error {
  override readonly name = "KeyDestroyed";
}
