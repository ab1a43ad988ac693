import type { Log } from "#functions/runtime/logger.ts";
import { type Divergence, kinds, nameOf } from "./divergence.ts";
import { type Heals, healPage } from "./heal-page.ts";
import { lookAtBooks } from "./look-at-books.ts";
import { lookAtDue } from "./look-at-due.ts";
import { lookAtIntent } from "./look-at-intent.ts";
import { lookAtOrder } from "./look-at-order.ts";
import { lookAtShelves } from "./look-at-shelves.ts";
import { type Reads, Unread } from "./reads.ts";
import type { Seen, Subject } from "./subject.ts";

export type Examines = Reads & {
  /** Without them nothing is healed: a dry run. */
  readonly heals?: Heals | undefined;
  readonly log: Log;
};

/** What was found at a subject, and could not be healed. */
export type Finding = { readonly subject: Subject; readonly divergence: Divergence };

export type Examined = {
  readonly looked: number;
  readonly healed: readonly Finding[];
  readonly open: readonly Finding[];
  /** Subjects of which nothing can be said. */
  readonly unread: readonly Subject[];
};

/**
 * Looks at each subject, lets the ordinary moves heal what diverges, and looks again. Only what is still there then
 * is a divergence: what was merely under way has arrived meanwhile.
 */
export const examinePage =
  (on: Examines) =>
  async (subjects: readonly (Subject & Seen)[], run: string): Promise<Examined> => {
    const first = await lookAt(on, subjects);
    const suspects = first.filter(({ divergences }) => divergences && divergences.length > 0);
    if (on.heals)
      await healPage(on.heals)(
        suspects.map(({ subject, divergences = [] }) => ({ subject, divergences })),
        run,
      );
    // Afresh: what a list showed is old by now.
    const second = await lookAt(
      on,
      suspects.map(({ subject }) => bare(subject)),
    );
    const open = findingsOf(second);
    const still = new Set(open.map(({ divergence }) => nameOf(divergence)));
    const gone = findingsOf(suspects).filter(({ divergence }) => !still.has(nameOf(divergence)));
    return {
      looked: subjects.length,
      open,
      healed: on.heals ? gone.filter(({ divergence }) => kinds[divergence.kind].healedBy) : [],
      unread: [...first, ...second].filter(({ divergences }) => !divergences).map(({ subject }) => subject),
    };
  };

const bare = ({ intent: _, ...subject }: Subject & Seen): Subject => subject as Subject;

type Looked = { readonly subject: Subject & Seen; readonly divergences: readonly Divergence[] | undefined };

const findingsOf = (looked: readonly Looked[]): Finding[] =>
  looked.flatMap(({ subject, divergences = [] }) =>
    divergences.map((divergence) => ({ subject: bare(subject), divergence })),
  );

const lookAt = async (on: Examines, subjects: readonly (Subject & Seen)[]): Promise<Looked[]> => {
  const shelves = subjects.filter((subject) => subject.of === "product");
  const rest = subjects.filter((subject) => subject.of !== "product");
  const counted = await orUnread(on, () => lookAtShelves(on)(shelves));
  return [
    ...shelves.map((subject, index) => ({ subject, divergences: counted?.[index] })),
    ...(await Promise.all(
      rest.map(async (subject) => ({
        subject,
        divergences: await orUnread(on, () => lookAtOne(on, subject)),
      })),
    )),
  ];
};

const lookAtOne = async (
  on: Reads,
  subject: Exclude<Subject, { of: "product" }> & Seen,
): Promise<Divergence[]> => {
  switch (subject.of) {
    case "order":
      return lookAtOrder(on)(subject);
    case "intent":
      return lookAtIntent(on)(subject, subject.intent);
    case "due":
      return lookAtDue(on)(subject);
    default:
      return lookAtBooks(on)(subject);
  }
};

/** A poisoned row or a Stripe that is away hides one subject, not those behind it. */
const orUnread = async <Result>(on: Pick<Examines, "log">, look: () => Promise<Result>) => {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Unread) on.log.warn("Stripe did not say", { reason: error.message });
    else on.log.error("something could not be compared", error);
    return undefined;
  }
};
