import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Template } from "#infra/local/template.ts";

/** What the templates say of functions and machines, as far as it is billed. */
export type Deployed = {
  /** `payment/authorize-payment` → its memory. */
  gigabytesOf(handler: string): number;
  /** Physical names. */
  readonly machines: ReadonlySet<string>;
};

export const readDeployed = (assembly: string): Deployed => {
  const resources = readdirSync(assembly)
    .filter((name) => name.endsWith(".template.json"))
    .map((name) => JSON.parse(readFileSync(join(assembly, name), "utf8")) as Template)
    .flatMap((template) => Object.values(template.Resources ?? {}));
  const ofType = (type: string) => resources.filter((each) => each.Type === type);
  const megabytes = new Map(
    ofType("AWS::Lambda::Function").map(({ Metadata, Properties }) => [
      String(Metadata?.["entry"]).replace(/^functions\/(.*)\.handler\.ts$/, "$1"),
      Number(Properties?.["MemorySize"] ?? 128),
    ]),
  );
  return {
    machines: new Set(
      ofType("AWS::StepFunctions::StateMachine").map((each) => String(each.Properties?.["StateMachineName"])),
    ),
    gigabytesOf: (handler) => {
      const found = megabytes.get(handler);
      if (found === undefined) throw new Error(`no template has a function ${handler}`);
      return found / 1_024;
    },
  };
};
