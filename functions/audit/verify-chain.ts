import type { Row } from "#functions/runtime/table.ts";
import { type Instant, minutes } from "#functions/values/clock.ts";
import type { Chain } from "./audit.ts";
import { headOf, isAtItsPlace, sealOf } from "./seal.store.ts";
import { beforeAll, digestOf, type Head, hashOf, type Seal, signedBytes, type Verify } from "./seal.ts";

/** All that lies there of one chain. */
export type ChainRows = {
  readonly chain: Chain;
  readonly head: Row | undefined;
  /** By number. */
  readonly seals: readonly Row[];
  readonly records: readonly Row[];
};

export type Problem = {
  readonly chain: Chain;
  readonly problem: string;
  /** The sort key of the record or seal. */
  readonly id: string;
};

export type Verified = {
  readonly problems: readonly Problem[];
  readonly records: number;
  readonly seals: number;
  /** Written a moment ago: the sealer has yet to come. */
  readonly unsealed: number;
};

/** From when on a record that no seal holds is no longer new: it may be a function's 15 minutes late, and a clock off. */
const isNewFor = minutes(30);

/**
 * Whether anything was deleted, altered, reordered or put in between: every seal hangs on the one before it by its hash,
 * is signed, and names its records by their hashes; the head says where the chain ends.
 */
export const verifyChain = (rows: ChainRows, verify: Verify, now: Instant): Verified => {
  const problems: Problem[] = [];
  const tell: Tell = (problem, id) => void problems.push({ chain: rows.chain, problem, id });
  const seals = readSeals(rows, tell);
  checkLinks(seals, verify, tell);
  checkHead(rows.head, seals.at(-1), tell);
  const sealed = checkRecords(rows, seals, tell);
  const rest = rows.records.filter(({ sk }) => !sealed.has(sk));
  const isNew = ({ at }: Row) => Math.abs(Number(at) - now) < isNewFor;
  for (const record of rest) if (!isNew(record)) tell("record that was never sealed", record.sk);
  return { problems, records: rows.records.length, seals: seals.length, unsealed: rest.filter(isNew).length };
};

type Tell = (problem: string, id: string) => void;

const readSeals = ({ chain, seals }: ChainRows, tell: Tell): Seal[] =>
  seals.flatMap((row) => {
    const seal = attempt(() => sealOf(row));
    if (seal && seal.chain === chain && isAtItsPlace(row, seal)) return [seal];
    tell("seal altered", row.sk);
    return [];
  });

/** A sealer that began before a new key was deployed may still be at work. */
const handover = minutes(5);

const checkLinks = (seals: readonly Seal[], verify: Verify, tell: Tell): void => {
  let [number, previous] = [0, beforeAll];
  const follows = succession();
  for (const seal of seals) {
    const id = String(seal.number);
    if (seal.number !== number + 1) tell("seals missing before this one", id);
    else if (seal.previous !== previous) tell("seal that does not follow the one before", id);
    const wrong = follows(verify(signedBytes(seal), seal.signature), seal.at);
    if (wrong) tell(wrong, id);
    [number, previous] = [seal.number, hashOf(seal)];
  }
};

/** Whoever gets hold of a former key must not go on with it. */
const succession = () => {
  let [current, since] = [Number.POSITIVE_INFINITY, 0];
  return (by: number | undefined, at: Instant): string | undefined => {
    if (by === undefined) return "seal with a wrong signature";
    if (by < current) [current, since] = [by, at];
    return by === current || at <= since + handover ? undefined : "seal by a key that had been replaced";
  };
};

const checkHead = (row: Row | undefined, last: Seal | undefined, tell: Tell): void => {
  const head: Head | undefined = row && attempt(() => headOf(row));
  if (!row && !last) return;
  const ends = head && last && head.number === last.number && head.hash === hashOf(last);
  if (!ends) tell("head that is not the last seal: seals were cut off or added", String(head?.number ?? 0));
};

const checkRecords = ({ records }: ChainRows, seals: readonly Seal[], tell: Tell): Set<string> => {
  const rows = new Map(records.map((row) => [row.sk, row]));
  const sealed = new Set<string>();
  for (const { sk, digest } of seals.flatMap((seal) => seal.records)) {
    const row = rows.get(sk);
    if (sealed.has(sk)) tell("record sealed twice", sk);
    else if (!row) tell("record missing", sk);
    else if (digestOf(row) !== digest) tell("record altered", sk);
    sealed.add(sk);
  }
  return sealed;
};

const attempt = <Value>(read: () => Value): Value | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
