import { describe, expect, it } from "vitest";
import { accessCommands, pepperCommands } from "#functions/access/commands.ts";
import { storeKeyCommands } from "#functions/customer/commands.ts";
import { domainCommands } from "#functions/domain/commands.ts";
import { paymentCommands, stripeCommands } from "#functions/payment/commands.ts";
import { privacyCommands } from "#functions/privacy/commands.ts";
import { TableBusy } from "#functions/runtime/table.ts";
import { storeCommands } from "#functions/store/commands.ts";
import { webhookCommands } from "#functions/webhook/commands.ts";
import { back, commands } from "./asks.ts";
import { opened } from "./house.ts";

type Opened = Awaited<ReturnType<typeof opened>>;

const asked = async (at: Opened, name: string): Promise<string> => {
  const [before, ask, action] = name in back ? (back[name] ?? []) : [undefined, ...(commands[name] ?? [])];
  if (before !== undefined) await at.house.ask({ command: before, ...ask?.(at) });
  expect(await at.house.ask({ command: name, ...ask?.(at) })).toHaveProperty("done");
  return action ?? "";
};

const done = ({ house }: Opened, action: string) =>
  house.on.table.rows("audit").filter((row) => row["action"] === action);

describe("what the operator has done", () => {
  const all = {
    ...{ ...storeCommands, ...domainCommands, ...accessCommands, ...paymentCommands, ...webhookCommands },
    ...{ ...pepperCommands, ...storeKeyCommands, ...privacyCommands, ...stripeCommands },
  };

  it("is looked at whole", () => {
    expect([...Object.keys(commands), ...Object.keys(back)].sort()).toEqual(Object.keys(all).sort());
  });

  it.each(Object.keys(all))("is on record: %s", async (name) => {
    const at = await opened();
    const action = await asked(at, name);
    expect(done(at, action)).not.toEqual([]);
  });

  it.each(Object.keys(all))("is not done where its record can't be written: %s", async (name) => {
    const at = await opened();
    const { house } = at;
    const [before, ask] = name in back ? (back[name] ?? []) : [undefined, ...(commands[name] ?? [])];
    if (before !== undefined) await house.ask({ command: before, ...ask?.(at) });
    const asking = { command: name, ...ask?.(at) };
    const stood = house.holds();
    const { commit } = house.on.table;
    house.on.table.commit = async (writes) => {
      if (writes.some(({ table }) => table === "audit")) throw new TableBusy("the audit is away");
      await commit(writes);
    };
    const answer = await house.ask(asking).catch((fault) => ({ fault: String(fault) }));
    expect(answer).not.toHaveProperty("done");
    expect(house.holds()).toEqual(stood);
  });
});
