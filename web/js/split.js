// <a data-split="/url">: on a wide screen a row opens beside its list instead
// of on a page of its own: the answer of /url replaces #split. The address
// changes too, so that reloading shows the same. From a page without #split the
// way leads to that list with the row open.
const wide = matchMedia("(min-width: 75rem)");
let asked = null;

document.addEventListener("click", async (e) => {
  const link = e.target.closest?.("a[data-split]");
  if (!link || !wide.matches || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  e.preventDefault();
  if (!document.getElementById("split")) { location.assign(link.dataset.split); return; } // its list is another page
  asked?.abort();
  asked = new AbortController();
  const url = link.dataset.split;
  try {
    const answer = await fetch(url, { signal: asked.signal, headers: { "HX-Request": "true" } });
    const split = document.getElementById("split");
    if (!answer.ok || answer.redirected || !split) { location.assign(link.href); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = document.adoptNode(page.getElementById("split"));
    split.replaceWith(fresh);
    history.replaceState(history.state, "", url);
    fresh.parentElement.dispatchEvent(new CustomEvent("lt:load", { bubbles: true }));
    fresh.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  } catch (err) {
    if (err.name !== "AbortError") location.assign(link.href); // the page says what is wrong
  }
});
