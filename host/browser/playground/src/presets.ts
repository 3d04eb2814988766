/** The rules that buttons offer. */
import { texts } from './texts';

const written = (rules: unknown) => JSON.stringify(rules, null, 2);

/** Rules to start from; without a text, they are beside the page. */
export type Preset = { name: string; text?: string };

export const presets: Preset[] = [
  { name: texts.rulesNone, text: '' },
  {
    name: texts.rulesFailures,
    text: written({
      detail: {
        eventSource: ['signin.amazonaws.com'],
        $or: [
          { responseElements: { CheckMfa: ['Failure'] } },
          { responseElements: { ConsoleLogin: ['Failure'] } },
        ],
      },
    }),
  },
  { name: texts.rulesUnknown, text: written({ signin: { reason: ['unknown_user'] } }) },
  {
    // Widely copied, and wrong: unknown users leave another message.
    name: texts.rulesWidespread,
    text: written({
      detail: { eventName: ['ConsoleLogin'], errorMessage: ['Failed authentication'] },
    }),
  },
  { name: texts.rulesBuiltin },
];
