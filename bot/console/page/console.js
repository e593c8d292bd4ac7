// Works beside plain forms: keeps what was typed, counts letters. Without it every page still does its work.
(function () {
  'use strict';
  var field = document.getElementById('a');
  var box = document.getElementById('ticket');

  var live = document.querySelector('[data-live]');
  if (live) {
    var draw = function () {
      fetch(live.dataset.live, { credentials: 'same-origin' })
        .then(function (response) { return response.ok ? response.text() : null; })
        .then(function (text) {
          if (!text) return;
          var next = new DOMParser().parseFromString(text, 'text/html').querySelector('.go');
          if (!next) return;
          live.replaceWith(next);
          live = next;
          // What may be pressed has changed with the state.
          if (!live.dataset.live) location.reload();
        })
        .catch(function () { /* the next look tries again */ });
    };
    var drawing = setInterval(function () {
      if (!live.dataset.live) clearInterval(drawing);
      else if (!document.hidden) draw();
    }, 2000);
  }

  if (!field || !box) return;
  var group = document.getElementById('together');
  var send = document.querySelector('button[value=answer]');
  if (group && send) {
    var tellMany = function () {
      var people = group.querySelectorAll('input:checked').length + 1;
      send.lastChild.textContent = group.dataset.many.replace('#', people);
    };
    group.addEventListener('change', tellMany);
    tellMany();
  }
  var key = 'loa:' + box.dataset.ticket;
  var store = null;
  try { store = window.sessionStorage; } catch { store = null; }
  if (store) {
    if (box.dataset.sent === 'yes') store.removeItem(key);
    else if (field.value === '' && store.getItem(key)) field.value = store.getItem(key);
  }
  var count = document.getElementById('count');
  var tell = function () {
    if (count) count.textContent = field.value.length + ' / ' + count.dataset.most;
    if (!store) return;
    if (field.value === '') store.removeItem(key);
    else store.setItem(key, field.value);
  };
  field.addEventListener('input', tell);
  tell();
})();
