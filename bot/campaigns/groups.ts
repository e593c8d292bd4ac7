/** Groups that people may choose for themselves in the chat; their names are texts. */
export const GROUPS = ['parents', 'pregnant', 'elders', 'school'] as const;

export type Group = (typeof GROUPS)[number];
