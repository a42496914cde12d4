// Sends a large file in pieces (tus 1.0) and goes on where the server ended: after the line broke, after the
// page was loaded again, on another node. The upload's address is kept until it has ended.
const piece = 4 << 20, patience = [1, 2, 4, 8, 15, 30]; // bytes; seconds between tries
const head = { "Tus-Resumable": "1.0.0" };

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const metadata = (said) => Object.entries(said).map(([k, v]) => `${k} ${base64(v)}`).join(",");

const memory = {
  key: (file, said) => `lt-transfer ${said.draft ?? ""} ${file.name} ${file.size} ${file.lastModified}`,
  get: (key) => { try { return sessionStorage.getItem(key); } catch { return null; } }, // may be forbidden
  set: (key, value) => { try { value ? sessionStorage.setItem(key, value) : sessionStorage.removeItem(key); } catch { /* then not */ } },
};

// Refused is an answer that trying again does not change.
export class Refused extends Error {
  constructor(text, id) { super(text); this.id = id; }
}

async function reason(response) {
  try { return (await response.json()).detail ?? ""; } catch { return ""; }
}

const last = (path) => path.split("/").pop();

// restored waits until it makes sense to try again.
const restored = (turn) => new Promise((done) => {
  const wait = setTimeout(done, 1000 * patience[Math.min(turn, patience.length - 1)]);
  addEventListener("online", () => { clearTimeout(wait); done(); }, { once: true });
});

// passing are answers of a server that is starting, busy, or still ends the request before.
const passing = (status) => status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;

function patch(url, file, at, progress) {
  return new Promise((done) => {
    const r = new XMLHttpRequest();
    r.open("PATCH", url);
    for (const [k, v] of Object.entries({ ...head, "Upload-Offset": at, "Content-Type": "application/offset+octet-stream", Accept: "application/json" })) r.setRequestHeader(k, v);
    r.upload.addEventListener("progress", (e) => progress((at + e.loaded) / file.size));
    r.addEventListener("loadend", () => done(r));
    r.send(file.slice(at, at + piece));
  });
}

async function begin(base, file, said) {
  const r = await fetch(base, { method: "POST", headers: { ...head, Accept: "application/json", "Upload-Length": file.size, "Upload-Metadata": metadata({ filename: file.name, ...said }) } });
  if (!r.ok && !passing(r.status)) throw new Refused(await reason(r));
  return r.ok ? r.headers.get("Location") : null;
}

// transfer sends a file and returns the id of the upload. said is what the server is told beside the name; waiting is called
// when the line is gone. It gives up when nothing has moved for about ten minutes.
export async function transfer(base, file, said, progress, waiting) {
  const key = memory.key(file, said);
  let url = memory.get(key), at = url ? -1 : 0; // -1: the server knows
  for (let turn = 0; ; turn++) {
    try {
      url ??= await begin(base, file, said);
      if (url && at < 0) {
        const r = await fetch(url, { method: "HEAD", headers: head });
        if (r.ok) at = Number(r.headers.get("Upload-Offset"));
        else if (r.status === 422) { memory.set(key, ""); throw new Refused("", last(url)); }
        else if (!passing(r.status)) { memory.set(key, ""); url = null; at = 0; continue; } // it has expired
      }
      if (url) memory.set(key, url);
      while (url && at >= 0 && at < file.size) {
        const r = await patch(url, file, at, progress);
        if (r.status === 204) { at = Number(r.getResponseHeader("Upload-Offset")); turn = 0; }
        else if (passing(r.status)) at = -1;
        else { memory.set(key, ""); throw new Refused("", last(url)); }
      }
      if (url && at === file.size) { memory.set(key, ""); return last(url); }
    } catch (e) {
      if (e instanceof Refused) throw e;
      at = -1; // the line broke
    }
    if (!url) at = 0;
    if (turn > 24) throw new Error("the server does not answer");
    waiting();
    await restored(turn);
  }
}
