import type { Log, LogFields } from "./logger.ts";

/**
 * Logs the fault where it is handled and gives what may leave the function: Lambda logs and hands on whatever is
 * thrown, and messages of foreign errors may quote their input.
 */
export const loggedFault = (log: Log, message: string, error: unknown, fields: LogFields = {}): Error => {
  log.error(message, error, fields);
  const fault = new Error(message);
  fault.name = error instanceof Error ? error.name : "Error";
  fault.stack = `${fault.name}: ${message}`;
  return fault;
};
