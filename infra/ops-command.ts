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
  help: { type: "boolean" },
} as const;

export type Flags = { readonly [Name in Exclude<keyof typeof flagsOf, "help">]?: string | undefined };

export const usage = `npm run ops -- <command> [--stage local|emulated|dev|prod]

  create-store  --from store.json
  issue-key     --store store_… --role agent|integration|admin --principal <name or prn_…>
                [--scopes products:read,orders:read] [--expires 2027-01-31T00:00:00Z]
  revoke-key    --key <key id>
  verify-domain --store store_… --host shop.example.com
  show-store    --store store_…

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

type Demand = (flag: keyof Flags) => string;
type Make = (demand: Demand, flags: Flags, read: ReadFile) => object | Promise<object>;

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
  "show-store": (demand) => ({ storeId: demand("store") }),
};

const demanded = (command: string, flags: Flags, flag: keyof Flags): string => {
  const value = flags[flag];
  if (value === undefined || value === "") throw new Mistake(`${command} wants --${flag}`);
  return value;
};
