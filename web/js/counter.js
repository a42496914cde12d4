// <form data-counter>: the counter's form goes in the order of the clerk's
// hands. Enter goes to the next field and sends the form from the last one;
// arrows move between the papers, the space bar ticks them, Enter leaves them;
// data-all ticks all that carry data-required. A scanner typing
// the QR code of the identity card into data-scan fills the fields that carry
// data-scanned="number|name|birth|sex|address|issued".
import { each } from "./page.js";

const fields = (form) => [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button[type=submit], button:not([type])")]
  .filter((el) => !el.disabled && !el.readOnly && el.offsetParent && (!el.checkVisibility || el.checkVisibility()) && !el.closest(".lt-confirm, .lt-suggest, .lt-check-count"));

/** The parts of the QR code of the citizen identity card, null when it is something else. */
export function card(text) {
  const p = text.trim().split("|");
  if (p.length < 6 || !/^\d{12}$/.test(p[0])) return null;
  const date = (d) => d?.replace(/^(\d{2})(\d{2})(\d{4})$/, "$1/$2/$3") ?? "";
  return { number: p[0], name: p[2], birth: date(p[3]), sex: p[4], address: p[5], issued: date(p[6]) };
}

function fill(form, parts) {
  for (const el of form.querySelectorAll("[data-scanned]")) {
    const value = parts[el.dataset.scanned];
    if (!value) continue;
    if (el.matches("select")) {
      const option = [...el.options].find((o) => o.text.trim() === value || o.value === value);
      if (option) el.value = option.value;
    } else el.value = value;
    el.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// The person of last time arrives while the clerk types on: what was typed meanwhile stays, what was filled in is
// typed over at once.
let filled = false, typed = null;
document.addEventListener("htmx:beforeSwap", (e) => {
  const el = document.activeElement, person = document.getElementById("person");
  filled = e.detail.target === person;
  typed = filled && person.contains(el) && el.value && el.value !== el.defaultValue && !el.matches("[data-scan]") ? el : null;
});
document.addEventListener("htmx:afterSwap", () => {
  if (!filled) return;
  filled = false;
  const person = document.getElementById("person"), at = document.activeElement, next = person.querySelector("input[data-focus]");
  if (typed) {
    next?.removeAttribute("data-focus");
    const same = person.querySelector(`[name="${CSS.escape(typed.name)}"]`);
    same.value = typed.value;
    same.focus();
  } else if (at !== document.body && !person.contains(at)) {
    next?.removeAttribute("data-focus"); // the clerk is further on already
  } else if (next) {
    next.focus();
    next.select();
  }
});

each("form[data-counter]", (form) => {
  form.addEventListener("change", (e) => {
    if (!e.target.matches("[data-all]")) return;
    for (const box of form.querySelectorAll("[data-required]")) box.checked = e.target.checked;
  });
  form.addEventListener("keydown", (e) => {
    const el = e.target;
    if (e.isComposing || e.defaultPrevented || el.matches("textarea, button, summary, a")) return;
    if (e.key === "Enter" && !e.ctrlKey) {
      e.preventDefault();
      const scanned = el.matches("[data-scan]") && card(el.value);
      if (scanned) fill(form, scanned);
      const papers = el.closest("[data-papers]");
      const all = fields(form).filter((f) => f === el || !papers?.contains(f)), rest = all.slice(all.indexOf(el) + 1);
      const next = scanned ? rest.find((f) => !f.value || f.matches("button, [type=checkbox]")) : rest[0];
      if (next?.matches("button")) { // what the field asks for comes by itself
        if (el.matches("[hx-post]") && el.value) el.blur();
        else form.requestSubmit(next);
        return;
      }
      next?.focus();
      next?.select?.();
    } else if ((e.key === "ArrowDown" || e.key === "ArrowUp") && el.matches("[type=checkbox]")) {
      const boxes = [...form.querySelectorAll("[type=checkbox]")], to = boxes[boxes.indexOf(el) + (e.key === "ArrowDown" ? 1 : -1)];
      if (to) { e.preventDefault(); to.focus(); }
    }
  });
});
