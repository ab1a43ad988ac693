import { z } from "zod";
import { toIso } from "#functions/values/clock.ts";

/** Times come as people write them… */
export const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** …and go out as they read them: whatever is so many milliseconds `At`. */
export const withTimes = (shown: object): object =>
  Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [
      name,
      typeof value === "number" && name.endsWith("At") ? toIso(value) : value,
    ]),
  );
