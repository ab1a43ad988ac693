import type { Call } from "./call.ts";
import { missingResource } from "./failure.ts";
import type { Intent } from "./objects.ts";

export const intentOf = (call: Call, id: string): Intent => {
  const intent = call.state.get("intent", id);
  if (intent?.owner !== call.owner) throw missingResource("payment_intent", id, "intent", 404);
  return intent;
};
