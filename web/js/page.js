// Small things every page has: focus on the errors, menus that close, copy,
// print, dates.

/** Runs fn for every element that matches, now and in fragments that arrive later. */
export function each(selector, fn) {
  const done = new WeakSet();
  const run = (root) => {
    for (const el of root.querySelectorAll(selector)) if (!done.has(el)) { done.add(el); fn(el); }
  };
  run(document);
  document.addEventListener("htmx:load", (e) => { if (e.target.parentElement) run(e.target.parentElement); });
  document.addEventListener("lt:load", (e) => run(e.target));
}

each("[data-focus]", (el) => el.focus());

// A link of the error summary leads into the field, or to the first choice of a group.
document.addEventListener("click", (e) => {
  const link = e.target.closest?.(".lt-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  e.preventDefault();
  const control = field.matches("fieldset") ? field.querySelector("input") ?? field : field;
  control.focus({ preventScroll: true });
  field.closest(".lt-field")?.scrollIntoView({ block: "start" });
});

document.addEventListener("click", (e) => {
  for (const menu of document.querySelectorAll(".lt-menu[open]")) if (!menu.contains(e.target)) menu.open = false;
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  const open = document.activeElement?.closest?.(".lt-menu[open], .lt-confirm[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

each(".lt-confirm", (el) => {
  const close = el.querySelector("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => { el.open = false; el.querySelector("summary").focus(); });
  el.addEventListener("toggle", () => { if (el.open) el.querySelector("form :is(input:not([type=hidden]), select, textarea, button)").focus(); });
});

each("[data-passkey]", (el) => import("./passkey.js").then((m) => m.passkey(el)));

each("[data-print]", (el) => { el.hidden = false; el.addEventListener("click", () => window.print()); });

// data-copy="text"; data-copied is what the button says afterwards.
each("[data-copy]", (el) => {
  if (!navigator.clipboard) return;
  el.hidden = false;
  el.addEventListener("click", async () => {
    await navigator.clipboard.writeText(el.dataset.copy);
    const label = el.querySelector("span") ?? el, before = label.textContent;
    label.textContent = el.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 2500);
  });
});

// Dates: 1/2/2026, 1-2-2026 and 01022026 become 01/02/2026.
each("input[data-date]", (el) => {
  el.addEventListener("change", () => {
    const text = el.value.trim();
    const m = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(text);
    if (m) el.value = `${m[1].padStart(2, "0")}/${m[2].padStart(2, "0")}/${m[3]}`;
  }, true);
});
