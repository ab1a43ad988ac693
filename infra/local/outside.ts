import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import tls from "node:tls";

/** What functions find outside of this cloud, as far as whoever starts it plays it. */
export type Outside = {
  /** Signs certificates that are trusted beside those of the usual authorities; PEM. */
  readonly authority?: string;
  /** Addresses behind names. Each look-up gets the next answer, and after the last one the first again. */
  readonly names?: Readonly<Record<string, readonly (readonly string[])[]>>;
};

/** For the thread that calls it. */
export const meetOutside = ({ authority, names = {} }: Outside): void => {
  if (authority) tls.setDefaultCACertificates([...tls.getCACertificates(), authority]);
  if (Object.keys(names).length > 0) resolveBy(answersFrom(names));
};

type Addresses = readonly dns.LookupAddress[];

const answersFrom = (names: NonNullable<Outside["names"]>) => {
  const lookups = new Map<string, number>();
  return (name: string): Addresses | undefined => {
    const count = lookups.get(name) ?? 0;
    lookups.set(name, count + 1);
    const answers = names[name];
    return answers?.[count % answers.length]?.map((address) => ({ address, family: 4 }));
  };
};

/** Of both ways in which Node resolves a name: who asks, and whoever connects without having asked. */
const resolveBy = (answer: (name: string) => Addresses | undefined): void => {
  const { lookup, promises } = dns;
  const asked = promises.lookup;
  promises.lookup = (async (name: string, options: object) =>
    answer(name) ?? asked(name, options)) as typeof asked;
  dns.lookup = ((name: string, options: object, told: (...answered: unknown[]) => void) => {
    const addresses = answer(name);
    if (addresses) told(null, addresses);
    else lookup(name, options, told);
  }) as typeof lookup;
  syncBuiltinESMExports();
};
