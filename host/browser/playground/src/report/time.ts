/** Times, in UTC or in the zone of the reader. */

export type Zone = 'utc' | 'local';

export const SECOND = 1;
export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

const two = (number: number) => String(number).padStart(2, '0');

/** Year, month, day, hour, minute, second, and the weekday from Monday, 0. */
function parts(seconds: number, zone: Zone): [number, number, number, number, number, number, number] {
  const date = new Date(seconds * 1000);
  const sunday = zone === 'utc' ? date.getUTCDay() : date.getDay();
  const weekday = (sunday + 6) % 7;
  return zone === 'utc'
    ? [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), weekday]
    : [date.getFullYear(), date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds(), weekday];
}

export function day(seconds: number, zone: Zone) {
  const [year, month, date] = parts(seconds, zone);
  return `${year}-${two(month)}-${two(date)}`;
}

export function clock(seconds: number, zone: Zone) {
  const [, , , hour, minute, second] = parts(seconds, zone);
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** `2025-09-16 02:10:00`, or nothing if the time is not known. */
export const time = (seconds: number, zone: Zone) =>
  seconds < 0 ? '' : `${day(seconds, zone)} ${clock(seconds, zone)}`;

/** `2025-09-16 02:10:00 to 02:15:32`, with the second date if it is another. */
export function span(from: number, to: number, zone: Zone) {
  const end = day(from, zone) === day(to, zone) ? clock(to, zone) : time(to, zone);
  return from === to ? time(from, zone) : `${time(from, zone)} to ${end}`;
}

/** The weekday from Monday, 0, and the hour, as one number: 24 for each day. */
export function hourOfWeek(seconds: number, zone: Zone) {
  if (zone === 'utc') {
    // 1970 began on a Thursday.
    return (Math.floor(seconds / HOUR) + 3 * 24) % 168;
  }
  const [, , , hour, , , weekday] = parts(seconds, zone);
  return weekday * 24 + hour;
}

/** The begin of the interval that holds a time. Days and weeks begin at midnight, weeks on Monday. */
export function floor(seconds: number, interval: number, zone: Zone) {
  const offset = zone === 'utc' ? 0 : -new Date(seconds * 1000).getTimezoneOffset() * MINUTE;
  const monday = interval > DAY ? 3 * DAY : 0;
  return Math.floor((seconds + offset + monday) / interval) * interval - offset - monday;
}

/** `45 s`, `5 min 32 s`, `2 h 5 min`, `3 d 1 h`. */
export function duration(seconds: number) {
  const units: [number, string][] = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'min'],
    [SECOND, 's'],
  ];
  const place = units.findIndex(([unit]) => seconds >= unit);
  if (place < 0) return '0 s';
  const [unit, name] = units[place]!;
  const [smaller, smallerName] = units[place + 1] ?? [unit, ''];
  const rest = Math.floor((seconds % unit) / smaller);
  return `${Math.floor(seconds / unit)} ${name}${rest > 0 ? ` ${rest} ${smallerName}` : ''}`;
}

/** The zone as its readers call it. */
export const zoneName = (zone: Zone) =>
  zone === 'utc' ? 'UTC' : Intl.DateTimeFormat('en').resolvedOptions().timeZone;
