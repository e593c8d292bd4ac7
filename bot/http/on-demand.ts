import { Hono } from 'hono';

/**
 * Pages that are read into memory when somebody opens the first of them: neither a start nor a station that nobody looks
 * into pays for them. `open` is asked again after it failed. What the pages throw reaches the application around them.
 */
export function pagesOnDemand(path: string, open: () => Promise<Hono>): Hono {
  let opening: Promise<Hono> | null = null;
  const opened = (): Promise<Hono> => {
    opening ??= open().then((pages) => {
      pages.onError((error) => { throw error; });
      return pages;
    }).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  const app = new Hono();
  app.all(path, async (c) => (await opened()).fetch(c.req.raw, c.env));
  return app;
}
