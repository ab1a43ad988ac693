import { Packet, UDPServer } from "dns2";

/** What is said of a name: its TXT records, each a list of strings; an error by number (RFC 1035 §4.1.1); nothing. */
export type Told =
  | { readonly records: readonly (readonly string[])[] }
  | { readonly rcode: number }
  | "silent";

export type Resolver = { readonly address: string; stop(): void };

/** A resolver on loopback, by UDP on a free port, that knows TXT records alone; by name in lower case. */
export const startResolver = async (tell: (name: string) => Told): Promise<Resolver> => {
  const server = new UDPServer((asked, send) => {
    const answer = answerTo(asked, tell);
    if (answer) send(answer).catch(complain);
  });
  server.on("requestError", complain);
  await server.listen(0, "127.0.0.1");
  return { address: `127.0.0.1:${server.address().port}`, stop: () => server.close() };
};

const answerTo = (asked: Packet, tell: (name: string) => Told): Packet | undefined => {
  const [question] = asked.questions;
  if (question?.type !== Packet.TYPE.TXT)
    return Packet.createErrorResponseFromRequest(asked, Packet.RCODE.NOTIMP);
  const told = toldOf(question.name.toLowerCase(), tell);
  if (told === "silent") return undefined;
  if ("rcode" in told) return Packet.createErrorResponseFromRequest(asked, told.rcode);
  const answer = Packet.createResponseFromRequest(asked);
  answer.answers = told.records.map((data) =>
    Packet.createResourceFromQuestion(question, { ttl: 0, data: [...data] }),
  );
  return answer;
};

const toldOf = (name: string, tell: (name: string) => Told): Told => {
  try {
    return tell(name);
  } catch (error) {
    complain(error);
    return { rcode: Packet.RCODE.SERVFAIL };
  }
};

const complain = (error: unknown): void => console.error("embedded DNS", error);
