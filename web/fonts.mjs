// The cuts of Be Vietnam Pro that pages load: only the letters of Vietnamese
// and the signs the pages use, so a weight is 13 KB instead of 33. The letters
// of the Jrai and Bahnar languages are in a third file that a browser fetches
// only when a page has one of them.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";
import { tabularDigits } from "./digits.mjs";

const files = join(dirname(fileURLToPath(import.meta.url)), "node_modules/@fontsource/be-vietnam-pro/files");
export const weights = [400, 500, 700];

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");
const cuts = {
  latin: {
    text: range(0x20, 0x7e) + "àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ\u00a0°·×±§²³«»–—‘’“”…•−",
    unicodes: "U+20-7E,U+A0-FF,U+2013-2014,U+2018-201D,U+2022,U+2026,U+2212",
  },
  vietnamese: {
    text: "ĂăĐđĨĩŨũƠơƯư₫\u0300\u0301\u0303\u0309\u0323" + range(0x1ea0, 0x1ef9),
    unicodes: "U+102-103,U+110-111,U+128-129,U+168-169,U+1A0-1A1,U+1AF-1B0,U+300-301,U+303,U+309,U+323,U+1EA0-1EF9,U+20AB",
  },
  "latin-ext": {
    text: "ČčĔĕĬĭŎŏŬŭñÑ",
    unicodes: "U+10C-10D,U+114-115,U+12C-12D,U+14E-14F,U+16C-16D",
  },
};
const digits = "U+30-39";

const source = (cut, weight) => readFileSync(join(files, `be-vietnam-pro-${cut}-${weight}-normal.woff2`));
const fileName = (cut, weight) => `be-vietnam-pro-${cut}-${weight}.woff2`;

/** The font files of the bundle. */
export async function fontFiles() {
  const out = [];
  for (const weight of weights) {
    for (const [cut, { text }] of Object.entries(cuts)) {
      out.push({ name: fileName(cut, weight), data: await subsetFont(source(cut, weight), text, { targetFormat: "woff2", noHinting: true }) });
    }
    const plain = await subsetFont(source("latin", weight), "0123456789", { targetFormat: "sfnt", noHinting: true, keepFeatures: [] });
    const even = tabularDigits(plain);
    out.push({ name: fileName("digits", weight), data: await subsetFont(even, "0123456789", { targetFormat: "woff2", keepFeatures: [] }) });
  }
  return out;
}

/** The @font-face rules; the files are named as asset: and linked by build.mjs. */
export function fontFaces() {
  const face = (family, weight, name, unicodes) =>
    `@font-face{font-family:"${family}";font-style:normal;font-display:swap;font-weight:${weight};src:url("asset:${name}") format("woff2");unicode-range:${unicodes}}`;
  return weights.flatMap((w) => [
    ...Object.entries(cuts).map(([cut, { unicodes }]) => face("Be Vietnam Pro", w, fileName(cut, w), unicodes)),
    face("Be Vietnam Tabular", w, fileName("digits", w), digits),
  ]).join("\n");
}
