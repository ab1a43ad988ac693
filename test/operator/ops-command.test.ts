import { expect, test } from "vitest";
import { commandFrom, functionFor, usageFor } from "#infra/ops-command.ts";

const files = async (path: string) => ({ from: path });

test("each command line becomes the function's command", async () => {
  const made = await Promise.all([
    commandFrom(["create-store"], { from: "store.json" }, files),
    commandFrom(
      ["issue-key"],
      { store: "s", role: "agent", principal: "p", scopes: "a, b", expires: "2027-01-31T00:00:00Z" },
      files,
    ),
    commandFrom(["revoke-key"], { key: "k" }, files),
    commandFrom(["revoke-principal"], { store: "s", principal: "p" }, files),
    commandFrom(["rotate-pepper"], { reason: "yearly" }, files),
    commandFrom(["verify-domain"], { store: "s", host: "h" }, files),
    commandFrom(["verify-endpoint"], { store: "s", endpoint: "e", url: "u", reason: "r" }, files),
    commandFrom(["show-store"], { store: "s" }, files),
  ]);
  expect(made).toEqual([
    { command: "create-store", store: { from: "store.json" } },
    {
      command: "issue-key",
      storeId: "s",
      role: "agent",
      principal: "p",
      scopes: ["a", "b"],
      expiresAt: "2027-01-31T00:00:00Z",
    },
    { command: "revoke-key", keyId: "k" },
    { command: "revoke-principal", storeId: "s", principalId: "p" },
    { command: "rotate-pepper", reason: "yearly" },
    { command: "verify-domain", storeId: "s", host: "h" },
    { command: "verify-endpoint", storeId: "s", endpointId: "e", url: "u", reason: "r" },
    { command: "show-store", storeId: "s" },
  ]);
});

test("whose tokens is said in so many words, and why", async () => {
  const kill = (flags: object) => commandFrom(["kill-tokens"], flags, files);
  expect(await kill({ all: true, reason: "r" })).toEqual({
    command: "kill-tokens",
    stores: "all",
    reason: "r",
  });
  expect(await kill({ store: "s", reason: "r" })).toMatchObject({ stores: "s" });
  await expect(kill({ reason: "r" })).rejects.toThrow("kill-tokens wants --store");
  await expect(kill({ store: "s" })).rejects.toThrow("kill-tokens wants --reason");
  await expect(kill({ store: "s", all: true, reason: "r" })).rejects.toThrow("either --store or --all");
});

test("reconciles by the function that may, once more or in full, or only as if", async () => {
  expect(await commandFrom(["reconcile"], {}, files)).toEqual({
    command: "reconcile",
    scope: "recent",
  });
  expect(await commandFrom(["reconcile"], { store: "s", full: true, "dry-run": true }, files)).toEqual({
    command: "reconcile",
    scope: "full",
    dryRun: true,
    storeId: "s",
  });
  expect([functionFor(["reconcile"]), functionFor(["show-store"])]).toEqual(["reconcile-books", "operator"]);
});

test("asks whose data a key was shown, or anybody in a time, and never without either", async () => {
  const affected = (flags: object) => commandFrom(["affected"], flags, files);
  expect(await affected({ key: "k" })).toEqual({ command: "affected", keyId: "k" });
  expect(await affected({ from: "a", to: "b", store: "s" })).toEqual({
    command: "affected",
    from: "a",
    to: "b",
    storeId: "s",
  });
  await expect(affected({ from: "a" })).rejects.toThrow("affected wants --to");
});

test("names a person by id or by a file, never by an address on the command line", async () => {
  const person = async () => ({ email: "ada@canary.example" });
  const asked = { command: "erase-customer", storeId: "s", reason: "r" };
  const erase = (flags: object, read: (path: string) => Promise<unknown> = person) =>
    commandFrom(["erase-customer"], { store: "s", reason: "r", ...flags }, read);
  expect(await erase({ customer: "c" })).toEqual({ ...asked, customerId: "c" });
  expect(await erase({ from: "person.json" })).toEqual({ ...asked, email: "ada@canary.example" });
  await expect(erase({})).rejects.toThrow("either --customer or --from");
  await expect(erase({ from: "person.json" }, files)).rejects.toThrow("holds");
  expect(functionFor(["export-customer"])).toBe("customer");
});

test("asks for a dry run of what changes something, and of nothing else", async () => {
  const asked = await commandFrom(["revoke-key"], { key: "k", "dry-run": true }, files);
  expect(asked).toEqual({ command: "revoke-key", keyId: "k", dryRun: true });
  await expect(commandFrom(["show-store"], { store: "s", "dry-run": true }, files)).rejects.toThrow(
    "show-store takes no --dry-run: it changes nothing",
  );
});

test("takes no flag that a command does not know, whatever other commands do", async () => {
  const refused = (name: string, flags: object) =>
    expect(commandFrom([name], { reason: "r", ...flags }, files)).rejects;
  await refused("kill-tokens", { all: true, full: true }).toThrow("kill-tokens takes no --full");
  await refused("revoke-key", { key: "k" }).toThrow("revoke-key takes no --reason");
  await refused("open-traffic", {}).toThrow("open-traffic takes no --reason");
});

test("tells how one command is used, or all of them", () => {
  expect(usageFor(["revoke-key"])).toContain("revoke-key         --key <key id> [--dry-run]\n");
  expect(usageFor(["revoke-key"])).not.toContain("kill-tokens");
  expect(usageFor([])).toContain("kill-tokens");
});

test("says which command or flag is missing or too many", async () => {
  await expect(commandFrom(["toString"], {}, files)).rejects.toThrow("there is no command toString");
  await expect(commandFrom(["issue-key"], { store: "s" }, files)).rejects.toThrow("issue-key wants --role");
  await expect(commandFrom(["show-store", "s"], {}, files)).rejects.toThrow("takes flags only, got s");
});
