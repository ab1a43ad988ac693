import { Refusal } from "#functions/values/refusal.ts";

/** What is refused, and where. */
export const refusalOf = (act: () => unknown): { code: string; param: string | undefined } => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, param: error.param };
    throw error;
  }
  throw new Error("nothing was refused");
};
