import { type LaptopOptions, startLaptop } from "#infra/local/laptop.ts";
import { complaintsOf } from "#test/journey/documented.ts";
import type { Asked, Told } from "./remote-laptop.ts";

const tell = (told: Told) => process.send?.(told);

/** Whom the table can't answer in time is let in uncounted. */
const quotaHeaders = ["ratelimit", "ratelimit-policy"];

/** A laptop in a process of its own, driven by messages, so that the fault tap can kill it. */
const laptop = await startLaptop({
  ...(JSON.parse(process.argv[2] ?? "{}") as LaptopOptions),
  overhear: (passed) => {
    for (const complaint of complaintsOf(passed, quotaHeaders)) tell({ complaint });
  },
});

let struck = () => 0;

const does = {
  operate: ({ command = {} }) => laptop.operate(command),
  sweep: ({ milliseconds }) => laptop.cloud.sweep(milliseconds),
  idle: () => laptop.cloud.idle(),
  advance: async ({ milliseconds = 0 }) => laptop.cloud.advance(milliseconds),
  arm: async ({ tap }) => {
    struck = laptop.cloud.arm(tap);
  },
  seen: async () => struck(),
} satisfies Record<Asked["does"], (asked: Asked) => Promise<unknown>>;

process.on("message", (asked: Asked) => {
  does[asked.does](asked).then(
    (answer) => tell({ id: asked.id, answer }),
    (error: Error) => tell({ id: asked.id, error: error.message }),
  );
});
process.on("disconnect", () => process.exit());

const { urls } = laptop.cloud;
tell({ up: { ...urls, stripeUrl: laptop.stripeUrl } });
