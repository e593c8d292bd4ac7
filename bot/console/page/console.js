// Works beside plain forms: keeps what was typed, counts letters. Without it every page still does its work.
(function () {
  'use strict';
  var field = document.getElementById('a');
  var box = document.getElementById('ticket');

  // What had been typed when the login ended goes back into its fields.
  var kept = document.getElementById('kept');
  if (kept) {
    var typed = new Map();
    JSON.parse(kept.dataset.fields).forEach(function (pair) { typed.set(pair[0], (typed.get(pair[0]) || []).concat(pair[1])); });
    var form = [].filter.call(document.forms, function (each) { return each.getAttribute('action') === kept.dataset.action; })[0];
    var found = [];
    var fill = function (each) {
      var values = typed.get(each.name);
      if (each.type === 'checkbox' || each.type === 'radio') {
        each.checked = !!values && values.indexOf(each.value) >= 0;
      } else if (each.multiple && each.options) {
        [].forEach.call(each.options, function (option) { option.selected = !!values && values.indexOf(option.value) >= 0; });
      } else if (values && values.length > 0) {
        each.value = values[0];
      } else return;
      // Boxes share a name: it is done with when all of them have been looked at.
      found.push(each.name);
      for (var around = each.parentNode; around; around = around.parentNode) if (around.tagName === 'DETAILS') around.open = true;
    };
    if (form) {
      [].filter.call(form.elements, function (each) { return each.name && each.type !== 'hidden' && each.type !== 'file' && each.tagName !== 'BUTTON'; }).forEach(fill);
      found.forEach(function (name) { typed.delete(name); });
      [].forEach.call(form.elements, function (each) { if (each.type === 'hidden') typed.delete(each.name); });
      // What found no field stays where it can be read.
      if (typed.size === 0) kept.remove();
      form.scrollIntoView();
    }
  }

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

  // A file or a recording cannot travel with the login page: before it goes, the form asks whether it will be taken.
  document.addEventListener('submit', function (event) {
    var form = event.target;
    var key = event.submitter;
    var carries = [].some.call(form.elements, function (each) { return each.type === 'file' && each.files.length > 0; });
    if (!carries || form.dataset.asked === 'yes' || !form.requestSubmit || !form.elements.csrf) return;
    event.preventDefault();
    var go = function () {
      form.dataset.asked = 'yes';
      form.requestSubmit(key);
      form.dataset.asked = '';
    };
    fetch('/staff/renew', { method: 'POST', body: new URLSearchParams({ csrf: form.elements.csrf.value }), credentials: 'same-origin' })
      .then(function (response) { return response.json(); })
      .then(function (answer) {
        if (answer.csrf) {
          form.elements.csrf.value = answer.csrf;
          go();
          return;
        }
        var told = form.querySelector('.waits') || form.insertBefore(document.createElement('p'), form.lastElementChild);
        told.className = 'tell late waits';
        told.setAttribute('role', 'alert');
        told.textContent = answer.say + ' ';
        var link = document.createElement('a');
        link.href = '/staff/login';
        link.target = '_blank';
        link.textContent = answer.go;
        told.appendChild(link);
      })
      .catch(go);
  });

  function forget(which) {
    try {
      Object.keys(window.sessionStorage).filter(function (name) { return name.indexOf('loa:') === 0 && which(name); }).forEach(function (name) { window.sessionStorage.removeItem(name); });
    } catch { /* a browser that keeps nothing has nothing to forget */ }
  }
  if (location.search === '?out=1') forget(function () { return true; });

  if (!field || !box) return;
  var group = document.getElementById('together');
  var send = document.querySelector('button[value=answer]');
  if (group && send) {
    var tellMany = function () {
      var people = group.querySelectorAll('input:checked').length + 1;
      var kept = group.querySelectorAll('input:checked[data-kept]').length;
      send.lastChild.textContent = (kept ? group.dataset.some : group.dataset.many).replace('#', people).replace('%', kept);
    };
    group.addEventListener('change', tellMany);
    tellMany();
  }
  // A draft is its writer's alone: whoever logs in next in this tab does not find it.
  var own = 'loa:' + box.dataset.account + ':';
  var key = own + box.dataset.ticket;
  var store = null;
  try { store = window.sessionStorage; } catch { store = null; }
  if (store) {
    forget(function (name) { return name.indexOf(own) !== 0; });
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
