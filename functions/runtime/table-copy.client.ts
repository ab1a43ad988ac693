import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { ClientOf } from "./platform.ts";
import { tableAt } from "./table.client.ts";
import type { CopyOf } from "./table.ts";
import { type NameOf, namesIn, newClient, pageOf, persistent } from "./table-connection.client.ts";

/** Copies in DynamoDB. */
export const tableCopyClient: ClientOf<CopyOf> = ({ environment }) => {
  const client = newClient();
  const live = namesIn(environment);
  return (ending) => {
    const nameOf: NameOf = (table) => `${live(table)}${ending}`;
    return {
      ...tableAt(client, nameOf),
      scan: (table, { limit, after }) =>
        persistent(true, async () =>
          pageOf(
            await client.send(
              new ScanCommand({
                TableName: nameOf(table),
                Limit: limit,
                ExclusiveStartKey: after && marshall(after),
                ConsistentRead: true,
              }),
            ),
          ),
        ),
    };
  };
};
