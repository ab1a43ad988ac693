/**
 * A service that we stand on does not answer, or says that it can't: the caller is told to come again. What was being
 * written may or may not be there; the same request again finds out.
 */
export class Unavailable extends Error {
  override readonly name: string = "Unavailable";
}

const lostConnection = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENOTFOUND",
]);

/** No answer, or one that says the service is at fault (the SDK's `$fault`). */
export const isUnanswered = (error: unknown): boolean => {
  const { name = "", code = "", $fault } = error as { name?: string; code?: string; $fault?: string };
  return lostConnection.has(code) || $fault === "server" || name === "TimeoutError";
};

/** Runs a call to a service; `also` names errors by which it says the same. */
export const orUnavailable = async <Result>(
  call: () => Promise<Result>,
  also: ReadonlySet<string>,
): Promise<Result> => {
  try {
    return await call();
  } catch (error) {
    const { name = "" } = error as { name?: string };
    if (!isUnanswered(error) && !also.has(name)) throw error;
    throw new Unavailable("a service does not answer", { cause: error });
  }
};
