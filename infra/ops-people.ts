import { type Command, Mistake } from "./ops-flags.ts";

/** An e-mail address never stands on a command line: shells remember those. */
const whom: Command["make"] = async (demand, { customer, from }, read) => {
  if ((customer === undefined) === (from === undefined)) throw new Mistake("either --customer or --from");
  const named = from === undefined ? { customerId: customer } : emailIn(await read(from));
  return { storeId: demand("store"), ...named, reason: demand("reason") };
};

const emailIn = (file: unknown): object => {
  const { email } = (file ?? {}) as { email?: unknown };
  if (typeof email !== "string") throw new Mistake('--from wants a file that holds {"email": "…"}');
  return { email };
};

const flags = '--store store_… --customer cust_… | --from person.json  --reason "…"';

/** For people whose store is suspended or closed: whoever has its keys asks its API. */
export const peopleCommands: Readonly<Record<string, Command>> = {
  "export-customer": {
    usage: [flags, 'all that is held on a person; the file, or a pipe as /dev/stdin, holds {"email": "…"}'],
    make: whom,
    by: "customer",
  },
  "erase-customer": {
    usage: [flags, "forgets a person; what is under way is waited for, and taken up by itself"],
    make: whom,
    by: "customer",
  },
};
