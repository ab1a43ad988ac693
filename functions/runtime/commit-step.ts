import { type Done, done, type Held, held } from "#functions/values/outcome.ts";
import { ConditionFailed, type Table, tryCommit, type Write } from "./table.ts";

/**
 * The end of a workflow step: its writes are in, or another run was faster and this one has nothing more to do.
 * The first write is the fence that tells so; where it would have held, what else was refused is a fault of ours.
 */
export const commitStep = async <Ids extends object>(
  table: Pick<Table, "commit">,
  ids: Ids,
  writes: readonly Write[],
): Promise<Done<Ids> | (Held & Ids)> => {
  const lost = await tryCommit(table, writes);
  const [fence] = writes;
  if (lost.length > 0 && fence && !lost.includes(fence)) throw new ConditionFailed(lost);
  return lost.length === 0 ? done(ids) : notOurs(ids);
};

export const notOurs = <Ids extends object>(ids: Ids): Held & Ids => held(ids, "another_run_was_faster");

/** Whether the row is still in the hands of the run that this step belongs to. */
export const isOurs = <Row extends { epoch: number; status: string }, Status extends Row["status"]>(
  row: Row | undefined,
  step: { epoch: number },
  ...statuses: readonly Status[]
): row is Row & { status: Status } =>
  row !== undefined && row.epoch === step.epoch && (statuses as readonly string[]).includes(row.status);
