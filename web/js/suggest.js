// <input data-suggest="/url">: asks /url?q=… while typing and shows the answer,
// the partial "suggestions", as a list (ARIA combobox). An option with
// data-href is opened, one with data-value fills the field and fires change.
// With data-first, Enter takes the first line when none is chosen.
import { each } from "./page.js";

const pause = 180;

each("input[data-suggest]", (input) => {
  const box = document.createElement("div");
  box.className = "lt-suggest-box";
  const focused = document.activeElement === input;
  input.replaceWith(box);
  const list = document.createElement("ul");
  list.className = "lt-suggest";
  list.id = input.id + "-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${input.id}"]`)?.textContent ?? "");
  list.hidden = true;
  box.append(input, list);
  if (focused) input.focus();
  for (const [k, v] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" })) input.setAttribute(k, v);

  let timer = 0, asked = null;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) input.removeAttribute("aria-activedescendant");
  }
  function choose(option) {
    chosen()?.removeAttribute("aria-selected");
    if (!option) { input.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }
  function take(option) {
    show(false);
    if (option.dataset.href) { location.assign(option.dataset.href); return; }
    input.value = option.dataset.value ?? option.textContent.trim();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.dispatchEvent(new CustomEvent("lt:taken", { bubbles: true, detail: { ...option.dataset } }));
  }
  async function ask() {
    const q = input.value.trim();
    asked?.abort();
    if (q.length < 2) { show(false); return; }
    asked = new AbortController();
    const url = new URL(input.dataset.suggest, location);
    url.searchParams.set("q", q);
    try {
      const answer = await fetch(url, { signal: asked.signal, headers: { "X-Suggest": "1" } });
      if (!answer.ok) return;
      list.innerHTML = await answer.text();
      options().forEach((o, i) => { o.id = `${list.id}-${i}`; });
      show(list.children.length > 0 && document.activeElement === input);
    } catch { /* aborted, or no network: typing goes on without suggestions */ }
  }
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, pause); });
  input.addEventListener("blur", () => setTimeout(() => show(false), 150));
  input.addEventListener("focus", () => { if (options().length && input.value.trim().length > 1) show(true); });
  input.addEventListener("keydown", (e) => {
    const all = options(), at = all.indexOf(chosen());
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      if (!all.length) return;
      e.preventDefault();
      show(true);
      choose(all[(at + (e.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
    } else if (e.key === "Enter" && !list.hidden && (at >= 0 || "first" in input.dataset && all.length)) {
      e.preventDefault();
      e.stopPropagation();
      take(all[Math.max(at, 0)]);
    } else if (e.key === "Escape" && !list.hidden) {
      e.preventDefault();
      e.stopPropagation();
      show(false);
    }
  });
  list.addEventListener("mousedown", (e) => e.preventDefault());
  list.addEventListener("click", (e) => { const o = e.target.closest("[role=option]"); if (o) take(o); });
});
