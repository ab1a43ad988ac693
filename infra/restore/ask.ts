import type { Done } from "../ops-answer.ts";
import { invoke, untilDone } from "../ops-invoke.ts";
import type { Call } from "./calls.ts";

type Asked = { readonly FunctionName: string; readonly Payload: object };

/** A command goes on until it is done; without one the function is called as its schedule does. */
export const askFunction = async ({ input }: Call, more: object = {}): Promise<Done & { count?: number }> => {
  const { FunctionName, Payload } = input as Asked;
  const sent = { ...Payload, ...more };
  if (!("command" in sent)) return (await invoke(FunctionName, sent)) as { count?: number };
  const { done, refused } = await untilDone(FunctionName, { command: sent, write: async () => undefined });
  if (done) return done;
  throw new Error(`${FunctionName} refused (${refused?.code}): ${refused?.text}`);
};
