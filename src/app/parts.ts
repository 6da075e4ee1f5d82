/** The parts of a server that can run apart from each other (`serve --roles`), on one database. */
export const parts = ['intake', 'admin', 'delivery', 'housekeeping', 'euq', 'euq-secondary'] as const
export type Part = (typeof parts)[number]
