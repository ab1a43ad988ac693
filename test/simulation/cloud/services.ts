import type { EventEnvelope } from "#events/define-event.ts";
import type { BusEvent } from "#functions/outbox/other-bus.ts";
import type { Envelope, StoreSeal } from "#functions/privacy/envelope.ts";
import type { KeyWrapper, StoreKeyOf } from "#functions/privacy/store-keys.ts";
import type { MemoryTable } from "#functions/runtime/memory-table.ts";
import type { Counted } from "#functions/runtime/metrics.ts";
import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import type { Message } from "#functions/runtime/queue.client.ts";
import type { Query, Row, Table, TableName } from "#functions/runtime/table.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import type { FakeStripe } from "../../fakes/stripe.ts";
import type { Process } from "../engine/process.ts";
import type { Ended } from "./state-machine.ts";

export type Sealing = { envelope: Envelope; seal: StoreSeal; keyWrapper: KeyWrapper };

/** What lies outside every process: it fails by itself never, only the ways to it do. */
export type Services = {
  readonly table: MemoryTable;
  /** The rows as an index may still show them: as they were a moment ago. */
  stale(table: TableName, query: Query): Row[];
  /** A process that works for one store reaches for this row. */
  touched(storeId: string, where: string): void;
  readonly stripe: FakeStripe;
  /** A process begins to charge. */
  charging(storeId: string): void;
  /** Whether Stripe answers nobody at the moment. */
  stripeIsAway(): boolean;
  /** After each call to Stripe that may have changed something. */
  readonly stripeCalled: () => void;
  /** By how much limits are wider than they are written, or tighter. */
  readonly limitFactor: number;
  secret(arn: string): string;
  sealing(on: { table: Table; random: RandomBytes; storeKeyOf: StoreKeyOf }): Sealing;
  put(events: readonly EventEnvelope[]): void;
  send(queueUrl: string, messages: readonly Message[]): void;
  startRun(workflow: string, input: unknown): Promise<Ended>;
  dial(request: DialRequest): DialResult | Promise<DialResult>;
  putOnBus(busArn: string, event: BusEvent): string | undefined;
  /** A process begins to speak to somebody; what it answers is called once that is over. */
  spoken(url: string, by: Process): () => void;
  /** The TXT records of a name. */
  records(name: string): readonly string[];
  counted(name: Counted): void;
};
