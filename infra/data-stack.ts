import type { App } from "aws-cdk-lib";
import { Stack } from "aws-cdk-lib";
import { GatewayLogs } from "./gateway-logs.ts";
import { Keys } from "./keys.ts";
import { Secrets } from "./secret.ts";
import { prefixOf, type Stage } from "./stage.ts";
import { Table } from "./table.ts";

/** What every construct of the other two stacks gets. */
export type Service = { readonly stage: Stage; readonly data: DataStack };

/** What must survive: tables, keys, secrets. Everything in the other stacks can be made again. */
export class DataStack extends Stack {
  readonly keys: Keys;
  readonly secrets: Secrets;
  readonly access: Table;
  readonly commerce: Table;
  readonly outbox: Table;
  readonly webhooks: Table;
  readonly people: Table;
  readonly audit: Table;
  readonly erasures: Table;
  readonly seals: Table;

  constructor(app: App, on: { stage: Stage }) {
    const { stage } = on;
    super(app, `${prefixOf(stage)}-data`, { terminationProtection: stage.keep });
    this.keys = new Keys(this, { stage });
    this.secrets = new Secrets(this, { stage, key: this.keys.records });
    const key = this.keys.records;
    this.access = new Table(this, "access", { stage, key });
    this.commerce = new Table(this, "commerce", { stage, key });
    this.outbox = new Table(this, "outbox", { stage, key, stream: true });
    this.webhooks = new Table(this, "webhooks", { stage, key });
    // A person is erased by deleting a key from this table, so copies of it must not reach far back.
    this.people = new Table(this, "people", { stage, key: this.keys.people, recoveryDays: 1 });
    this.audit = new Table(this, "audit", { stage, key });
    // Never restored: what it says was erased is erased again in a restored copy of `people`.
    this.erasures = new Table(this, "erasures", { stage, key });
    // Apart from what they seal: who writes records can write no seal, and the sealer no record.
    this.seals = new Table(this, "seals", { stage, key });
    new GatewayLogs(this, { stage });
  }
}
