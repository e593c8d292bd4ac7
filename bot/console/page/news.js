// What changed while the page is open: by a stream, and where that dies by asking again and again. It fills the number of
// waiting questions in the title and the bar, and shows a key to press; the page itself never changes under a finger.
(function () {
  'use strict';
  var EVERY_MS = 10000;
  var HIDDEN_EVERY_MS = 30000;
  // A stream that has said nothing by then is being held back on its way.
  var FIRST_WORD_MS = 8000;
  var badge = document.getElementById('waiting');
  if (!badge) return;
  var key = document.getElementById('fresh');
  var see = key ? '?' + key.dataset.see : '';
  var title = document.title.replace(/^\(\d+\) /, '');
  var stream = null;
  var streams = !!window.EventSource;
  var timer = 0;
  var over = false;

  function show(told) {
    badge.firstElementChild.textContent = told.waiting;
    badge.hidden = told.waiting === 0;
    document.title = (told.waiting === 0 ? '' : '(' + told.waiting + ') ') + title;
    if (!key) return;
    key.hidden = !told.say;
    key.classList.toggle('call', !!told.urgent);
    if (told.say) key.querySelector('span').textContent = told.say;
  }

  function end(told) {
    over = true;
    stop();
    var words = document.createElement('span');
    words.textContent = told.say + ' ';
    var link = document.createElement('a');
    link.className = 'btn';
    link.href = '/staff/login?then=' + encodeURIComponent(location.pathname + location.search);
    link.textContent = told.go;
    var line = document.createElement('div');
    line.className = 'tell soon';
    line.id = 'over';
    line.setAttribute('role', 'alert');
    line.appendChild(words);
    line.appendChild(link);
    var main = document.getElementById('main');
    main.insertBefore(line, main.children[1] || null);
  }

  function ask() {
    fetch('/staff/news' + see, { headers: { accept: 'application/json' }, credentials: 'same-origin' })
      .then(function (response) {
        if (response.status !== 200 && response.status !== 401) return null;
        return response.json().then(function (told) { (response.status === 401 ? end : show)(told); });
      })
      .catch(function () { /* the next look tries again */ });
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    if (stream) stream.close();
    stream = null;
  }

  function poll() {
    stop();
    timer = setInterval(ask, document.hidden ? HIDDEN_EVERY_MS : EVERY_MS);
  }

  function listen() {
    stop();
    var heard = false;
    stream = new EventSource('/staff/events' + see);
    stream.addEventListener('news', function (event) {
      heard = true;
      show(JSON.parse(event.data));
    });
    stream.addEventListener('over', function (event) { end(JSON.parse(event.data)); });
    stream.onerror = function () {
      // The browser comes back by itself, unless it was refused.
      if (!stream || stream.readyState !== 2) return;
      streams = false;
      poll();
      ask();
    };
    setTimeout(function () {
      if (heard || over || !stream) return;
      streams = false;
      poll();
      ask();
    }, FIRST_WORD_MS);
  }

  // A page that nobody looks at holds no connection: browsers have few of them for one address.
  function begin() {
    if (over) return;
    if (streams && !document.hidden) return listen();
    poll();
    if (!document.hidden) ask();
  }

  document.addEventListener('visibilitychange', begin);
  window.addEventListener('pagehide', stop);
  window.addEventListener('pageshow', function (event) { if (event.persisted) begin(); });
  begin();
})();
