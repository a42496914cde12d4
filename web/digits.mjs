// Be Vietnam Pro has no tabular figures. tabularDigits gives the ten digits of
// a font the same width, each centred, so that columns of numbers line up.
function tables(font) {
  const found = {};
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const at = 12 + 16 * i;
    found[font.toString("latin1", at, at + 4)] = { at, offset: font.readUInt32BE(at + 8), length: font.readUInt32BE(at + 12) };
  }
  return found;
}

function glyphOf(font, cmap, char) {
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const at = cmap + font.readUInt32BE(cmap + 8 + 8 * i);
    if (font.readUInt16BE(at) !== 4) continue;
    const segments = font.readUInt16BE(at + 6) / 2;
    for (let s = 0; s < segments; s++) {
      const end = font.readUInt16BE(at + 14 + 2 * s), startAt = at + 16 + 2 * (segments + s), start = font.readUInt16BE(startAt);
      if (char < start || char > end) continue;
      const delta = font.readInt16BE(startAt + 2 * segments), rangeAt = startAt + 4 * segments, range = font.readUInt16BE(rangeAt);
      if (!range) return (char + delta) & 0xffff;
      return (font.readUInt16BE(rangeAt + range + 2 * (char - start)) + delta) & 0xffff;
    }
  }
  throw new Error("digits: no glyph for " + String.fromCharCode(char));
}

// shifted returns a simple glyph moved sideways. Only the first point and the
// box carry absolute positions; the x of the first point is rewritten long.
function shifted(glyph, dx) {
  const contours = glyph.readInt16BE(0);
  if (contours < 1) throw new Error("digits: not a simple glyph");
  const points = glyph.readUInt16BE(10 + 2 * (contours - 1)) + 1;
  const instructions = 10 + 2 * contours;
  let at = instructions + 2 + glyph.readUInt16BE(instructions);
  const head = Buffer.from(glyph.subarray(0, at));
  head.writeInt16BE(glyph.readInt16BE(2) + dx, 2);
  head.writeInt16BE(glyph.readInt16BE(6) + dx, 6);
  const flags = [];
  while (flags.length < points) {
    const f = glyph[at++];
    flags.push(f & ~8);
    if (f & 8) for (let n = glyph[at++]; n > 0; n--) flags.push(f & ~8);
  }
  const xs = [];
  for (const f of flags) {
    if (f & 2) xs.push(f & 16 ? glyph[at++] : -glyph[at++]);
    else if (f & 16) xs.push(0);
    else { xs.push(glyph.readInt16BE(at)); at += 2; }
  }
  let end = at;
  for (const f of flags) end += f & 4 ? 1 : f & 32 ? 0 : 2;
  const ys = glyph.subarray(at, end);
  xs[0] += dx;
  const long = Buffer.alloc(2 * points);
  xs.forEach((x, i) => long.writeInt16BE(x, 2 * i));
  const out = Buffer.concat([head, Buffer.from(flags.map((f) => f & ~(2 | 16))), long, ys]);
  return out.length % 4 ? Buffer.concat([out, Buffer.alloc(4 - (out.length % 4))]) : out;
}

export function tabularDigits(font) {
  const t = tables(font);
  const metrics = font.readUInt16BE(t.hhea.offset + 34);
  const ids = [..."0123456789"].map((c) => glyphOf(font, t.cmap.offset, c.charCodeAt(0)));
  if (Math.max(...ids) >= metrics) throw new Error("digits: metrics are shared");
  const widths = ids.map((g) => font.readUInt16BE(t.hmtx.offset + 4 * g));
  const width = widths[0]; // of the zero: the others are set to it
  const longLoca = font.readInt16BE(t.head.offset + 50) === 1;
  const count = font.readUInt16BE(t.maxp.offset + 4);
  const loca = (i) => longLoca ? font.readUInt32BE(t.loca.offset + 4 * i) : 2 * font.readUInt16BE(t.loca.offset + 2 * i);
  const glyphs = [];
  for (let g = 0; g < count; g++) {
    const glyph = font.subarray(t.glyf.offset + loca(g), t.glyf.offset + loca(g + 1));
    const i = ids.indexOf(g);
    glyphs.push(i < 0 ? glyph : shifted(glyph, Math.round((width - widths[i]) / 2)));
  }
  const hmtx = Buffer.from(font.subarray(t.hmtx.offset, t.hmtx.offset + t.hmtx.length));
  ids.forEach((g, i) => {
    hmtx.writeUInt16BE(width, 4 * g);
    hmtx.writeInt16BE(hmtx.readInt16BE(4 * g + 2) + Math.round((width - widths[i]) / 2), 4 * g + 2);
  });
  const offsets = Buffer.alloc(4 * (count + 1));
  glyphs.reduce((sum, g, i) => { offsets.writeUInt32BE(sum + g.length, 4 * (i + 1)); return sum + g.length; }, 0);
  const head = Buffer.from(font.subarray(t.head.offset, t.head.offset + t.head.length));
  head.writeInt16BE(1, 50);
  return assemble(font, t, { glyf: Buffer.concat(glyphs), hmtx, loca: offsets, head });
}

// assemble writes the font with some tables replaced. Checksums are left to the subsetter, which runs afterwards.
function assemble(font, t, replaced) {
  const names = Object.keys(t).sort();
  const directory = Buffer.from(font.subarray(0, 12 + 16 * names.length));
  let offset = directory.length;
  const bodies = names.map((name, i) => {
    const body = replaced[name] ?? font.subarray(t[name].offset, t[name].offset + t[name].length);
    const at = 12 + 16 * i;
    directory.write(name, at, "latin1");
    directory.writeUInt32BE(0, at + 4);
    directory.writeUInt32BE(offset, at + 8);
    directory.writeUInt32BE(body.length, at + 12);
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    offset += padded.length;
    return padded;
  });
  return Buffer.concat([directory, ...bodies]);
}
