import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createAgenda, type Due } from "./agenda.ts";
import type { Kind, Records } from "./objects.ts";

export type State = {
  get<K extends Kind>(kind: K, id: string): Records[K] | undefined;
  put<K extends Kind>(kind: K, value: Records[K]): void;
  all<K extends Kind>(kind: K): Records[K][];
  /** What changes by itself next. */
  due(): Due | undefined;
  /** Ids of events that no endpoint has taken yet, oldest first. */
  undelivered(): string[];
  /** Writes what was put since as one piece: a killed process leaves an effect with its answer, or neither. */
  flush(): void;
  /** An id of Stripe's look, unlike any before it in this state. */
  newId(prefix: string): { id: string; sequence: number };
};

type Maps = { [K in Kind]: Map<string, Records[K]> };

/** In memory; with a file, every change is a line of it and the next start reads them all. */
export const createState = (dataFile?: string): State => {
  const records: Maps = {
    intent: new Map(),
    refund: new Map(),
    dispute: new Map(),
    token: new Map(),
    movement: new Map(),
    event: new Map(),
    answer: new Map(),
  };
  const agenda = createAgenda();
  const undelivered = new Set<string>();
  let sequence = 0;
  let unwritten = "";
  const keep = <K extends Kind>(kind: K, value: Records[K]) => {
    (records[kind] as Map<string, Records[K]>).set(value.id, frozen(value));
    agenda.note(kind, value);
    if ("undelivered" in value) undelivered[value.undelivered ? "add" : "delete"](value.id);
  };
  for (const { kind, value, count } of dataFile ? linesOf(dataFile) : []) {
    keep(kind, value);
    sequence = Math.max(sequence, count);
  }
  return {
    get: (kind, id) => records[kind].get(id),
    put: (kind, value) => {
      if (dataFile) unwritten += `${JSON.stringify({ kind, value, count: sequence })}\n`;
      keep(kind, value);
    },
    due: agenda.first,
    undelivered: () => [...undelivered],
    flush: () => {
      if (dataFile && unwritten) appendFileSync(dataFile, unwritten);
      unwritten = "";
    },
    all: (kind) => [...records[kind].values()],
    newId: (prefix) => {
      sequence += 1;
      const hash = createHash("sha256").update(`${prefix}${sequence}`).digest("hex");
      return { id: `${prefix}_${hash.slice(0, 24)}`, sequence };
    },
  };
};

/** What is kept is shared with whoever reads it: a copy for each would be most of the time that this takes. */
const frozen = <T>(value: T): T => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
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
