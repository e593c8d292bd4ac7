/** Bytes that only the person's key opens. */
export type Sealed = Uint8Array;

/** A yes or a no, as both engines keep it. */
export type Flag = 0 | 1;
