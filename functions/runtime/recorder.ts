import type { Caller } from "#functions/values/caller.ts";
import type { Answer, RequestFacts, Route, Routes } from "./route.ts";

/** Who asked for what, and, once it was done, what is about to be answered. */
export type Asked = {
  readonly route: Route;
  readonly caller: Caller;
  readonly params: unknown;
  readonly request: RequestFacts;
};

/** Puts requests on record, whichever must be; what it throws is answered instead, so nothing is shown unrecorded. */
export type Recorder = {
  before(asked: Asked): Promise<void>;
  after(asked: Asked, answer: Answer): Promise<void>;
};

/** A mistake that shows when the function is made, not when somebody looks for the record. */
export const refuseUnrecorded = (routes: Routes): void => {
  const [forgotten] = Object.values(routes).filter(({ recorded }) => recorded);
  if (forgotten) throw new Error(`${forgotten.path} is to be recorded, and nobody records it`);
};

export const recorded = async (
  recorder: Recorder | undefined,
  { route, caller, params, request }: Omit<Asked, "caller"> & { readonly caller: Caller | undefined },
  answered: () => Promise<Answer>,
): Promise<Answer> => {
  if (!recorder || !caller) return answered();
  const asked = { route, caller, params, request };
  await recorder.before(asked);
  const answer = await answered();
  await recorder.after(asked, answer);
  return answer;
};
