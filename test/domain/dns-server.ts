import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";

/** `records`: each a list of strings, as a zone file has them. `rcode`: 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
export type Zone =
  | { readonly records: readonly (readonly string[])[] }
  | { readonly rcode: number }
  | "silent";

/** A resolver on loopback that answers TXT questions as the zone says now, and knows no other name. */
export const dnsServer = async (zones: ReadonlyMap<string, Zone>) => {
  const socket = createSocket("udp4");
  socket.on("message", (question, from) => {
    const { name, end } = nameIn(question);
    const zone = zones.get(name) ?? { rcode: 3 };
    if (zone !== "silent") socket.send(answerTo(question.subarray(0, end), zone), from.port, from.address);
  });
  await new Promise<void>((ready) => socket.bind(0, "127.0.0.1", ready));
  return { address: `127.0.0.1:${(socket.address() as AddressInfo).port}`, close: () => socket.close() };
};

const nameIn = (packet: Buffer): { name: string; end: number } => {
  const labels: string[] = [];
  let at = 12;
  for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) {
    labels.push(packet.subarray(at + 1, at + 1 + length).toString("latin1"));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 5 };
};

/** RFC 1035 §4.1: the question back, then the records, each pointing at the question's name. */
const answerTo = (question: Buffer, zone: Exclude<Zone, "silent">): Buffer => {
  const records = "records" in zone ? zone.records : [];
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8180 | ("rcode" in zone ? zone.rcode : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, question.subarray(12), ...records.map(record)]);
};

const record = (strings: readonly string[]): Buffer => {
  const data = Buffer.concat(strings.map((text) => Buffer.from([text.length, ...Buffer.from(text)])));
  const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
};
