// The officials' keyboard. A list is any element with data-list whose rows
// carry data-row and hold a link. j and k move, Enter opens, g and a letter
// jumps to the item of the left column with that data-go, / goes to the search
// box, ? shows the keys. Any element with data-key="x" is pressed by x. Ctrl and
// Enter send the form one is in.
import { each } from "./page.js";

const typing = (el) => el.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable], dialog");
const rows = () => [...document.querySelectorAll("[data-list] [data-row]")];
const current = () => document.querySelector("[data-list] [data-row][aria-selected=true]");
let going = 0;

function select(row) {
  if (!row) return;
  current()?.removeAttribute("aria-selected");
  row.setAttribute("aria-selected", "true");
  row.querySelector("a")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows(), at = all.indexOf(current());
  select(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
}

function go(on) {
  clearTimeout(going);
  going = on ? setTimeout(() => go(false), 2000) : 0;
  document.documentElement.classList.toggle("lt-going", on);
}

const acts = {
  j: () => step(1),
  k: () => step(-1),
  g: () => go(true),
  "/": () => { const q = document.querySelector("[data-search]"); q?.focus(); q?.select(); },
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (e) => {
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && !e.isComposing && !e.defaultPrevented) {
    const form = e.target.closest?.(".lt-work form[method=post]");
    if (form) { e.preventDefault(); form.requestSubmit(); }
    return;
  }
  if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing) return;
  if (typing(e.target)) {
    if (e.key === "Escape" && !e.defaultPrevented) e.target.blur();
    return;
  }
  if (going) {
    const to = document.querySelector(`[data-go="${CSS.escape(e.key.toLowerCase())}"]`);
    go(false);
    if (to) { e.preventDefault(); to.click(); }
    return;
  }
  if (e.key === "Enter" && current() && !e.target.closest("a, button, summary")) { current().querySelector("a")?.click(); return; }
  const act = acts[e.key];
  const pressed = act ? null : document.querySelector(`[data-key="${CSS.escape(e.key)}"]`);
  if (!act && !pressed) return;
  e.preventDefault();
  act ? act() : pressed.click();
});

each(".lt-side [aria-current]", (el) => { // on a phone the column is a strip
  const strip = el.closest(".lt-side");
  if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = el.offsetLeft - strip.offsetLeft - 16;
});
each("[data-keys-open]", (el) => { el.hidden = false; el.addEventListener("click", acts["?"]); });
each("[data-list] [data-row] a", (el) => el.addEventListener("focus", () => {
  const row = el.closest("[data-row]");
  if (row !== current()) { current()?.removeAttribute("aria-selected"); row.setAttribute("aria-selected", "true"); }
}));
