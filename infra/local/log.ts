import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** One line of what went on; functions' own output is `source` their name. */
export type Line = { readonly at: string; readonly source: string; readonly text: string };

/** Where everything goes that is not the story on the screen. */
export type CloudLog = {
  readonly lines: readonly Line[];
  write(source: string, text: string): void;
  /** What a person should look at: a refusal by IAM, something not embedded, a message given up. */
  loud(source: string, text: string): void;
  close(): Promise<void>;
};

const kept = 20_000;

export const openLog = (file: string | undefined): CloudLog => {
  const lines: Line[] = [];
  if (file) mkdirSync(dirname(file), { recursive: true });
  const stream = file ? createWriteStream(file, { flags: "a" }) : undefined;
  let closed = false;
  const write = (source: string, text: string) => {
    if (closed) return;
    const line = { at: new Date().toISOString(), source, text };
    lines.push(line);
    if (lines.length > kept) lines.splice(0, kept / 2);
    stream?.write(`${line.at} ${source} ${text}\n`);
  };
  return {
    lines,
    write,
    loud: (source, text) => {
      write(source, `! ${text}`);
      if (!closed) console.error(`[${source}] ${text}`);
    },
    close: () => {
      closed = true;
      return new Promise((resolve) => (stream ? stream.end(() => resolve()) : resolve()));
    },
  };
};
