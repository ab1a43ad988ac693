import { describe, expect, test } from "vitest";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import { sweepers } from "./deployment.ts";
import { type Subject, subjects } from "./subjects.ts";

const books = "reconciliation/reconcile-books";

/** When each function was called, in minutes, and with what. */
const listen = (subject: Subject, answer: (path: string) => unknown = () => undefined) => {
  const calls: { path: string; event: unknown }[] = [];
  subject.run((path, event) => {
    calls.push({ path, event });
    return answer(path);
  });
  const of = (name: string) => calls.filter(({ path }) => path === name);
  return { of, count: (name: string) => of(name).length };
};

const everyKind = Object.entries(sweepers).flatMap(([name, { table, kinds }]) =>
  kinds.map((kind) => [name, kind, table] as const),
);

const day = 24 * 60;

/** Minute by minute: a schedule that was missed is not made up for. */
const passMinutes = async (subject: Subject, minutes: number) => {
  for (let passed = 0; passed < minutes; passed += 1) await subject.tick();
  await subject.pass(3);
};

describe.each(subjects())("the schedules of %s", (_, subjectOf) => {
  test.each(everyKind)(
    "call %s every minute for as long as a row of kind %s is due",
    async (name, kind, table) => {
      const subject = await subjectOf();
      const key = { pk: `due-${name}-${kind}`, sk: "row" };
      const put = (due: object) =>
        subject.ask(() => subject.clients.table.commit([{ table, key, change: { put: { n: 1, ...due } } }]));
      await put(dueAt(kind, key.pk, 0));
      const { count } = listen(subject);
      await passMinutes(subject, 5);
      expect(count(name)).toBe(5);
      await put(notDue);
    },
  );

  test("call again in the next minute what failed, and not before", async () => {
    const subject = await subjectOf();
    const [[name, kind, table]] = everyKind as [(typeof everyKind)[number]];
    const key = { pk: "due", sk: "row" };
    await subject.ask(() =>
      subject.clients.table.commit([{ table, key, change: { put: dueAt(kind, key.pk, 0) } }]),
    );
    const { count } = listen(subject, () => Promise.reject(new Error("on purpose")));
    await passMinutes(subject, 1);
    expect(count(name)).toBe(1);
    await passMinutes(subject, 1);
    expect(count(name)).toBe(2);
    expect(subject.dead("undelivered")).toEqual([]);
  });

  test("have the books compared every quarter of an hour, and in full once a day", async () => {
    const subject = await subjectOf();
    const { of } = listen(subject);
    await passMinutes(subject, day);
    const scopes = of(books).map(({ event }) => (event as { scope: string }).scope);
    const recent = scopes.filter((scope) => scope === "recent").length;
    expect(recent).toBeGreaterThanOrEqual(95);
    expect(recent).toBeLessThanOrEqual(96);
    expect(scopes.filter((scope) => scope === "full")).toHaveLength(1);
    expect(scopes).toHaveLength(recent + 1);
  });
});
