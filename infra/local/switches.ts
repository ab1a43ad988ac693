/** What is off while the cloud runs, by the calls that AWS has for it: names of functions, rules and queues' readers. */
export type Switches = {
  readonly isOff: (what: What, name: string) => boolean;
  readonly turn: (what: What, name: string, off: boolean) => void;
  /** Called whenever something is on again. */
  readonly onTurn: (listener: () => void) => void;
};
type What = "function" | "rule" | "reader";

export const startSwitches = (): Switches => {
  const off = new Set<string>();
  const listeners: (() => void)[] = [];
  return {
    isOff: (what, name) => off.has(`${what} ${name}`),
    turn: (what, name, isOff) => {
      if (isOff) off.add(`${what} ${name}`);
      else off.delete(`${what} ${name}`);
      for (const listener of listeners) listener();
    },
    onTurn: (listener) => listeners.push(listener),
  };
};
