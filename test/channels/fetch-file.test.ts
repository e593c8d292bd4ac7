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

test.each([
  ['127.0.0.1', 4], ['10.0.0.7', 4], ['172.20.0.2', 4], ['192.168.1.1', 4], ['169.254.169.254', 4], ['100.64.3.1', 4], ['0.0.0.0', 4],
  ['::1', 6], ['::ffff:127.0.0.1', 6], ['fd00::1', 6], ['fe80::1', 6],
])('a name that stands for %s, inside the station’s own network, leads nowhere', async (inside, family) => {
  const asked: string[] = [];
  const resolve = (name: string) => {
    asked.push(name);
    return Promise.resolve([{ address: '203.0.113.7', family: 4 }, { address: inside, family }]);
  };
  expect(await fetchFile('https://files.example:1/x', 'https://openapi.example', resolve)).toBeNull();
  expect(asked).toEqual(['files.example']);
});

test('of a name that nobody knows, or that stands for nothing, nothing is fetched', async () => {
  expect(await fetchFile('https://files.example/x', 'https://openapi.example', () => Promise.reject(new Error('ENOTFOUND')))).toBeNull();
  expect(await fetchFile('https://files.example/x', 'https://openapi.example', () => Promise.resolve([]))).toBeNull();
});

test('a redirect is not followed, and a file without end is let go', async () => {
  expect(await fetchFile(`${root}/elsewhere`, root)).toBeNull();
  expect(await fetchFile(`${root}/endless`, root)).toBeNull();
});
