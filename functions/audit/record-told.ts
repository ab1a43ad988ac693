import type { Write } from "#functions/runtime/table.ts";
import type { OrderId } from "#functions/values/id.ts";
import { recordedAct } from "./audit.store.ts";
import type { Actor, AuditRecord } from "./audit.ts";

type Told = Required<Pick<AuditRecord, "storeId" | "at" | "decidedBy" | "about">> & {
  readonly orderId: OrderId;
  /** Whose right it is by. */
  readonly by: Omit<Actor, "role">;
};

/** The service tells somebody outside who bought, `about` says whom: written before it is sent, or nothing is. */
export const toldOnRecord = ({ orderId, by, ...told }: Told): Write =>
  recordedAct({
    ...told,
    action: "customer.told",
    actor: { role: "service", ...by },
    subjects: [orderId],
  });
