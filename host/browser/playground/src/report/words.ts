/** Texts that several views have. */

/** A number with separators. */
export const amount = (count: number) => count.toLocaleString('en');

/** `1 attempt`, `1,234 attempts`. */
export const counted = (count: number, name: string) => `${amount(count)} ${name}${count === 1 ? '' : 's'}`;

/** A name of a verdict in words. */
export const words = (name: string | null) => name?.replaceAll('_', ' ') ?? '';

/** What is shown for a user whose name AWS does not log. */
export const HIDDEN = '(hidden: no such user)';
