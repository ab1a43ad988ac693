import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An address on loopback for an API whose own host name no resolver here knows. */
export type ApiFront = { readonly url: string; stop(): void };

export const startFront = async (deployedUrl: string, port: number): Promise<ApiFront> => {
  const behind = behindOf(deployedUrl, port);
  const server = createServer((asked, answer) => passOn(behind, asked, answer));
  return {
    url: await listening(server),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

type Behind = { readonly port: number; readonly host: string; readonly stagePath: string };

/** `https://<id>.execute-api.<region>.amazonaws.com/<stage>`, which ministack knows as a host under `localhost`. */
const behindOf = (deployedUrl: string, port: number): Behind => {
  const { hostname, pathname } = new URL(deployedUrl);
  const [id] = hostname.split(".");
  return { port, host: `${id}.execute-api.localhost:${port}`, stagePath: pathname.replace(/\/$/, "") };
};

/** What `fetch` can't do: it sets `Host` by itself. */
const passOn = (behind: Behind, asked: IncomingMessage, answer: ServerResponse): void => {
  const passed = request(
    {
      host: "127.0.0.1",
      port: behind.port,
      method: asked.method,
      path: `${behind.stagePath}${asked.url}`,
      headers: { ...asked.headers, host: behind.host },
      agent: false,
    },
    (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    },
  );
  passed.on("error", () => answer.destroy());
  asked.pipe(passed);
};

const listening = (server: Server): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
