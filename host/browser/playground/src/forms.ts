/** Verdicts as events of ECS and OCSF. The module that makes them is loaded when one is asked for. */
import { beside } from './beside';

export const FORMS = ['verdict', 'ecs', 'ocsf'] as const;
export type Form = (typeof FORMS)[number];

/** The exports of plugin/ABI.md that are called here. */
type Module = {
  memory: WebAssembly.Memory;
  sekisho_input(length: number): number;
  sekisho_configure(address: number, length: number): number;
  sekisho_process(address: number, length: number): number;
  sekisho_output(): number;
};

let module: Module | undefined;

/** The event of a record; `undefined` if it has none. Of the rules, those in an object with `rules` count. */
export async function event(record: string, rules: string, form: Form): Promise<string | undefined> {
  if (!module) {
    const { instance } = await WebAssembly.instantiate(await beside('forms'));
    module = instance.exports as unknown as Module;
  }
  const { memory, sekisho_input, sekisho_configure, sekisho_process, sekisho_output } = module;
  const call = (method: Module['sekisho_process'], text: string) => {
    const bytes = new TextEncoder().encode(text);
    const address = sekisho_input(bytes.length);
    new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
    return method(address, bytes.length);
  };
  if (call(sekisho_configure, JSON.stringify({ ...configuration(rules), form })) < 0) return undefined;
  const length = call(sekisho_process, record);
  return length > 0 ? new TextDecoder().decode(new Uint8Array(memory.buffer, sekisho_output(), length)) : undefined;
}

function configuration(rules: string): object {
  try {
    const written = JSON.parse(rules);
    return Array.isArray(written.rules) ? written : {};
  } catch {
    return {};
  }
}
