import { describe, expect, test, vi } from "vitest";
import { workflows } from "./deployment.ts";
import { type Subject, subjects } from "./subjects.ts";

type Input = Record<string, unknown>;

/** Which steps ran with what; each tells the next where it was. */
const walk = (subject: Subject, outcomeOf: (path: string) => unknown = () => "done") => {
  const steps: { path: string; input: Input }[] = [];
  subject.run(async (path, input: Input) => {
    steps.push({ path, input });
    return { ...input, by: path, outcome: await outcomeOf(path) };
  });
  return steps;
};

const patience = 20_000;

describe.each(subjects())("a workflow of %s", (_, subjectOf) => {
  describe.each(workflows)("$name", ({ name, steps, refused }) => {
    const run = (subject: Subject, input: unknown, timeoutMs = patience) =>
      subject.ask(() => subject.clients.workflows.run(subject.address(name), input, timeoutMs));
    const handlers = (road: readonly { handler: string }[]) => road.map(({ handler }) => handler);
    const [first, second] = handlers(steps) as [string, string];

    test("runs its steps, each with what the one before it said, and answers with the last", async () => {
      const subject = await subjectOf();
      const seen = walk(subject);
      const end = await run(subject, { given: { n: [1, null] } });
      expect(seen.map(({ path }) => path)).toEqual(handlers(steps));
      expect(seen.map(({ input }) => input["by"])).toEqual([undefined, ...handlers(steps).slice(0, -1)]);
      for (const { input } of seen) expect(input["given"]).toEqual({ n: [1, null] });
      expect(end).toEqual({
        run: "succeeded",
        output: { given: { n: [1, null] }, by: handlers(steps).at(-1), outcome: "done" },
      });
    });

    test("takes the second road from where it is refused", async () => {
      const subject = await subjectOf();
      const seen = walk(subject, (path) => (path === second ? "refused" : "done"));
      expect(await run(subject, {})).toMatchObject({ run: "succeeded" });
      expect(seen.map(({ path }) => path)).toEqual([first, second, ...handlers(refused)]);
    });

    test("ends where a step holds", async () => {
      const subject = await subjectOf();
      const seen = walk(subject, () => "held");
      expect(await run(subject, {})).toMatchObject({ run: "succeeded", output: { outcome: "held" } });
      expect(seen).toHaveLength(1);
    });

    test("tries a step that fails three times, then fails, and nothing comes after", async () => {
      const subject = await subjectOf();
      const seen = walk(subject, (path) => {
        if (path === second) throw new Error("on purpose");
        return "done";
      });
      expect(await run(subject, {})).toEqual({ run: "failed" });
      expect(seen.map(({ path }) => path)).toEqual([first, second, second, second]);
    });

    test("fails on an answer without an outcome", async () => {
      const subject = await subjectOf();
      walk(subject, () => undefined);
      expect(await run(subject, {})).toEqual({ run: "failed" });
    });

    test("goes on when whoever began it does not wait, or no longer", async () => {
      const subject = await subjectOf();
      let release: (outcome: string) => void = () => undefined;
      const held = new Promise<string>((resolve) => {
        release = resolve;
      });
      const seen = walk(subject, (path) => (path === first ? held : "done"));
      await subject.ask(() => subject.clients.workflows.start(subject.address(name), { n: 1 }));
      expect(await run(subject, { n: 2 }, 50)).toEqual({ run: "unanswered" });
      await subject.leap(1);
      await vi.waitFor(() => expect(seen).toHaveLength(2));
      release("done");
      await subject.pass(1);
      for (const n of [1, 2])
        expect(seen.filter(({ input }) => input["n"] === n).map(({ path }) => path)).toEqual(handlers(steps));
    });

    test("runs as often as it is begun", async () => {
      const subject = await subjectOf();
      const seen = walk(subject, () => "held");
      for (let begun = 0; begun < 3; begun += 1)
        await subject.ask(() => subject.clients.workflows.start(subject.address(name), { same: true }));
      await subject.pass(1);
      expect(seen.map(({ input }) => input)).toEqual(Array(3).fill({ same: true }));
    });
  });
});
