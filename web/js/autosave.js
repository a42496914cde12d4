// <form data-autosave="/url">: saves the form after every change of a field,
// keeps trying while the network is away, and says so in the partial
// "autosave". The server gets the whole form by POST with the header
// X-Autosave and answers 2xx; 4xx other than 408 and 429 is not tried again.
import { each } from "./page.js";

const retryAfter = 5000;

each("form[data-autosave]", (form) => {
  const state = form.querySelector("[data-autosave-state]");
  const say = (text) => { if (state) state.textContent = text ?? ""; };
  let dirty = false, busy = false, timer = 0;

  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name); // files go with upload.js or the form itself
    return new URLSearchParams(data);
  };
  async function save(leaving) {
    clearTimeout(timer);
    timer = 0;
    if (busy || !dirty) return;
    busy = true;
    dirty = false;
    say(state?.dataset.saving);
    try {
      const answer = await fetch(form.dataset.autosave || form.action, { method: "POST", body: body(), headers: { "X-Autosave": "1" }, keepalive: leaving === true, redirect: "manual" });
      if (answer.ok) say(`${state?.dataset.saved} ${new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" })}`);
      else if (answer.status >= 500 || [0, 408, 429].includes(answer.status)) throw new Error(String(answer.status));
      else say("");
    } catch {
      dirty = true;
      say(state?.dataset.failed);
      timer = setTimeout(save, retryAfter);
    } finally {
      busy = false;
    }
    if (dirty && !timer) save();
  }
  form.addEventListener("change", (e) => { if (e.target.type !== "file") { dirty = true; save(); } });
  form.addEventListener("submit", () => { dirty = false; clearTimeout(timer); });
  addEventListener("online", () => save());
  addEventListener("pagehide", () => save(true));
  addEventListener("beforeunload", (e) => { if (dirty && !navigator.onLine) e.preventDefault(); });
});
