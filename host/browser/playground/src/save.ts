/** A report as a file. */
import { beside } from './beside';
import type { Data } from './report/data';
import type { State } from './state';
import { texts } from './texts';

/** Where the data goes in the template. */
const PLACE = '@data@';

/** What cannot be read is listed up to this many. */
const MESSAGES = 20;

/** What a report shows, from the attempts and what is known of the file. */
export function reportData(found: Pick<Data, 'texts' | 'attempts' | 'findings'>, { progress, readErrors, file }: State): Data {
  return {
    ...found,
    read: {
      files: 1,
      records: progress?.records ?? 0,
      signins: progress?.signins ?? 0,
      without_record: progress?.without_record.count ?? 0,
      skipped: 0,
      faults: 0,
      errors: readErrors.length,
      messages: readErrors.slice(0, MESSAGES).map(({ offset, message }) => texts.readError(offset, message)),
    },
    by: { program: texts.title, module: texts.engine, command: file?.name ?? texts.records, redacted: false },
  };
}

/** Offers the report for saving. */
export async function saveReport(data: Data) {
  const template = new TextDecoder().decode(await beside('report'));
  // Nothing in the JSON may end the element that it is in.
  const lists = (_: string, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Int32Array) : value);
  const json = JSON.stringify(data, lists).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const url = URL.createObjectURL(new Blob([template.replace(PLACE, () => json)], { type: 'text/html' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'report.html';
  link.click();
  URL.revokeObjectURL(url);
}
