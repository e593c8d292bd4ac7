// Counts that belong to nobody.

/** How often something happened on a day, in a village. No row belongs to anybody. */
export type DailyCountTable = { key: string; day: string; what: string; topic: string; village: string; n: number };

/** That somebody has been counted for something: a keyed hash under their own key, meaningless once that is destroyed. */
export type CountedOnceTable = { mark: string; day: string };

/** A sign that rose in a village, until the head has seen it. `usual` is in hundredths of people a day. */
export type RiseTable = { key: string; sign: string; village: string; people: number; usual: number; ticket_id: number | null; at_ms: number; seen_by: string | null; seen_ms: number | null };
