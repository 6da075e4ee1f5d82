/** When digests come, in English. */
export const digest = {
  title: 'Digest',
  text: 'A mail that lists what was newly held for you. With its links you have messages sent to you or delete them.',
  when: 'How often',
  usual: (often: string) => `As usual here: ${often}`,
  daily: 'every day',
  never: 'never',
  modes: { daily: 'Every day', days: 'On some days', off: 'Never' },
  days: 'Days',
  times: 'Times',
  time: (n: number) => `Time ${n}`,
  add: 'Add a time',
  remove: (time: string) => `Remove ${time}`,
  needDay: 'Choose at least one day.',
  needTime: 'Enter a time, such as 07:30.',
  next: (when: string) => `The next one is due: ${when}.`,
  onlyNew: 'Nothing new, no mail.',
  none: 'You get no digests.',
  written: (language: string, zone: string) =>
    `In ${language}, by the clocks of ${zone}. You change both above.`,
  saved: 'Saved.',
}
