// Builds web/dist: styles, fonts, icons, scripts, all with the hash of their
// content in the name, a .gz beside what gains from it, and manifest.json.
//
//   cd web && npm ci && node build.mjs
//
// The scripts are bundled by `go tool esbuild`, which go.mod pins.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { browserslistToTargets, transform } from "lightningcss";
import { PurgeCSS } from "purgecss";
import { fontFaces, fontFiles } from "./fonts.mjs";
import { resolveTokens } from "./tokens.mjs";

const web = dirname(fileURLToPath(import.meta.url));
const root = dirname(web);
const dist = join(web, "dist");
const manifest = {};

// Phones of about eight years are still in use in the communes.
const targets = browserslistToTargets(["chrome 90", "safari 14", "firefox 90"]);

function emit(name, content) {
  const data = Buffer.from(content);
  const hash = createHash("sha256").update(data).digest("hex").slice(0, 10);
  const ext = extname(name);
  const hashed = `${name.slice(0, -ext.length)}-${hash}${ext}`;
  write(hashed, data);
  manifest[name] = hashed;
}

function write(file, data) {
  writeFileSync(join(dist, file), data);
  if (extname(file) === ".woff2") return; // compressed already
  const gz = gzipSync(data, { level: 9 });
  if (gz.length < data.length * 0.9) writeFileSync(join(dist, file + ".gz"), gz);
}

function walk(dir, want) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
    const path = join(dir, e.name);
    return e.isDirectory() ? walk(path, want) : want(path) ? [path] : [];
  });
}

// Everything that may name a class or an icon.
function sources() {
  const pages = walk(join(root, "internal"), (p) => p.endsWith(".html") && p.includes("/templates/"));
  const code = walk(join(root, "internal"), (p) => p.endsWith(".go") && !p.endsWith("_test.go"));
  const own = [...walk(join(web, "layout"), () => true), ...walk(join(web, "js"), () => true), ...walk(join(web, "testdata"), (p) => p.endsWith(".html"))];
  return { pages: [...pages, ...own], code };
}

function icons({ pages, code }) {
  const names = new Set(readFileSync(join(web, "icons.txt"), "utf8").split("\n").map((l) => l.replace(/#.*/, "").trim()).filter(Boolean));
  for (const file of pages) {
    const text = readFileSync(file, "utf8");
    for (const m of text.matchAll(/(?:\bicon\s*\(?(?:or [.$\w]+ )?|"Icon"\s+)"([a-z0-9-]+)"/g)) names.add(m[1]);
  }
  for (const file of code) {
    for (const m of readFileSync(file, "utf8").matchAll(/\bIcon:\s*"([a-z0-9-]+)"/g)) names.add(m[1]);
  }
  const symbols = [...names].sort().map((name) => {
    const file = join(web, "node_modules/@tabler/icons/icons/outline", name + ".svg");
    if (!existsSync(file)) throw new Error(`icon "${name}" is not in Tabler Icons (outline)`);
    const svg = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->/g, "");
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "").replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>");
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  emit("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function styles({ pages }) {
  const read = (name) => readFileSync(join(web, "css", name), "utf8");
  const [purged] = await new PurgeCSS().purge({
    content: [...pages],
    css: [{ raw: readFileSync(join(web, "node_modules/@tabler/core/dist/css/tabler.css"), "utf8") }],
    variables: true,
    keyframes: true,
    fontFace: true,
    // Only what our own sheets do not style; dark mode is theirs too.
    blocklist: [/^(btn|form-control|form-select|form-check-input|form-label|form-hint|icon|kbd)/],
  });
  const tabler = purged.css.replace(/\/\*[\s\S]*?\*\//g, "");
  const link = (css) => css.replace(/url\("asset:([^"]+)"\)/g, (_, name) => {
    if (!manifest[name]) throw new Error(`css names an unknown file ${name}`);
    return `url("${manifest[name]}")`;
  });
  const common = [fontFaces(), tabler, resolveTokens(read("tokens.css")), read("base.css"), read("parts.css")];
  for (const [name, parts] of Object.entries({
    "public.css": [...common, read("public.css")],
    "desk.css": [...common, read("desk.css")],
    "print.css": [fontFaces(), resolveTokens(read("tokens.css")), read("base.css"), read("parts.css"), read("print.css")],
  })) {
    const { code } = transform({ filename: name, code: Buffer.from(link(parts.join("\n"))), minify: true, targets });
    emit(name, code);
  }
}

function scripts() {
  const out = join(web, "node_modules/.cache/js");
  rmSync(out, { recursive: true, force: true });
  const entries = ["public", "desk"].map((n) => join("js", n + ".js"));
  execFileSync("go", ["tool", "esbuild", ...entries, "--bundle", "--minify", "--splitting", "--format=esm", "--target=es2020",
    "--entry-names=[name]-[hash]", "--chunk-names=part-[hash]", "--legal-comments=none", `--outdir=${out}`, `--metafile=${join(out, "meta.json")}`, "--log-level=warning"],
  { cwd: web, stdio: "inherit" });
  const meta = JSON.parse(readFileSync(join(out, "meta.json"), "utf8"));
  for (const [path, info] of Object.entries(meta.outputs)) {
    const file = basename(path);
    write(file, readFileSync(join(out, file)));
    manifest[info.entryPoint ? basename(info.entryPoint) : file] = file;
  }
}

mkdirSync(dist, { recursive: true });
for (const f of readdirSync(dist)) if (f !== ".keep") rmSync(join(dist, f), { recursive: true });
const found = sources();
for (const f of readdirSync(join(web, "img"))) emit(f, readFileSync(join(web, "img", f)));
for (const { name, data } of await fontFiles()) emit(name, data);
icons(found);
await styles(found);
scripts();
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(dist, "manifest.json"), JSON.stringify(sorted, null, 1) + "\n");
