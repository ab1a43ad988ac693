import { aliveThroughout, deadAtOnce, noChargeAfterKill } from "./access.ts";
import { chained, recordedReads, recordedShop } from "./audited.ts";
import { believed } from "./believed.ts";
import { brakedForFree } from "./braked.ts";
import { decidedFirst, fenced, knownFirst, leasedWork, storeFirst, storeTook } from "./decided.ts";
import { declared, ends } from "./declared.ts";
import { converges, everyoneHears, latestSnapshot, sameBytes } from "./delivered.ts";
import { disputesKnown } from "./disputes-known.ts";
import { exactStock } from "./exact-stock.ts";
import { acknowledged, failClosed, sealedAlways, writtenFirst } from "./fail-closed.ts";
import { fed } from "./fed.ts";
import { neverReadPast } from "./followed.ts";
import { forgotten } from "./forgotten.ts";
import { createdOnce, idempotent } from "./idempotent.ts";
import type { Invariant } from "./invariant.ts";
import { isolated } from "./isolated.ts";
import { legalMoves } from "./legal-moves.ts";
import { linearKeys, linearStock } from "./linear.ts";
import { lively } from "./lively.ts";
import {
  capturedAmount,
  conserved,
  noHoldLeft,
  noOrphan,
  oneCapture,
  paidMeansCaptured,
  refundedOnce,
  reservedWithin,
  shipsPaid,
} from "./money.ts";
import { oneEvent } from "./one-event.ts";
import { atItsPace, drained, leftAlone } from "./paced.ts";
import { prompt } from "./prompt.ts";
import { resent } from "./resent.ts";
import { listsVerified, verifiedOnly } from "./sells.ts";
import { sentOnce, toldOnce } from "./sent.ts";
import { askedAgain, fresh, inTime } from "./timely.ts";
import { followedBack, madeOnce, shopForgets, shopTold } from "./told.ts";
import { recordedTelling, toldAsAllowed } from "./told-customers.ts";

export const invariants: readonly Invariant[] = [
  oneCapture,
  capturedAmount,
  noOrphan,
  noHoldLeft,
  paidMeansCaptured,
  conserved,
  disputesKnown,
  shipsPaid,
  sentOnce,
  toldOnce,
  decidedFirst,
  storeFirst,
  storeTook,
  knownFirst,
  leasedWork,
  fenced,
  oneEvent,
  neverReadPast,
  everyoneHears,
  sameBytes,
  prompt,
  atItsPace,
  leftAlone,
  drained,
  resent,
  shopTold,
  shopForgets,
  madeOnce,
  followedBack,
  believed,
  fed,
  converges,
  latestSnapshot,
  idempotent,
  createdOnce,
  linearKeys,
  isolated,
  legalMoves,
  refundedOnce,
  reservedWithin,
  exactStock,
  linearStock,
  brakedForFree,
  deadAtOnce,
  noChargeAfterKill,
  verifiedOnly,
  listsVerified,
  lively,
  aliveThroughout,
  inTime,
  askedAgain,
  fresh,
  failClosed,
  acknowledged,
  sealedAlways,
  declared,
  ends,
  forgotten,
  toldAsAllowed,
  writtenFirst,
  chained,
  recordedReads,
  recordedShop,
  recordedTelling,
];
