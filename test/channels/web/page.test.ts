import { describe, expect, test } from 'vitest';
import { cookieOf, form, house } from './front.ts';
import { SAMPLES } from './house.ts';

describe('the page', () => {
  test('brings a policy that allows no third party and no inline script', async () => {
    const { app } = await house();
    const res = await app.request('/');
    const policy = res.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    const page = await res.text();
    expect(page).not.toMatch(/<script>|<style|\sstyle=|\son[a-z]+=/);
    expect([...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]).filter((url) => url?.includes('//') && !url.startsWith('data:'))).toEqual([]);
    expect(res.headers.get('cache-control')).toBe('no-store');
  });

  test('its sheet and script are named by what they hold and kept for a year; an old name still works', async () => {
    const { app } = await house();
    const page = await (await app.request('/')).text();
    for (const extension of ['css', 'js']) {
      const path = new RegExp(`/chat\\.[0-9a-f]{12}\\.${extension}`).exec(page)?.[0] ?? '';
      const res = await app.request(path, { headers: { 'Accept-Encoding': 'gzip, br' } });
      expect(res.status).toBe(200);
      expect(res.headers.get('content-encoding')).toBe('br');
      expect(res.headers.get('cache-control')).toContain('immutable');
      const old = await app.request(`/chat.000000000000.${extension}`);
      expect(old.headers.get('cache-control')).toBe('no-cache');
    }
  });

  test('the script is ES2017 without modules: no syntax younger than the phones', async () => {
    const { app } = await house();
    const script = await (await app.request('/chat.000000000000.js')).text();
    expect(script).not.toMatch(/\?\.|\?\?|catch \{|\bimport\b|\bexport\b|\.\.\.\{|\.replaceAll|\.at\(|\.flatMap/);
    expect(script).not.toMatch(/[^\t\n -~]/);
  });

  test('the sheet uses nothing younger than the phones', async () => {
    const { app } = await house();
    const sheet = await (await app.request('/chat.000000000000.css')).text();
    expect(sheet).not.toMatch(/:has\(|:is\(|@container|[;{]gap:|inset:|&/);
  });

  test('a form post without JavaScript comes back with the conversation', async () => {
    const { app, store } = await house();
    const first = await form(app, 'text=tiem+co+mat+tien+khong&id=abcdef012345', {});
    expect(first.status).toBe(200);
    expect(await first.text()).toContain('Không mất tiền.');
    const cookie = cookieOf(first);
    const second = await form(app, 'button=human&id=abcdef543210', { Cookie: cookie });
    expect(second.status).toBe(303);
    expect(second.headers.get('location')).toBe('/');
    const page = await (await app.request('/', { headers: { Cookie: cookie } })).text();
    expect(page).toContain('đã chuyển cho cán bộ trạm');
    expect(page).toContain('<span class="t">Gặp cán bộ</span>');
    expect(store.heard).toHaveLength(2);
  });

  test('a form with a fault comes back with the reason, and with the words still in the field', async () => {
    const { app } = await house();
    const long = 'ố'.repeat(2001);
    const res = await form(app, new URLSearchParams({ text: long }).toString(), {});
    expect(res.status).toBe(400);
    const page = await res.text();
    expect(page).toContain('Câu này dài 2001 chữ cái.');
    expect(page).toContain(long);
    expect(page).toContain('aria-invalid="true"');
  });

  test('what residents and cards write is text, never markup', async () => {
    const nasty = '<img src=x onerror=alert(1)> & "';
    const { app, post } = await house({}, () => [{ ...SAMPLES.plain, text: nasty, buttons: [{ label: nasty, value: nasty }] }]);
    const cookie = cookieOf(await post({ text: nasty }));
    const page = await (await app.request('/', { headers: { Cookie: cookie } })).text();
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;');
  });

  test('numbers can be called, draft languages are named, and old “not what I meant” keys are gone', async () => {
    const { app, post } = await house();
    const cookie = cookieOf(await post({ text: 'tiem co mat tien khong' }));
    const read = async (): Promise<string> => (await app.request('/', { headers: { Cookie: cookie } })).text();
    expect(await read()).toContain('value="feedback:wrong"');
    await post({ text: 'noi tieng jrai' }, { Cookie: cookie });
    const page = await read();
    expect(page).not.toContain('value="feedback:wrong"');
    expect(page).toContain('<p lang="jra">Rơkâo ih tơguăn ƀiă.</p>');
    expect(page).toContain('<a class="num" href="tel:0900000000">0900 000 000</a>');
    expect(page).toContain('<a class="num" href="tel:115">115</a>');
  });

  test('“xoá trên máy này” takes the cookie, ends the visitor and says what it did', async () => {
    const { app, post, store } = await house();
    const cookie = cookieOf(await post({ text: 'chuyen rieng' }));
    const res = await app.request('/xoa', { method: 'POST', headers: { Cookie: cookie } });
    expect(res.status).toBe(303);
    expect(res.headers.get('set-cookie')).toMatch(/loa_chat=; Max-Age=0/);
    expect(store.forgotten).toEqual(store.visitors());
    const page = await (await app.request('/?da=xoa')).text();
    expect(page).toContain('Đã xoá trên máy này.');
    expect(page).not.toContain('chuyen rieng');
    // Another site cannot make a resident's browser do it.
    expect((await app.request('/xoa', { method: 'POST', headers: { Cookie: cookie, 'Sec-Fetch-Site': 'cross-site' } })).status).toBe(403);
  });
});
