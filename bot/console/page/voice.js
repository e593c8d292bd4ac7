// Recording in the browser: what was recorded is put into the form's own file field, so the form is sent like any other.
// Keys for letters that phones lack: they write where the cursor last was.
(function () {
  'use strict';
  var boxes = document.querySelectorAll('[data-rec]');
  var TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/webm', 'audio/mp4'];

  function prepare(box) {
    if (!window.MediaRecorder || !window.DataTransfer || !navigator.mediaDevices) return;
    var key = box.querySelector('button');
    var words = key.querySelector('span');
    var clock = box.querySelector('[data-clock]');
    var status = box.querySelector('[role=status]');
    var audio = box.querySelector('audio');
    var field = box.parentNode.querySelector('input[type=file]');
    var recorder = null;
    var timer = 0;
    box.hidden = false;

    function finished(parts, type) {
      var blob = new Blob(parts, { type: type });
      var carried = new DataTransfer();
      carried.items.add(new File([blob], 'ghi-am', { type: type }));
      field.files = carried.files;
      audio.src = URL.createObjectURL(blob);
      audio.hidden = false;
      status.textContent = box.dataset.done;
    }

    function begin(stream) {
      var type = TYPES.filter(function (each) { return MediaRecorder.isTypeSupported(each); })[0];
      var parts = [];
      var since = Date.now();
      recorder = new MediaRecorder(stream, type ? { mimeType: type, audioBitsPerSecond: 32000 } : {});
      recorder.ondataavailable = function (event) { if (event.data.size) parts.push(event.data); };
      recorder.onstop = function () {
        clearInterval(timer);
        stream.getTracks().forEach(function (track) { track.stop(); });
        words.textContent = key.dataset.go;
        finished(parts, recorder.mimeType || 'audio/webm');
        recorder = null;
      };
      recorder.start(1000);
      words.textContent = key.dataset.stop;
      status.textContent = box.dataset.on;
      timer = setInterval(function () {
        var ms = Date.now() - since;
        clock.textContent = Math.floor(ms / 60000) + ':' + String(Math.floor(ms / 1000) % 60).padStart(2, '0');
        if (ms > Number(box.dataset.longest) && recorder) recorder.stop();
      }, 250);
    }

    key.addEventListener('click', function () {
      if (recorder) { recorder.stop(); return; }
      navigator.mediaDevices.getUserMedia({ audio: true }).then(begin, function () { status.textContent = box.dataset.no; });
    });
  }
  Array.prototype.forEach.call(boxes, prepare);

  var keys = document.querySelector('[data-keys]');
  var last = document.querySelector('textarea[data-text]');
  if (!keys || !last) return;

  // What nobody attested is named while somebody types, a moment after the last key.
  var form = last.form;
  var waiting = null;
  function weigh(field) {
    var told = field.parentNode.querySelector('[data-doubts]');
    if (!told || !form.dataset.weighs) return;
    var body = new URLSearchParams({ csrf: form.elements.csrf.value, lang: form.elements.lang.value, text: field.value });
    fetch(form.dataset.weighs, { method: 'POST', body: body, credentials: 'same-origin' })
      .then(function (response) { return response.ok ? response.json() : null; })
      .then(function (found) {
        if (!found) return;
        told.hidden = !found.say;
        told.firstElementChild.textContent = found.say || '';
      })
      .catch(function () { /* it is weighed again when it is saved */ });
  }
  form.addEventListener('input', function (event) {
    if (!event.target.matches('textarea[data-text]')) return;
    clearTimeout(waiting);
    waiting = setTimeout(weigh, 500, event.target);
  });

  // A capital stands for one letter, as on a phone.
  var shift = keys.querySelector('[aria-pressed]');
  function raise(upper) {
    shift.setAttribute('aria-pressed', String(upper));
    Array.prototype.forEach.call(keys.querySelectorAll('[data-letter]'), function (each) {
      each.textContent = upper ? each.dataset.letter.toUpperCase() : each.dataset.letter;
    });
  }

  keys.hidden = false;
  document.addEventListener('focusin', function (event) {
    if (event.target.matches('textarea[data-text]')) last = event.target;
  });
  keys.addEventListener('click', function (event) {
    var key = event.target.closest('button');
    if (!key) return;
    if (key === shift) {
      raise(shift.getAttribute('aria-pressed') !== 'true');
      return;
    }
    last.setRangeText(key.textContent, last.selectionStart, last.selectionEnd, 'end');
    last.dispatchEvent(new Event('input', { bubbles: true }));
    raise(false);
    last.focus();
  });
})();
