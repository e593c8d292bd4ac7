import { pino, type DestinationStream } from 'pino';
import type { Config } from './config.ts';

/**
 * One line an event, for whoever runs the machine. A line holds an event's name, counts, durations and our own row
 * numbers; never what a person wrote, an address, a name, a token or an error's own message, which may quote any of them.
 */
export type Log = {
  debug: (event: string, fields?: LogFields) => void;
  info: (event: string, fields?: LogFields) => void;
  warn: (event: string, fields?: LogFields) => void;
  /** `error` is reduced to its class and code. */
  error: (event: string, error?: unknown, fields?: LogFields) => void;
};

export type LogFields = Record<string, number | boolean | string | null>;

export function createLog(level: Config['logLevel'], destination?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label: string) => ({ level: label }) } };
  const logger = destination === undefined ? pino(options) : pino(options, destination);
  return {
    debug: (event, fields) => {
      logger.debug({ event, ...fields });
    },
    info: (event, fields) => {
      logger.info({ event, ...fields });
    },
    warn: (event, fields) => {
      logger.warn({ event, ...fields });
    },
    error: (event, error, fields) => {
      logger.error({ event, ...describe(error), ...fields });
    },
  };
}

/** What of an error may be logged: its class, its code, and where in our files it began. */
function describe(error: unknown): LogFields {
  if (!(error instanceof Error)) return {};
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : null;
  const at = /\b((?:bot|knowledge|locales)\/[\w./-]+:\d+):\d+/.exec(error.stack?.slice(error.message.length) ?? '')?.[1] ?? null;
  return { error: error.name, code, at };
}
