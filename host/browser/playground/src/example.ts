/** An example of the gallery; without records, they are beside the page. */
export type Example = { name: string; title: string; note: string; records?: string[] };
