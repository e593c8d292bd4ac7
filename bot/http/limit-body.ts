import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/**
 * Turns away bodies of more than `maxSize` bytes; `onError` answers them, or a plain 413. A body that says its length is
 * held to it by the server itself, so it is neither counted nor opened here: the handler then reads it straight from the
 * socket, where Hono's own limit would first build a stream of the web around it.
 */
export function limitBody(options: Parameters<typeof bodyLimit>[0]): MiddlewareHandler {
  const counted = bodyLimit(options);
  return (c, next) => {
    const said = c.req.header('content-length') ?? '';
    const isWithin = /^\d+$/.test(said) && Number(said) <= options.maxSize && c.req.header('transfer-encoding') === undefined;
    return isWithin ? next() : counted(c, next);
  };
}
