import type { Asked, Recorder } from "#functions/runtime/recorder.ts";
import type { Answer } from "#functions/runtime/route.ts";
import { plainly, type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { recordedAct } from "./audit.store.ts";
import { Action, type AuditRecord, actorOf, reasonIn } from "./audit.ts";

/**
 * Puts on record who is shown a person or the rules of access, before the answer is given, and whatever support does:
 * its looks with what they showed, its changes before they are made. A record that can't be written ends the request.
 */
export const recordRequest = (on: { table: Pick<Table, "commit">; now: Clock }): Recorder => {
  const write = async (asked: Asked, action: Action, answer?: Answer) => {
    // Refused: it is there already, by the id of this very request.
    await tryCommit(on.table, [plainly(recordedAct({ ...factsOf(asked, answer), action, at: on.now() }))]);
  };
  return {
    before: async (asked) => {
      const { route, request } = asked;
      if (route.recorded) reasonIn(request);
      if (isSupport(asked) && route.method !== "GET") await write(asked, "support.request");
    },
    after: async (asked, answer) => {
      const action = shown(asked);
      if (action) await write(asked, action, answer);
    },
  };
};

const isSupport = ({ caller }: Asked): boolean => caller.role === "support";

const shown = (asked: Asked): Action | undefined => {
  const { recorded, method } = asked.route;
  const { scopes } = asked.caller;
  if (recorded?.with === "answer" && (!recorded.ifScope || scopes.includes(recorded.ifScope)))
    return Action.parse(recorded.as);
  return isSupport(asked) && method === "GET" ? "support.request" : undefined;
};

const factsOf = ({ route, caller, params, request }: Asked, answer: Answer | undefined) => {
  const subjects = subjectsIn([params, answer?.body]);
  return {
    actor: actorOf(caller, request),
    storeId: caller.storeId,
    reason: reasonIn(request),
    decidedBy: decidedBy({ route, caller }),
    about: { route: `${route.method} ${route.path}` },
    ...(subjects.length > 0 && { subjects }),
  };
};

const decidedBy = ({ route, caller }: Pick<Asked, "route" | "caller">): AuditRecord["decidedBy"] => {
  const { ifScope } = route.recorded ?? {};
  if (ifScope && caller.scopes.includes(ifScope)) return ifScope;
  if (route.scope === "public") throw new Error("nobody is known on a public route");
  return route.scope;
};

/**
 * Orders that are named anywhere in what was asked and shown, and sessions that came to none. Customers are not: records
 * are for good, and a customer's id follows from an e-mail address.
 */
const subjectsIn = (value: unknown): string[] => {
  const named = new Set(JSON.stringify(value ?? null).match(/\b(?:ord|chk)_[0-9a-hjkmnp-tv-z]{26}\b/g));
  return [...named].filter((id) => !(id.startsWith("chk_") && named.has(id.replace("chk_", "ord_"))));
};
