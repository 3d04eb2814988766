/** A report as a file. */
import { beside } from './beside';
import type { Data } from './report/data';

/** Where the data goes in the template. */
const PLACE = '@data@';

/** Offers the report for saving. */
export async function saveReport(data: Data) {
  const template = new TextDecoder().decode(await beside('report'));
  // Nothing in the JSON may end the element that it is in.
  const json = JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const url = URL.createObjectURL(new Blob([template.replace(PLACE, () => json)], { type: 'text/html' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'report.html';
  link.click();
  URL.revokeObjectURL(url);
}
