/* eslint @typescript-eslint/no-unused-vars: ["error", { "caughtErrors": "none" }] -- a catch without a name is younger than these phones. */
// The residents' page beyond its forms: sends without leaving the page, keeps what could not be sent and sends it
// when the network is back, and shows what staff answer later. ES2017 without modules, for old phones. It holds no
// words: these stand in the page's templates. Without it the page works by forms alone.
(function () {
  'use strict';
  const d = document;
  const id = (name) => d.getElementById(name);
  const log = id('log');
  const field = id('q');
  if (!log || !window.fetch || !window.Promise || !('content' in d.createElement('template'))) return;

  const QUEUE = 'loa-queue';
  const ERASED = 'loa-erased';
  const ASKING_MS = 400;
  const SLOW_MS = 8000;
  const GIVE_UP_MS = 30000;
  const LONGEST_PAUSE_MS = 30000;

  let last = log.getAttribute('data-after');
  let sending = null;
  let tries = 0;
  let timer = 0;
  let held = [];
  let unseen = [];
  let memory = [];

  // The queue lies in the browser, so that a closed tab or an empty battery loses nothing. All tabs share it.
  function queue() {
    try {
      return JSON.parse(localStorage.getItem(QUEUE)) || [];
    } catch (e) {
      return memory;
    }
  }
  function keep(list) {
    memory = list;
    try {
      if (list.length) localStorage.setItem(QUEUE, JSON.stringify(list));
      else localStorage.removeItem(QUEUE);
    } catch (e) {
      // A browser that stores nothing still has the page itself.
    }
  }
  const drop = (mark) => keep(queue().filter((m) => m.id !== mark));

  function newMark() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, (b) => (b + 256).toString(16).slice(1)).join('');
  }

  function show(name, into) {
    into.appendChild(id(name).content.cloneNode(true));
    return into.lastElementChild;
  }
  const words = (name) => id(name).content.textContent;
  const bubbleOf = (mark) => log.querySelector('[data-id="' + mark + '"]');

  function bubble(m) {
    const there = bubbleOf(m.id);
    if (there) return there;
    const li = show('t-me', log);
    li.setAttribute('data-id', m.id);
    li.querySelector('.t').textContent = m.label;
    const before = id('moi');
    if (before) before.removeAttribute('id');
    li.id = 'moi';
    return li;
  }

  function say(m) {
    m.id = newMark();
    Array.prototype.forEach.call(log.querySelectorAll('.wrong'), (old) => old.parentNode.removeChild(old));
    closeMenu();
    complain('');
    keep(queue().concat(m));
    bubble(m).scrollIntoView();
    clearTimeout(timer);
    send();
  }

  // One message at a time, in order. The mark makes a second try of the same message harmless.
  async function send() {
    if (sending) return;
    const m = queue()[0];
    id('net').hidden = navigator.onLine !== false || !m;
    if (!m) return;
    const li = bubble(m);
    const wait = id('wait');
    const mine = (sending = { again: false });
    const ctl = window.AbortController ? new AbortController() : { abort: () => undefined };
    let giveUp = null;
    // Phones without AbortController leave the request to itself; its late answer is one that is there already.
    const gone = new Promise((resolve) => {
      giveUp = () => {
        ctl.abort();
        resolve(null);
      };
    });
    const clocks = [
      setTimeout(() => show('t-asking', wait), ASKING_MS),
      setTimeout(() => {
        wait.textContent = '';
        show('t-slow', wait);
        id('retry').onclick = () => {
          mine.again = true;
          giveUp();
        };
      }, SLOW_MS),
      setTimeout(giveUp, GIVE_UP_MS),
    ];
    const answered = await Promise.race([post(m, ctl.signal), gone]);
    const res = answered && answered.res;
    const body = answered ? answered.body : '';
    clocks.forEach(clearTimeout);
    wait.textContent = '';
    sending = null;

    if (res && res.ok) {
      tries = 0;
      drop(m.id);
      const watched = li === id('moi') && inSight(li);
      sent(li);
      const answer = place(body, li)[0];
      // The question at the top, its answer below it; unless the reader has gone elsewhere meanwhile. On a screen so
      // small that the question fills it, the answer matters more.
      if (watched) (answer && li.offsetHeight > footTop() / 3 ? answer : li).scrollIntoView();
      if (!body) show('t-stored', wait);
      if (changedLanguage(res.headers.get('Content-Language')) && navigator.cookieEnabled !== false) return location.replace('/');
      connect();
      settle();
      return send();
    }
    settle();
    if (res && res.status >= 400 && res.status < 500 && res.status !== 429 && res.status !== 408) return refused(m, li, body);
    if (mine.again) return send();
    let pause = Math.min(LONGEST_PAUSE_MS, 1000 * Math.pow(2, tries++));
    if (res && res.status === 429) {
      pause = 1000 * (Number(res.headers.get('Retry-After')) || 5);
      complain(reason(body));
    } else {
      if (!li.querySelector('.unsent')) show('t-unsent', li);
      id('net').hidden = navigator.onLine !== false;
      if (tries === 1) li.scrollIntoView();
    }
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  }

  // Null when nothing came back.
  async function post(m, signal) {
    try {
      const res = await fetch('/api/chat', {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', Accept: 'text/html' },
        body: JSON.stringify(m.button ? { id: m.id, button: m.button } : { id: m.id, text: m.text }),
        signal: signal,
      });
      return { res: res, body: await res.text() };
    } catch (e) {
      return null;
    }
  }

  const footTop = () => d.querySelector('.foot').getBoundingClientRect().top;
  const inSight = (li) => li.getBoundingClientRect().bottom > 0 && li.getBoundingClientRect().top < footTop();

  function sent(li) {
    const note = li.querySelector('.unsent');
    if (note) li.removeChild(note);
    complain('');
  }

  // Never again, as it is: says why, and gives the words back.
  function refused(m, li, body) {
    drop(m.id);
    log.removeChild(li);
    complain(reason(body));
    if (m.text && !field.value) field.value = m.text;
    field.focus();
    send();
  }
  function reason(body) {
    try {
      return JSON.parse(body).error.message;
    } catch (e) {
      return words('t-failed');
    }
  }
  function complain(text) {
    id('err').textContent = text;
    if (text) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
    field.setAttribute('aria-describedby', 'err');
  }

  // Puts drawn replies after `li` and the replies it already has, or at the end. What is there already stays alone.
  function place(markup, li) {
    const box = d.createElement('ol');
    box.innerHTML = markup;
    let after = li;
    while (after && after.nextElementSibling && after.nextElementSibling.hasAttribute('data-r')) after = after.nextElementSibling;
    const fresh = [];
    while (box.firstElementChild) {
      const item = box.firstElementChild;
      box.removeChild(item);
      if (item.id && id(item.id)) continue;
      if (isAnew(item)) {
        tellTabs();
        location.replace('/');
        return [];
      }
      log.insertBefore(item, after ? after.nextElementSibling : null);
      if (after) after = item;
      fresh.push(item);
    }
    return fresh;
  }

  // An old number under a new reply: everything was erased and the conversation begins anew. The server knows what is
  // left of it, so the page asks there instead of showing on what no longer exists.
  function isAnew(item) {
    const same = log.querySelector('[data-r="' + item.getAttribute('data-r') + '"]');
    return same !== null && same.id !== item.id;
  }

  // Later answers. While a message is on its way its answer may come by both roads, so this one waits.
  let source = null;
  let lost = 0;
  function connect() {
    if (!window.EventSource || (source && source.readyState !== 2)) return;
    source = new EventSource('/api/chat/events?as=html&after=' + last);
    source.onopen = () => {
      lost = 0;
      if (queue().length && !sending) send();
    };
    source.onmessage = (e) => {
      if (e.lastEventId) last = e.lastEventId;
      held.push(e.data);
      settle();
    };
    source.onerror = () => {
      // The browser tries again by itself, unless it was told off.
      if (source.readyState === 2) setTimeout(connect, Math.min(60000, 3000 * Math.pow(2, lost++)));
    };
  }
  function settle() {
    if (sending) return;
    const came = held;
    held = [];
    if (came.length) id('wait').textContent = '';
    came.forEach((markup) => arrive(place(markup, null)));
  }
  const below = (li) => li.getBoundingClientRect().top > footTop() - 40;
  function arrive(items) {
    unseen = unseen.concat(items.filter(below));
    tell();
  }
  function tell() {
    const key = id('new');
    key.hidden = !unseen.length;
    if (unseen.length) {
      key.textContent = words('t-arrived').replace('#', unseen.length);
      key.href = '#' + unseen[0].id;
    }
  }
  function look() {
    if (!unseen.length) return;
    unseen = unseen.filter(below);
    tell();
  }
  addEventListener('scroll', look, { passive: true });

  // The menu: its link leads to it anyway, here it also opens, closes and gives the focus back.
  const menu = id('muc');
  function closeMenu() {
    menu.classList.add('fold');
    menu.classList.remove('open');
    if (location.hash === '#muc') location.hash = '#log';
  }
  id('muc-key').addEventListener('click', (e) => {
    e.preventDefault();
    if (menu.classList.contains('open')) return closeMenu();
    menu.classList.add('open');
    menu.scrollIntoView();
    id('muc-h').focus();
  });
  d.addEventListener('keydown', (e) => {
    if ((e.key === 'Escape' || e.key === 'Esc') && menu.classList.contains('open')) {
      closeMenu();
      id('muc-key').focus();
    }
  });

  // The page's own words come from the server, in the language just chosen. What is still to be sent waits in the browser.
  function changedLanguage(lang) {
    const key = lang && d.querySelector('.langs [value="lang:' + lang + '"]');
    return Boolean(key) && key.getAttribute('aria-pressed') !== 'true';
  }

  id('say').addEventListener('submit', (e) => {
    e.preventDefault();
    const text = field.value.trim();
    if (!text) return field.focus();
    field.value = '';
    say({ text: text, label: text });
  });
  d.addEventListener('click', (e) => {
    const key = e.target.closest('button[name=button]');
    if (!key) return;
    e.preventDefault();
    say({ button: key.value, label: key.getAttribute('data-label') || (key.querySelector('.t') || key).textContent.trim() });
  });

  // Erasing is a real journey to the server, which must take the cookie away.
  // A recording is loaded when it is asked for, and plays where its key stands. Where it cannot, the key is a link.
  d.addEventListener('click', (e) => {
    const key = e.target.closest('[data-aloud]');
    const audio = key && key.parentNode.querySelector('audio');
    if (!audio || !audio.play) return;
    e.preventDefault();
    if (!audio.paused) return audio.pause();
    const words = key.querySelector('.t');
    if (!key.hasAttribute('data-words')) {
      key.setAttribute('data-words', words.textContent);
      audio.onplay = () => (words.textContent = key.getAttribute('data-stop'));
      audio.onpause = audio.onended = () => (words.textContent = key.getAttribute('data-words'));
    }
    Array.prototype.forEach.call(d.querySelectorAll('.aloud audio'), (other) => other !== audio && other.pause());
    audio.currentTime = 0;
    const begun = audio.play();
    if (begun && begun.catch) begun.catch(() => location.assign(key.href));
  });
  id('xoa').addEventListener('submit', (e) => {
    if (navigator.onLine === false) {
      e.preventDefault();
      return complain(words('t-not-erased'));
    }
    keep([]);
  });
  // The page that says so makes the other tabs leave as well.
  function tellTabs() {
    try {
      localStorage.setItem(ERASED, newMark());
      localStorage.removeItem(ERASED);
    } catch (e) {
      // One tab only, then.
    }
  }
  addEventListener('storage', (e) => {
    if (e.key === ERASED && e.newValue) return location.replace('/');
    if (e.key === QUEUE) queue().forEach(bubble);
  });

  const back = () => {
    tries = 0;
    clearTimeout(timer);
    if (source) connect();
    send();
  };
  addEventListener('online', back);
  addEventListener('offline', () => (id('net').hidden = false));
  d.addEventListener('visibilitychange', () => {
    if (!d.hidden) back();
  });

  if (location.search) {
    history.replaceState(null, '', '/' + location.hash);
    if (d.querySelector('.done')) tellTabs();
  }
  queue().forEach(bubble);
  if (!location.hash && id('moi')) id('moi').scrollIntoView();
  // Who has not written yet awaits no answer, and an open stream costs data.
  if (log.querySelector('[data-id]')) connect();
  send();
})();
