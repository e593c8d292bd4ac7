import { z } from 'zod';

/**
 * The environment, read once, checked, frozen. Each variable stands here with its default and its check; what is
 * expected of it and what happens without it are texts for people, in `locales/vi/settings.json`. A test holds
 * `.env.example` and `compose.yaml` equal to this list.
 */

type Setting = {
  name: string;
  /** What an empty variable means; null: off. */
  fallback: string | null;
  secret?: true;
  schema: z.ZodType<unknown, string>;
};

const text = z.string().min(1);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));
const port = z.string().regex(/^\d{1,5}$/).transform(Number).refine((value) => value <= 65_535);

const settings = {
  port: { name: 'PORT', fallback: '8080', schema: port },
  host: { name: 'HOST', fallback: '127.0.0.1', schema: text },
  publicUrl: { name: 'PUBLIC_URL', fallback: null, schema: httpUrl },
  dataDir: { name: 'DATA_DIR', fallback: './data', schema: text },
  place: { name: 'PLACE', fallback: 'knowledge/places/mau', schema: text },
  databaseUrl: { name: 'DATABASE_URL', fallback: null, secret: true, schema: z.string().regex(/^postgres(ql)?:\/\/\S+$/) },
  redisUrl: { name: 'REDIS_URL', fallback: null, secret: true, schema: z.string().regex(/^rediss?:\/\/\S+$/) },
  logLevel: { name: 'LOG_LEVEL', fallback: 'info', schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']) },
  retentionDays: { name: 'RETENTION_DAYS', fallback: '90', schema: z.string().regex(/^\d{1,4}$/).transform(Number).refine((days) => days >= 1 && days <= 3650) },
  telegramBotToken: { name: 'TELEGRAM_BOT_TOKEN', fallback: null, secret: true, schema: z.string().regex(/^\d+:[A-Za-z0-9_-]{20,}$/) },
  telegramApiRoot: { name: 'TELEGRAM_API_ROOT', fallback: 'https://api.telegram.org', schema: httpUrl },
  telegramMode: { name: 'TELEGRAM_MODE', fallback: 'polling', schema: z.enum(['polling', 'webhook']) },
  telegramWebhookSecret: { name: 'TELEGRAM_WEBHOOK_SECRET', fallback: null, secret: true, schema: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/) },
  telegramStaffChatId: { name: 'TELEGRAM_STAFF_CHAT_ID', fallback: null, schema: z.string().regex(/^-?\d{1,20}$/).transform(Number) },
  zaloAppId: { name: 'ZALO_APP_ID', fallback: null, schema: z.string().regex(/^\d{5,25}$/) },
  zaloAppSecret: { name: 'ZALO_APP_SECRET', fallback: null, secret: true, schema: text },
  zaloOaSecretKey: { name: 'ZALO_OA_SECRET_KEY', fallback: null, secret: true, schema: text },
  zaloRefreshToken: { name: 'ZALO_REFRESH_TOKEN', fallback: null, secret: true, schema: text },
  zaloApiRoot: { name: 'ZALO_API_ROOT', fallback: 'https://openapi.zalo.me', schema: httpUrl },
  zaloOauthRoot: { name: 'ZALO_OAUTH_ROOT', fallback: 'https://oauth.zaloapp.com', schema: httpUrl },
  zaloReplyWindowHours: { name: 'ZALO_REPLY_WINDOW_HOURS', fallback: '48', schema: z.enum(['48', '168']).transform((hours) => (hours === '168' ? 168 : 48)) },
  zaloBotToken: { name: 'ZALO_BOT_TOKEN', fallback: null, secret: true, schema: text },
  zaloBotApiRoot: { name: 'ZALO_BOT_API_ROOT', fallback: 'https://bot-api.zaloplatforms.com', schema: httpUrl },
  zaloBotWebhookSecret: { name: 'ZALO_BOT_WEBHOOK_SECRET', fallback: null, secret: true, schema: z.string().min(8).max(256) },
  llmModel: { name: 'LLM_MODEL', fallback: null, schema: z.string().regex(/^openai:[\w./:-]{1,100}$/) },
  openaiApiKey: { name: 'OPENAI_API_KEY', fallback: null, secret: true, schema: z.string().regex(/^[\x21-\x7e]{1,300}$/) },
  openaiBaseUrl: { name: 'OPENAI_BASE_URL', fallback: null, schema: httpUrl },
  transcribeModel: { name: 'TRANSCRIBE_MODEL', fallback: null, schema: z.string().regex(/^[\w./:-]{1,100}$/) },
  transcribeBaseUrl: { name: 'TRANSCRIBE_BASE_URL', fallback: null, schema: httpUrl },
} as const satisfies Record<string, Setting>;

type Settings = typeof settings;
export type SettingName = Settings[keyof Settings]['name'];
type Value<S extends Setting> = S['fallback'] extends null ? z.output<S['schema']> | null : z.output<S['schema']>;

/** The checked environment. Every value has its type; what is off is null. */
export type Config = Readonly<{ [K in keyof Settings]: Value<Settings[K]> }>;

/** Those whose value nobody may read in a log, an error or an answer. */
export const SECRET_SETTINGS: readonly (keyof Config)[] = keysOf(settings).filter((key) => 'secret' in settings[key]);

/** Every setting, in the order in which `.env.example` lists them. */
export const SETTINGS: readonly Setting[] = Object.values(settings);

/** A variable that does not fit. What was expected of it: `settings:NAME.expected` in the texts. */
export type ConfigFault = { name: SettingName; got: string };
export type ConfigResult = { ok: true; config: Config } | { ok: false; faults: ConfigFault[] };

/** Reads `env`. All faults come back together; a secret's value is never part of one. */
export function readConfig(env: Record<string, string | undefined>): ConfigResult {
  const faults: ConfigFault[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries<Setting & { name: SettingName }>(settings)) {
    const given = env[setting.name]?.trim();
    const raw = given === undefined || given === '' ? setting.fallback : given;
    if (raw === null) {
      values[key] = null;
      continue;
    }
    const parsed = setting.schema.safeParse(raw);
    if (parsed.success) values[key] = parsed.data;
    else faults.push({ name: setting.name, got: setting.secret ? '***' : raw.slice(0, 60) });
  }
  // Each key of `settings` was filled from its own schema just above, which the index loop cannot express.
  return faults.length > 0 ? { ok: false, faults } : { ok: true, config: Object.freeze(values) as Config };
}

function keysOf(of: Settings): (keyof Settings)[] {
  return Object.keys(of).filter((key): key is keyof Settings => Object.hasOwn(of, key));
}
