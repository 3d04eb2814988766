/** Texts, each once. */
export class Interned {
  readonly all: string[] = [];
  readonly #places = new Map<string, number>();

  /** The place of a text in `all`; -1 for null. */
  place(text: string | null): number {
    if (text === null) return -1;
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}
