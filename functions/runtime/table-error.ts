import type { Verdict } from "./retry.ts";
import type { Write } from "./table.ts";
import { isUnanswered } from "./unavailable.ts";

/** DynamoDB's errors by name, as the SDK throws them. What is not listed is a fault of ours. */
const verdicts: Readonly<Record<string, Verdict>> = {
  TransactionConflictException: "refused for now",
  ProvisionedThroughputExceededException: "refused for now",
  RequestLimitExceeded: "refused for now",
  ThrottlingException: "refused for now",
  ThrottlingError: "refused for now",
  TransactionInProgressException: "unsure",
  InternalServerError: "unsure",
  InternalServerErrorException: "unsure",
  ServiceUnavailable: "unsure",
  ServiceUnavailableException: "unsure",
};

const forNow = new Set(["TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"]);

export const verdictOn = (error: unknown): Verdict => {
  const { name = "" } = error as { name?: string };
  if (name === "TransactionCanceledException") return verdictOnCancel(error);
  if (isUnanswered(error)) return "unsure";
  return verdicts[name] ?? "never";
};

/** The writes whose condition did not hold: reasons come in the order of the writes. */
export const refusedWrites = (error: unknown, writes: readonly Write[]): readonly Write[] => {
  const reasons = reasonsOf(error);
  return writes.filter((_, index) => reasons[index] === "ConditionalCheckFailed");
};

const verdictOnCancel = (error: unknown): Verdict => {
  const reasons = reasonsOf(error).filter((reason) => reason !== "None");
  return reasons.length > 0 && reasons.every((reason) => forNow.has(reason)) ? "refused for now" : "never";
};

const reasonsOf = (error: unknown): readonly string[] => {
  const { CancellationReasons = [] } = error as { CancellationReasons?: readonly { Code?: string }[] };
  return CancellationReasons.map((reason) => reason.Code ?? "None");
};
