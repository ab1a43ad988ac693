/** Wrong use of the command line: answered with how it is used. */
export class Mistake extends Error {
  override readonly name = "Mistake";
}

export const flagsOf = {
  stage: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  out: { type: "string" },
  store: { type: "string" },
  role: { type: "string" },
  principal: { type: "string" },
  scopes: { type: "string" },
  cidrs: { type: "string" },
  expires: { type: "string" },
  key: { type: "string" },
  customer: { type: "string" },
  host: { type: "string" },
  endpoint: { type: "string" },
  url: { type: "string" },
  reason: { type: "string" },
  all: { type: "boolean" },
  full: { type: "boolean" },
  granted: { type: "boolean" },
  "dry-run": { type: "boolean" },
  help: { type: "boolean" },
} as const;

type Switch = "help" | "all" | "full" | "granted" | "dry-run";
export type Text = Exclude<keyof typeof flagsOf, Switch>;
export type Flags = { readonly [Name in Text]?: string | undefined } & {
  readonly [Name in Switch]?: boolean | undefined;
};

export type ReadFile = (path: string) => Promise<unknown>;
type Demand = (flag: Text) => string;

export type Command = {
  /** Its flags, and what to know of it; a line each. It takes no flag but those that stand here. */
  readonly usage: readonly string[];
  /** What the function gets beside the command's name. */
  readonly make: (demand: Demand, flags: Flags, read: ReadFile) => object | Promise<object>;
  /** Which function knows it: what touches money and orders by itself is no business of the operator's. */
  readonly by?: string;
  /** Changes nothing, so there is nothing to try first: every other command takes `--dry-run`. */
  readonly looks?: true;
  /** Takes calls of AWS that no function may make: done from here, with the credentials of whoever runs it. */
  readonly own?: true;
};
