import type { AddressInfo } from "node:net";
import { untilStopped } from "../until-stopped.ts";
import { receiveWebhooks } from "./receiver.ts";

const run = async ([secret, port = "9999"]: readonly string[]): Promise<number> => {
  if (!secret?.startsWith("whsec_")) {
    console.error("npm run receive -- whsec_… [port]    verifies what comes to this port, and prints it");
    return 2;
  }
  const print = ({ body }: { body: unknown }) => console.log(JSON.stringify(body));
  const server = await receiveWebhooks(() => secret, print, Number(port));
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks listens until Ctrl-C.`);
  await untilStopped();
  server.close();
  return 0;
};

process.exitCode = await run(process.argv.slice(2));
