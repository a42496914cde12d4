// <div data-passkey data-begin="URL" data-end="URL">: its button asks the device
// for a passkey (data-make: for a new one). Without passkeys in the browser it
// stays hidden, and the form beside it does the same.

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function put(url, body) {
  const answer = await fetch(url, { method: "PUT", headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang }, body: body && JSON.stringify(body) });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.detail), { said: said.detail });
  return said;
}

function request(o) {
  const listed = (list) => (list ?? []).map((c) => ({ ...c, id: decode(c.id) }));
  const known = { ...o, challenge: decode(o.challenge) };
  if (o.user) known.user = { ...o.user, id: decode(o.user.id) };
  if (o.excludeCredentials) known.excludeCredentials = listed(o.excludeCredentials);
  if (o.allowCredentials) known.allowCredentials = listed(o.allowCredentials);
  return known;
}

function answer(c) {
  const r = c.response, out = { clientDataJSON: encode(r.clientDataJSON) };
  if (r.attestationObject) {
    out.attestationObject = encode(r.attestationObject);
    if (r.getTransports) out.transports = r.getTransports();
  } else {
    out.authenticatorData = encode(r.authenticatorData);
    out.signature = encode(r.signature);
    if (r.userHandle) out.userHandle = encode(r.userHandle);
  }
  return { id: c.id, rawId: encode(c.rawId), type: c.type, clientExtensionResults: c.getClientExtensionResults(), authenticatorAttachment: c.authenticatorAttachment ?? undefined, response: out };
}

function showCodes(list) {
  const at = document.querySelector("[data-codes]");
  if (!at || !list?.length) return false;
  for (const code of list) {
    const el = document.createElement("li"), text = document.createElement("code");
    text.textContent = code;
    el.append(text);
    at.querySelector("ol").append(el);
  }
  document.querySelector("[data-codes-hide]").hidden = true;
  at.hidden = false;
  at.focus();
  return true;
}

export function passkey(el) {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const button = el.querySelector("button"), wrong = el.querySelector("[role=alert]"), make = "make" in el.dataset;
  el.hidden = false;
  button.addEventListener("click", async () => {
    wrong.hidden = true;
    button.disabled = true;
    try {
      const { options } = await put(el.dataset.begin);
      const publicKey = request(options);
      const credential = answer(await (make ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey })));
      const name = make ? document.querySelector("#f-name")?.value : undefined;
      const said = await put(el.dataset.end, make ? { credential, name } : { credential });
      if (make && showCodes(said.recovery_codes)) return;
      const form = el.dataset.form && document.querySelector(el.dataset.form);
      if (!form) return void location.assign(el.dataset.done);
      const done = document.createElement("input");
      [done.type, done.name, done.value] = ["hidden", "proof.done", "1"];
      form.append(done);
      form.noValidate = true;
      form.submit();
    } catch (err) {
      wrong.textContent = err.said ?? el.dataset.failed;
      wrong.hidden = false;
      button.disabled = false;
    }
  });
}
