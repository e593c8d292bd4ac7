import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchFile } from '#bot/channels/fetch-file.ts';

let server: Server;
let root: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/elsewhere') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    else if (request.url === '/endless') {
      const more = (): void => { if (!response.destroyed) response.write(Buffer.alloc(1_000_000), more); };
      more();
    } else response.end('tiếng nói');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => { resolve(); }));
  const address = server.address();
  root = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a file under the platform’s own address is fetched', async () => {
  expect(Buffer.from(await fetchFile(`${root}/voice`, root) ?? []).toString()).toBe('tiếng nói');
});

test.each(['http://169.254.169.254/latest', 'https://127.0.0.1/x', 'https://[::1]/x', 'https://localhost/x', 'http://example.com/x', 'file:///etc/passwd', 'không phải địa chỉ', ''])('"%s" in a message leads nowhere', async (address) => {
  expect(await fetchFile(address, 'https://openapi.example')).toBeNull();
});

test('a redirect is not followed, and a file without end is let go', async () => {
  expect(await fetchFile(`${root}/elsewhere`, root)).toBeNull();
  expect(await fetchFile(`${root}/endless`, root)).toBeNull();
});
