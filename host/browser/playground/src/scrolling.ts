/** Scrolls through rows of which only a stretch is on the page. Their heights differ and are not known. */
import { type List, ROWS } from './list';

/** The list moves on when there is less than this below or above what is seen, in pixels. */
const MARGIN = 400;
/** Browsers draw nothing that is much higher. */
const HEIGHT_MAX = 8e6;
/** The part of the rows on the page that is above what is seen. */
const ABOVE = 1 / 3;

const rowsOf = (box: Element) => [...box.querySelectorAll<HTMLTableRowElement>('.list tbody tr')];
const placeOf = (row: Element | undefined) => row?.getAttribute('aria-rowindex');
const box = () => document.getElementById('rows');

/** What the last drawing found: the height of a row, the room above the rows, and the place of the first. */
let rowHeight = 30;
let above = 0;
let begin = 0;
/** Where the box was scrolled to, for when it is on the page again after another tab. */
let scrollTop = 0;

/** Puts the rows on the page that are seen now, if there are too few. */
export function scrolled(list: List) {
  const seen = box();
  if (!seen) return;
  scrollTop = seen.scrollTop;
  const rows = rowsOf(seen);
  const count = list.found?.count ?? 0;
  if (rows.length === 0) return;
  const { top, bottom } = seen.getBoundingClientRect();
  const isEnoughAbove = list.begin === 0 || top - rows[0]!.getBoundingClientRect().top > MARGIN;
  const isEnoughBelow = list.begin + rows.length >= count || rows.at(-1)!.getBoundingClientRect().bottom - bottom > MARGIN;
  if (isEnoughAbove && isEnoughBelow) return;
  const known = rows.findIndex((row) => row.getBoundingClientRect().bottom > top);
  const isSeen = known >= 0 && rows[known]!.getBoundingClientRect().top < bottom;
  const first = isSeen ? list.begin + known : Math.floor(seen.scrollTop / heightOf(count));
  void list.scroll(first - Math.floor(ROWS * ABOVE), !isSeen);
}

/** The height that rows which are not on the page have. */
const heightOf = (count: number) => Math.min(rowHeight, HEIGHT_MAX / count);

/**
 * Draws by `draw`, so that a row that is seen stays where it is. The room above the rows gives way, not
 * the place that the box is scrolled to: changing that would end a scrolling that goes on.
 */
export function keepingRows(list: List, draw: () => void) {
  const before = box();
  const top = before?.getBoundingClientRect().top ?? 0;
  const row = before && rowsOf(before).find((row) => row.getBoundingClientRect().bottom > top);
  const [key, place] = [placeOf(row ?? undefined), row?.getBoundingClientRect().top ?? 0];
  const isAtEnd = !!before && before.scrollTop + before.clientHeight >= before.scrollHeight - 1;
  draw();
  const after = box();
  if (!after) return;
  const rows = rowsOf(after);
  if (rows.length > 0) rowHeight = (rows.at(-1)!.getBoundingClientRect().bottom - rows[0]!.getBoundingClientRect().top) / rows.length;
  const count = list.found?.count ?? 0;
  const room = (above: number) => {
    const below = (count - list.begin - rows.length) * heightOf(count);
    (after.firstElementChild as HTMLElement).style.padding = `${above}px 0 ${below}px`;
  };
  above = list.isFar ? list.begin * heightOf(count) : Math.max(0, above + (list.begin - begin) * heightOf(count));
  begin = list.begin;
  room(above);
  if (list.isFresh) after.scrollTop = 0;
  else if (!before) after.scrollTop = scrollTop;
  else if (list.isFar && isAtEnd) after.scrollTop = after.scrollHeight;
  else if (!list.isFar) {
    const again = rows.find((row) => placeOf(row) === key);
    const wanted = above - (again ? again.getBoundingClientRect().top - place : 0);
    above = begin === 0 ? 0 : Math.max(0, wanted);
    room(above);
    if (above !== wanted) after.scrollTop += above - wanted;
  }
  list.isFresh = false;
  list.isFar = false;
}
