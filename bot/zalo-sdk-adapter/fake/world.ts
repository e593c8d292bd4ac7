import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Everything that a fake Zalo knows about one app and its account. */
export type World = {
  clock: Clock;
  app: FakeApp;
  people: Map<string, FakeUser>;
  /** What the account has sent, in order: for asserting "exactly one". */
  sent: FakeSent[];
  uploads: Map<string, { kind: 'image' | 'gif' | 'file'; expiresAtMs: number }>;
  templates: Map<string, FakeTemplate>;
  articles: Map<string, { id: string; readyAtMs: number; title: string }>;
  tags: Set<string>;
  account: FakeAccount;
};

export type FakeApp = {
  appId: string;
  appSecret: string;
  oaSecretKey: string;
  oaId: string;
  /** Callback addresses saved in the console; a difference in one slash counts. */
  callbacks: string[];
};

export type FakeUser = {
  id: string;
  idByApp: string;
  name: string;
  follows: boolean;
  blocks: boolean;
  away: boolean;
  sensitive: boolean;
  lastInteractionMs: number | null;
  tags: Set<string>;
  alias: string;
  sharedInfo: Record<string, unknown>;
};

export type FakeSent = { kind: 'text' | 'image' | 'gif' | 'file' | 'list' | 'buttons' | 'request_user_info' | 'template' | 'template_phone' | 'article' | 'reaction' | 'anonymous'; to: string; text: string | null; message: unknown; message_id: string; atMs: number };

/** Tag 1: transaction, 2: customer care, 3: promotion. */
export type FakeTemplate = { id: string; keys: string[]; tag: 1 | 2 | 3; status: 'ENABLE' | 'PENDING_REVIEW' | 'DISABLE' };

export type FakeAccount = {
  /** 2: business, 4: state agency. */
  type: number;
  verified: boolean;
  paidPackage: boolean;
  /** Messages between 48 hours and 7 days that the package still covers. */
  subQuota: number;
  /** Template messages by phone left today. */
  templateQuota: number;
  money: boolean;
  broadcastsLeft: number;
};

export type ZaloNo = { error: number; message: string };

export function no(error: number, message: string): ZaloNo {
  return { error, message };
}

export function yes(data: unknown): { error: 0; message: 'Success'; data: unknown } {
  return { error: 0, message: 'Success', data };
}

/** The person, made when the world has not met them: they do not follow and have never written. */
export function personOf(world: World, id: string): FakeUser {
  const known = world.people.get(id);
  if (known !== undefined) return known;
  const made: FakeUser = {
    id, idByApp: `9${id.slice(1)}`, name: `Người ${id.slice(-4)}`, follows: false, blocks: false, away: false, sensitive: false,
    lastInteractionMs: null, tags: new Set(), alias: '', sharedInfo: {},
  };
  world.people.set(id, made);
  return made;
}

/** Ids as long as Zalo's. */
export function newMessageId(): string {
  return randomBytes(20).toString('hex');
}

/** 22:00 to 05:59 in Vietnam. */
export function isNight(atMs: number): boolean {
  const hour = new Date(atMs + 7 * 3_600_000).getUTCHours();
  return hour >= 22 || hour < 6;
}
