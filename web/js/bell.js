// The number of unread messages in the head of the page, live. One tab of a browser listens and tells the others.
// The listening ends after a quarter of an hour without a sign of the reader, so that an empty chair does not stay
// signed in, and begins again when there is one.
const bell = document.querySelector("[data-bell]");
const patience = 15 * 60 * 1000;

if (bell && window.EventSource && window.BroadcastChannel) {
  const count = bell.querySelector("[data-bell-count]"), number = bell.querySelector("[data-bell-number]");
  const list = document.querySelector("[data-bell-list]");
  const others = new BroadcastChannel("lt-bell");
  let source, seen = Date.now();

  function show(n) {
    const before = Number(number.textContent);
    number.textContent = n;
    count.hidden = n === 0;
    if (list && n > before) list.hidden = false;
  }
  others.addEventListener("message", (e) => show(e.data));

  function open() {
    if (source && source.readyState !== EventSource.CLOSED) return;
    source = new EventSource(bell.dataset.bell);
    source.addEventListener("count", (e) => { const n = Number(e.data); show(n); others.postMessage(n); });
    source.addEventListener("end", () => { source.close(); if (Date.now() - seen < patience) open(); });
  }
  function lead() {
    open();
    for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => { seen = Date.now(); open(); }, { passive: true });
    return new Promise(() => {});
  }
  if (navigator.locks) navigator.locks.request("lt-bell", lead);
  else lead();
}
