import { AwsError, type JsonObject } from "./aws.ts";

/** An item that a transaction touches: table and key, as text. */
type ItemKey = string;

/**
 * The engine runs one request after the other and so never answers `TransactionConflict`, which AWS does when an
 * item is part of another transaction under way. Here "under way" is from a request's arrival to its answer.
 */
export const startConflicts = (keyNames: (table: string) => readonly string[]) => {
  const busy = new Set<ItemKey>();
  const keyOf = (table: unknown, attributes: unknown): ItemKey => {
    const row = attributes as JsonObject;
    return JSON.stringify([table, ...keyNames(String(table)).map((name) => row[name])]);
  };
  return async <Result>(action: string, body: JsonObject, run: () => Promise<Result>): Promise<Result> => {
    const keys = keysOf(action, body, keyOf);
    if (keys.some((key) => busy.has(key))) throw conflict(action, keys, busy);
    return action === "TransactWriteItems" ? holding(busy, keys, run) : run();
  };
};

const holding = async <Result>(busy: Set<ItemKey>, keys: readonly ItemKey[], run: () => Promise<Result>) => {
  for (const key of keys) busy.add(key);
  return run().finally(() => {
    for (const key of keys) busy.delete(key);
  });
};

type KeyOf = (table: unknown, attributes: unknown) => ItemKey;

const keysOf = (action: string, body: JsonObject, keyOf: KeyOf): readonly ItemKey[] => {
  if (action === "PutItem") return [keyOf(body["TableName"], body["Item"])];
  if (action === "UpdateItem" || action === "DeleteItem") return [keyOf(body["TableName"], body["Key"])];
  if (action !== "TransactWriteItems" && action !== "TransactGetItems") return [];
  return (body["TransactItems"] as JsonObject[]).map((each) => {
    const [write] = Object.values(each) as JsonObject[];
    return keyOf(write?.["TableName"], write?.["Item"] ?? write?.["Key"]);
  });
};

const conflict = (action: string, keys: readonly ItemKey[], busy: ReadonlySet<ItemKey>): AwsError => {
  const message = "Transaction is ongoing for the item";
  if (!action.startsWith("Transact")) return new AwsError("TransactionConflictException", message);
  const reasons: JsonObject[] = keys.map(
    (key): JsonObject =>
      busy.has(key) ? { Code: "TransactionConflict", Message: message } : { Code: "None" },
  );
  const codes = reasons.map((each) => each["Code"]).join(", ");
  return new AwsError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
};
