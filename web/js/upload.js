// <input type="file" data-photo>: photos are offered for cropping and made
// smaller before they leave the phone. Inside <form data-upload> files are sent
// as soon as they are chosen, with progress; the answer (HTML) replaces the
// element that data-upload names ("#papers"). Without it the form is sent whole.
// With data-transfer large files go in pieces, and go on by themselves when the line is back.
// Whoever goes on while files are still under way goes on when they have arrived.
import { each } from "./page.js";

const smallEnough = 300 * 1024;

function put(input, files) {
  const transfer = new DataTransfer();
  for (const f of files) transfer.items.add(f);
  input.files = transfer.files;
}

async function prepared(files) {
  const out = [];
  for (const file of files) {
    if (/^image\/(jpeg|png|webp)$/.test(file.type) && file.size > smallEnough) {
      const { crop } = await import("./photo.js"); // loaded with the first photo
      out.push(await crop(file));
    } else out.push(file);
  }
  return out;
}

function note(input, text) {
  let p = input.parentElement.querySelector(".lt-photo-note");
  if (!p) {
    p = document.createElement("p");
    p.className = "lt-photo-note";
    p.setAttribute("role", "status");
    input.after(p);
  }
  p.textContent = text;
}

const size = (n) => n < 1e6 ? `${Math.ceil(n / 1000)} KB` : `${(n / 1e6).toLocaleString("vi-VN", { maximumFractionDigits: 1 })} MB`;

let running = 0, waiting = null; // uploads under way; the form, and its button, that waits for them

function settled(ok) {
  running--;
  if (!ok) waiting = null; // what went wrong is said on this page
  if (running || !waiting) return;
  const [form, button] = waiting;
  waiting = null;
  form.requestSubmit(button);
}

addEventListener("submit", (e) => {
  if (!running || e.target.matches("form[data-upload]")) return;
  e.preventDefault();
  waiting = [e.target, e.submitter];
}, true);

const large = 1 << 20; // bytes: smaller files go in one request

// inPieces sends the large files of a form first, when it says where to (data-transfer), and returns the form as it is
// then: with the ids of those uploads in the place of the files.
async function inPieces(form, input, bar) {
  const body = new FormData(form), files = [...input.files];
  const some = files.filter((f) => form.dataset.transfer && f.size >= large);
  if (!some.length) return body;
  const { transfer, Refused } = await import("./transfer.js");
  body.delete(input.name);
  let said = "";
  for (const f of files) {
    if (!some.includes(f)) { body.append(input.name, f); continue; }
    try {
      body.append("transfer", await transfer(form.dataset.transfer, f, { draft: form.dataset.draft },
        (part) => { bar.value = part; if (said) note(input, said = ""); }, () => note(input, said = form.dataset.waiting ?? "")));
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      if (e.id) body.append("transfer", e.id); // the page says why
      else body.append(input.name, f);
    }
  }
  return body;
}

async function send(form, input) {
  const button = form.querySelector("[data-without-script]");
  const bar = document.createElement("progress");
  bar.className = "lt-progress";
  bar.max = 1;
  bar.setAttribute("aria-label", document.querySelector(`label[for="${input.id}"]`)?.textContent.trim() ?? "");
  input.after(bar);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1");
  request.upload.addEventListener("progress", (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; });
  const failed = () => { // kept in the field: the button sends it again
    bar.remove();
    if (button) button.hidden = false;
    note(input, form.dataset.failed ?? "");
  };
  request.addEventListener("load", () => {
    bar.remove();
    const target = document.querySelector(form.dataset.upload);
    if (!target) { form.submit(); return; }
    if (request.status >= 500) { failed(); return; }
    form.reset(); // the files are in the list now
    input.parentElement.querySelector(".lt-photo-note")?.remove();
    target.innerHTML = request.responseText;
    target.dispatchEvent(new CustomEvent("lt:load", { bubbles: true }));
  });
  request.addEventListener("loadend", () => settled(request.status >= 200 && request.status < 400));
  request.addEventListener("error", failed);
  try {
    request.send(await inPieces(form, input, bar));
  } catch {
    failed();
    settled(false);
  }
}

each("input[type=file][data-photo]", (input) => {
  const unneeded = input.closest("form[data-upload]")?.querySelector("[data-without-script]");
  if (unneeded) unneeded.hidden = true;
  let own = false;
  input.addEventListener("change", async () => {
    if (own || !input.files.length) return;
    const before = [...input.files], form = input.closest("form[data-upload]");
    if (form) running++;
    try {
      const files = await prepared(before);
      own = true;
      put(input, files);
      note(input, files.map((f) => `${f.name}: ${size(f.size)}`).join(" · "));
    } catch { // an old browser, or a broken picture: the file goes as it is
      put(input, before);
    } finally {
      own = false;
    }
    if (form) send(form, input);
  });
});
