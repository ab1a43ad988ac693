import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";

/** How far the rows of one copy are back. A run that dies is gone on with from here. */
export const Progress = z.object({
  to: Instant,
  part: z.enum(["records", "rows"]),
  version: z.int(),
  /** Which of the part's tables is being copied. */
  at: z.int(),
  /** The key of its row that was copied last. */
  after: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  looked: z.int(),
  /** Those of which no row lived. */
  back: z.int(),
  /** Those that nobody could read: they stay in the copy. */
  unread: z.int(),
  doneAt: Instant.optional(),
});
export type Progress = z.infer<typeof Progress>;
