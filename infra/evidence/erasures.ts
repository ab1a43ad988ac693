/** A test of this repository: its file, and its title or that of a group of tests. */
export type Test = { readonly file: string; readonly title: string };

type Reach = { readonly place: string; readonly becomes: string; readonly by: string; readonly test: Test };

const erasing = (title: string): Test => ({ file: "test/customer/erase-customer.test.ts", title });

export const erasures: readonly Reach[] = [
  {
    place: "Orders, sessions, notes, attribution in `commerce`",
    becomes: "Unreadable; lines, amounts and states stay for the books, without a name",
    by: "Before the answer; what is being bought or refunded, once it is over",
    test: erasing(
      "makes all of their orders unreadable before it answers, nobody else's, and leaves lines and money",
    ),
  },
  {
    place: "Answers kept to be repeated",
    becomes: "Unreadable, and repeated without a contact",
    by: "At once",
    test: erasing("shows nobody's contact afterwards: null, and nothing in a repeated answer"),
  },
  {
    place: "The customer, a blind index in `people`",
    becomes: "Gone with the last of its checkouts' keys",
    by: "At once",
    test: erasing("ends with a receipt that anybody with the ledger can check, and with no trace of whom"),
  },
  {
    place: "Backups and restored copies",
    becomes:
      "Unreadable but for the key table's own copies, to which the ledger of erasures is applied before anybody reaches them",
    by: "One day after; never readable by the way of the restore command",
    test: erasing("opens nothing once the ledger was applied to it, however often"),
  },
  {
    place: "Copies that integrations made",
    becomes: "They are told to erase, order by order: `customer.erased`",
    by: "In the same transaction",
    test: erasing("tells integrations by order, with ids only"),
  },
  {
    place: "Logs, events, queues, executions, deliveries, Stripe's metadata",
    becomes: "Nothing to erase: nobody was in there",
    by: "Always",
    test: {
      file: "test/journey/privacy.test.ts",
      title:
        "it can be read in no table, queue, log line, event, message, execution or webhook, nor at Stripe",
    },
  },
  {
    place: "Audit records",
    becomes: "Stay: they hold ids and name nobody",
    by: "For good",
    test: {
      file: "test/customer/subjects.property.test.ts",
      title: "people: each export is whole and names nobody else; who is erased can be read nowhere",
    },
  },
  {
    place: "Whatever nobody asked to erase",
    becomes: "Unreadable when its time is over, gone two days later",
    by: "The retention of its class",
    test: {
      file: "test/privacy/retention.test.ts",
      title: "is there until its time is over, then at once for nobody, and gone within two days",
    },
  },
];
