/** Wrong use of the command line: answered with how it is used. */
export class Mistake extends Error {
  override readonly name = "Mistake";
}

export const flagsOf = {
  stage: { type: "string" },
  from: { type: "string" },
  store: { type: "string" },
  role: { type: "string" },
  principal: { type: "string" },
  scopes: { type: "string" },
  expires: { type: "string" },
  key: { type: "string" },
  host: { type: "string" },
  reason: { type: "string" },
  all: { type: "boolean" },
  full: { type: "boolean" },
  "dry-run": { type: "boolean" },
  help: { type: "boolean" },
} as const;

type Switch = "help" | "all" | "full" | "dry-run";
type Text = Exclude<keyof typeof flagsOf, Switch>;
export type Flags = { readonly [Name in Text]?: string | undefined } & {
  readonly [Name in Switch]?: boolean | undefined;
};

export const usage = `npm run ops -- <command> [--stage local|emulated|dev|prod]

  create-store  --from store.json
  issue-key     --store store_… --role agent|integration|fulfillment|admin|auditor|support --principal <name or prn_…>
                [--scopes products:read,orders:read] [--expires 2027-01-31T00:00:00Z]
  revoke-key    --key <key id>
  verify-domain --store store_… --host shop.example.com
  kill-tokens   --store store_… | --all  --reason "…"
                no charge starts with them once it says that it is done; goes on after Ctrl-C when it is run again
  accept-tokens --store store_… | --all  --reason "…"
  show-store    --store store_…
  reconcile     [--store store_…] [--full] [--dry-run]
                compares our books with Stripe's and with each other, and lists what no move mends

Prints the function's answer as JSON. Keys are shown once.
`;

type ReadFile = (path: string) => Promise<unknown>;

/** The function's command; what is in it is the function's to judge. */
export const commandFrom = async (
  [name = "", ...more]: readonly string[],
  flags: Flags,
  read: ReadFile,
): Promise<object> => {
  const make = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!make) throw new Mistake(`there is no command ${name}`);
  if (more.length > 0) throw new Mistake(`${name} takes flags only, got ${more.join(" ")}`);
  return { command: name, ...(await make((flag) => demanded(name, flags, flag), flags, read)) };
};

type Demand = (flag: Text) => string;
type Make = (demand: Demand, flags: Flags, read: ReadFile) => object | Promise<object>;

/** One store or all, said in so many words. */
const whose: Make = (demand, { all, store }) => {
  if (all && store !== undefined) throw new Mistake("either --store or --all");
  return { stores: all ? "all" : demand("store"), reason: demand("reason") };
};

const commands: Readonly<Record<string, Make | undefined>> = {
  "create-store": async (demand, _, read) => ({ store: await read(demand("from")) }),
  "issue-key": (demand, { scopes, expires }) => ({
    storeId: demand("store"),
    role: demand("role"),
    principal: demand("principal"),
    ...(scopes !== undefined && { scopes: scopes.split(",").map((scope) => scope.trim()) }),
    ...(expires !== undefined && { expiresAt: expires }),
  }),
  "revoke-key": (demand) => ({ keyId: demand("key") }),
  "verify-domain": (demand) => ({ storeId: demand("store"), host: demand("host") }),
  "kill-tokens": whose,
  "accept-tokens": whose,
  "show-store": (demand) => ({ storeId: demand("store") }),
  reconcile: (_, { store, full = false, "dry-run": dryRun = false }) => ({
    scope: full ? "full" : "recent",
    dryRun,
    ...(store !== undefined && { storeId: store }),
  }),
};

/** Which function knows the command: those that touch money and orders are no business of the operator's. */
export const functionFor = ([name = ""]: readonly string[]): string =>
  name === "reconcile" ? "reconcile-books" : "operator";

const demanded = (command: string, flags: Flags, flag: Text): string => {
  const value = flags[flag];
  if (value === undefined || value === "") throw new Mistake(`${command} wants --${flag}`);
  return value;
};
