import type { Generated } from 'kysely';
import type { Sealed } from './column.ts';

// Who works at the station, what they may do and when they are on duty.

/** Somebody of the station. Their name and title stand under every answer they give. */
export type AccountTable = {
  id: string;
  /** What they type to log in: small letters without marks. */
  login: string;
  name: string;
  title: string;
  role: Role;
  /** JSON list of `Domain`. */
  domains: string;
  /** `scrypt$N$r$p$salt$hash`. */
  password: string;
  /** The shared secret of their code generator, sealed with a key of the account's own; null until set up. */
  totp_sealed: Sealed | null;
  /** The last time step a code was taken of, so that none is taken twice. */
  totp_step: number;
  created_ms: number;
  ended_ms: number | null;
  /** JSON list of `Lang`: what they speak with residents. */
  languages: Generated<string>;
};

export const ROLES = ['answerer', 'broadcaster', 'editor', 'head', 'translator'] as const;
/** What somebody of the station may do in the console. */
export type Role = (typeof ROLES)[number];

export const DOMAINS = ['health', 'social', 'food', 'order'] as const;
export type Domain = (typeof DOMAINS)[number];

export const DUTY_LINES = ['health', 'support', 'order', 'always'] as const;
/** The lines of the weekly roster: health; social security, food and services; order; and the one that is answered day and night. */
export type DutyLine = (typeof DUTY_LINES)[number];

/** One person on one line for one day. Whoever was written down first is called first. */
export type DutyShiftTable = { id: Generated<number>; day: string; line: DutyLine; name: string; phone: string; account_id: string | null };

/** A link that makes one account, once. Only a hash of its secret is kept. */
export type InvitationTable = { token_hash: string; name: string; role: Role; domains: string; by_account: string | null; created_ms: number; expires_ms: number; used_ms: number | null };

/** Failed logins in a row under a name, whether an account has it or not. Only a keyed hash of what was typed is kept. */
export type WrongLoginTable = { login_hash: string; failed: number; locked_until_ms: number; at_ms: number };

/** A browser that is logged in. Only a hash of its cookie is kept. */
export type StaffSessionTable = { id_hash: string; account_id: string; agent: string; created_ms: number; seen_ms: number; expires_ms: number };

/** What staff did, one row a deed. The database itself refuses to change or delete a row. */
export type AuditTable = { id: Generated<number>; at_ms: number; account_id: string | null; what: string; ticket_id: number | null; detail: string };

/** Which Telegram user somebody of the station is. Also their private chat's address. */
export type StaffLinkTable = { account_id: string; user_id: string; linked_ms: number };

/** A code by which somebody of the station shows in Telegram who they are. Only its hash is kept. */
export type LinkCodeTable = { code_hash: string; account_id: string; expires_ms: number };
