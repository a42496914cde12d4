// Cropping and shrinking a photo of a paper: four corners to drag (or to move
// with the arrow keys), then a JPEG of at most 2,000 pixels.
const longest = 2000;
const quality = 0.82;

const texts = {
  vi: { title: "Cắt gọn ảnh giấy tờ", hint: "Kéo các góc cho vừa mép giấy. Chữ phải đọc được.", use: "Dùng ảnh này", whole: "Giữ cả ảnh", turn: "Xoay", corners: ["Góc trên bên trái", "Góc dưới bên phải"] },
  en: { title: "Crop the photo of the paper", hint: "Drag the corners to the edges of the paper. The text must be readable.", use: "Use this photo", whole: "Keep the whole photo", turn: "Turn", corners: ["Top left corner", "Bottom right corner"] },
};

function drawn(image, turns) {
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const w = Math.round(image.width * scale), h = Math.round(image.height * scale);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = turns % 2 ? [h, w] : [w, h];
  const c = canvas.getContext("2d");
  c.translate(canvas.width / 2, canvas.height / 2);
  c.rotate((turns * Math.PI) / 2);
  c.drawImage(image, -w / 2, -h / 2, w, h);
  return canvas;
}

function cut(canvas, box, name) {
  const w = Math.round((box.x1 - box.x0) * canvas.width), h = Math.round((box.y1 - box.y0) * canvas.height);
  const out = document.createElement("canvas");
  out.width = w;
  out.height = h;
  out.getContext("2d").drawImage(canvas, box.x0 * canvas.width, box.y0 * canvas.height, w, h, 0, 0, w, h);
  return new Promise((resolve, reject) => out.toBlob((blob) => blob
    ? resolve(new File([blob], name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }))
    : reject(new Error("no blob")), "image/jpeg", quality));
}

function element(tag, attrs, ...children) {
  const el = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs)) el.setAttribute(k, v);
  el.append(...children);
  return el;
}

/** Shows the photo, returns the cropped and shrunk file. */
export async function crop(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const t = texts[document.documentElement.lang] ?? texts.vi;
  let turns = 0, box = { x0: 0, y0: 0, x1: 1, y1: 1 }, canvas = drawn(image, 0);
  const view = element("canvas", { "aria-hidden": "true" });
  const corners = t.corners.map((label) => element("button", { type: "button", class: "lt-crop-handle", "aria-label": label }));
  const area = element("div", { class: "lt-crop-area" }, view, ...corners);
  const use = element("button", { class: "btn btn-primary", value: "use" }, t.use);
  const whole = element("button", { class: "btn", value: "whole" }, t.whole);
  const turn = element("button", { class: "btn", type: "button" }, t.turn);
  const dialog = element("dialog", { class: "lt-dialog lt-crop", "aria-label": t.title },
    element("form", { method: "dialog" }, element("h2", {}, t.title), element("p", {}, t.hint), area, element("div", { class: "lt-actions" }, use, whole, turn)));

  function paint() {
    [view.width, view.height] = [canvas.width, canvas.height];
    const c = view.getContext("2d"), w = canvas.width, h = canvas.height;
    c.drawImage(canvas, 0, 0);
    c.fillStyle = "rgb(0 0 0 / .6)";
    c.beginPath();
    c.rect(0, 0, w, h);
    c.rect(box.x0 * w, box.y0 * h, (box.x1 - box.x0) * w, (box.y1 - box.y0) * h);
    c.fill("evenodd");
    const place = (el, x, y) => { el.style.left = `${view.offsetLeft + x * view.offsetWidth}px`; el.style.top = `${view.offsetTop + y * view.offsetHeight}px`; };
    place(corners[0], box.x0, box.y0);
    place(corners[1], box.x1, box.y1);
  }
  function move(i, x, y) {
    const clamp = (v, lo, hi) => Math.min(hi, Math.max(lo, v)), least = 0.1;
    if (i === 0) { box.x0 = clamp(x, 0, box.x1 - least); box.y0 = clamp(y, 0, box.y1 - least); }
    else { box.x1 = clamp(x, box.x0 + least, 1); box.y1 = clamp(y, box.y0 + least, 1); }
    paint();
  }
  corners.forEach((el, i) => {
    el.addEventListener("pointerdown", (e) => el.setPointerCapture(e.pointerId));
    el.addEventListener("pointermove", (e) => {
      if (!el.hasPointerCapture(e.pointerId)) return;
      const r = view.getBoundingClientRect();
      move(i, (e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height);
    });
    el.addEventListener("keydown", (e) => {
      const d = { ArrowLeft: [-0.02, 0], ArrowRight: [0.02, 0], ArrowUp: [0, -0.02], ArrowDown: [0, 0.02] }[e.key];
      if (!d) return;
      e.preventDefault();
      move(i, (i ? box.x1 : box.x0) + d[0], (i ? box.y1 : box.y0) + d[1]);
    });
  });
  turn.addEventListener("click", () => { turns = (turns + 1) % 4; canvas = drawn(image, turns); box = { x0: 0, y0: 0, x1: 1, y1: 1 }; paint(); });
  document.body.append(dialog);
  dialog.showModal();
  paint();
  addEventListener("resize", paint);
  const answer = await new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue)));
  removeEventListener("resize", paint);
  dialog.remove();
  return cut(canvas, answer === "use" ? box : { x0: 0, y0: 0, x1: 1, y1: 1 }, file.name);
}
