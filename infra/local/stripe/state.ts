import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Card } from "./test-cards.ts";

export type Charge = {
  id: string;
  amount: number;
  amountCaptured: number;
  amountRefunded: number;
  card: Card;
  /** Seconds; absent once captured. */
  captureBefore?: number;
  authenticated: boolean;
};
export type IntentStatus =
  | "requires_payment_method"
  | "requires_action"
  | "requires_capture"
  | "succeeded"
  | "canceled"
  | "processing";
export type Intent = {
  id: string;
  owner: string;
  livemode: boolean;
  amount: number;
  currency: string;
  captureMethod: "manual" | "automatic";
  status: IntentStatus;
  /** Seconds. */
  created: number;
  /** Counts objects: the order of those that share a second. */
  sequence: number;
  metadata: Record<string, string>;
  paymentMethod: string;
  charge?: Charge;
  error?: Readonly<Record<string, unknown>>;
  canceledAt?: number;
  cancellationReason?: string;
};
export type Refund = { id: string; owner: string; intentId: string; amount: number; created: number };
export type GrantedToken = {
  id: string;
  owner: string;
  livemode: boolean;
  paymentMethod: string;
  currency: string;
  maxAmount: number;
  expiresAt: number;
  used: number;
  created: number;
  deactivated?: { at: number; reason: "consumed" | "revoked" };
};
export type StoredAnswer = { id: string; fingerprint: string; status: number; body: unknown; at: number };

type Records = { intent: Intent; refund: Refund; token: GrantedToken; answer: StoredAnswer };
type Kind = keyof Records;

export type State = {
  get<K extends Kind>(kind: K, id: string): Records[K] | undefined;
  put<K extends Kind>(kind: K, value: Records[K]): void;
  all<K extends Kind>(kind: K): Records[K][];
  /** Writes what was put since as one piece: a killed process leaves an effect with its answer, or neither. */
  flush(): void;
  /** An id of Stripe's look, unlike any before it in this state. */
  newId(prefix: string): { id: string; sequence: number };
};

/** In memory; with a file, every change is a line of it and the next start reads them all. */
export const createState = (dataFile?: string): State => {
  const records = { intent: new Map(), refund: new Map(), token: new Map(), answer: new Map() };
  let sequence = 0;
  let unwritten = "";
  const keep = (kind: Kind, value: Records[Kind]) => records[kind].set(value.id, structuredClone(value));
  for (const { kind, value, count } of dataFile ? linesOf(dataFile) : []) {
    keep(kind, value);
    sequence = Math.max(sequence, count);
  }
  return {
    get: (kind, id) => structuredClone(records[kind].get(id)),
    put: (kind, value) => {
      if (dataFile) unwritten += `${JSON.stringify({ kind, value, count: sequence })}\n`;
      keep(kind, value);
    },
    flush: () => {
      if (dataFile && unwritten) appendFileSync(dataFile, unwritten);
      unwritten = "";
    },
    all: (kind) => [...records[kind].values()].map((each) => structuredClone(each)),
    newId: (prefix) => {
      sequence += 1;
      const hash = createHash("sha256").update(`${prefix}${sequence}`).digest("hex");
      return { id: `${prefix}_${hash.slice(0, 24)}`, sequence };
    },
  };
};

type Line = { kind: Kind; value: Records[Kind]; count: number };

/** The last line may be half written when its process was killed; the next one must not be added to it. */
const linesOf = (dataFile: string): Line[] => {
  if (!existsSync(dataFile)) return [];
  const text = readFileSync(dataFile, "utf8");
  if (text !== "" && !text.endsWith("\n")) appendFileSync(dataFile, "\n");
  return text.split("\n").flatMap(lineOf);
};

const lineOf = (line: string): Line[] => {
  try {
    return [JSON.parse(line) as Line];
  } catch {
    return [];
  }
};
