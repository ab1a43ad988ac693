import { describe, expect, test } from "vitest";
import { missing } from "#functions/runtime/condition.ts";
import type { Key, TableName, Write } from "#functions/runtime/table.ts";
import { outboxStream } from "./deployment.ts";
import { type Subject, subjects } from "./subjects.ts";

type Event = {
  Records: { eventName: string; dynamodb: { Keys: { pk: { S: string }; sk: { S: string } } } }[];
};

/** Every batch that the reader gets, as keys; what it does with one is up to the test. */
const read = (subject: Subject, handle: (keys: readonly Key[]) => unknown = () => undefined) => {
  const batches: Key[][] = [];
  const names = new Set<string>();
  subject.run((path, { Records }: Event) => {
    if (path !== outboxStream.reader) return { batchItemFailures: [] };
    for (const { eventName } of Records) names.add(eventName);
    const keys = Records.map(({ dynamodb: { Keys } }) => ({ pk: Keys.pk.S, sk: Keys.sk.S }));
    batches.push(keys);
    return handle(keys);
  });
  return { batches, names, keys: () => batches.flat() };
};

let rows = 0;
/** Rows of one partition that nobody has written yet. */
const newRows = (count: number): Key[] => {
  rows += 1;
  return Array.from({ length: count }, (_, index) => ({ pk: `subject-${rows}`, sk: `event#${index}` }));
};

const insert = (key: Key, table: TableName = "outbox"): Write => ({
  table,
  key,
  change: { put: { n: 1 } },
  condition: missing(),
});

const commit = (subject: Subject, ...writes: Write[]) =>
  subject.ask(() => subject.clients.table.commit(writes));

describe.each(subjects())("the stream of %s", (_, subjectOf) => {
  test("tells the reader the key of each row that was inserted into the outbox, and of no other", async () => {
    const subject = await subjectOf();
    const { keys, names } = read(subject);
    const [one, two, three] = newRows(3) as [Key, Key, Key];
    await commit(subject, insert(one));
    await commit(subject, insert(two), insert(three), insert(three, "commerce"));
    await commit(subject, insert(one, "webhooks"));
    await subject.pass(5);
    expect(keys()).toHaveLength(3);
    expect(keys()).toEqual(expect.arrayContaining([one, two, three]));
    expect(names).toEqual(new Set(["INSERT"]));
  });

  test("tells nothing of a row that changes or goes, nor of what was not committed", async () => {
    const subject = await subjectOf();
    const [one, two] = newRows(2) as [Key, Key];
    await commit(subject, insert(one));
    await subject.pass(5);
    const { keys } = read(subject);
    await commit(subject, { table: "outbox", key: one, change: { set: { n: 2 } } });
    await expect(commit(subject, insert(two), insert(one))).rejects.toThrow();
    await commit(subject, { table: "outbox", key: one, change: { remove: true } });
    await subject.pass(5);
    expect(keys()).toEqual([]);
  });

  test("keeps the order of one key's rows", async () => {
    const subject = await subjectOf();
    const { keys } = read(subject);
    const wanted = newRows(12);
    for (const key of wanted) await commit(subject, insert(key));
    await subject.pass(5);
    expect(keys()).toEqual(wanted);
  });

  test("halves a batch that fails until the others are through, and gives up the bad one after three tries", async () => {
    const subject = await subjectOf();
    const wanted = newRows(5);
    const [good, , bad] = wanted as [Key, Key, Key];
    const through: Key[] = [];
    const { batches } = read(subject, (keys) => {
      if (keys.some(({ sk }) => sk === bad.sk)) throw new Error("on purpose");
      through.push(...keys);
    });
    await commit(subject, ...wanted.map((key) => insert(key)));
    await subject.pass(120);
    expect(through).toHaveLength(4);
    expect(through).toEqual(expect.arrayContaining([good]));
    expect(batches.filter((keys) => keys.length === 1 && keys[0]?.sk === bad.sk)).toHaveLength(3);
    const dead = subject.dead("undelivered");
    expect(dead).toMatchObject([{ DDBStreamBatchInfo: { batchSize: 1 } }]);
    expect(JSON.stringify(dead)).not.toContain(bad.pk);
  });

  test("goes on after what it gave up", async () => {
    const subject = await subjectOf();
    const [bad, good] = newRows(2) as [Key, Key];
    const { keys } = read(subject, ([first]) => {
      if (first?.sk === bad.sk) throw new Error("on purpose");
    });
    await commit(subject, insert(bad));
    await subject.pass(120);
    await commit(subject, insert(good));
    await subject.pass(5);
    expect(keys()).toEqual([bad, bad, bad, good]);
  });
});
