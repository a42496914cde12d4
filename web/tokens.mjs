// resolveTokens replaces var() and color-mix(in srgb, …) in the custom
// properties of tokens.css by plain colours.
const hex = (n) => Math.round(n).toString(16).padStart(2, "0");

function rgb(color) {
  const m = /^#([0-9a-f]{6})$/i.exec(color.trim());
  if (!m) throw new Error(`tokens.css: ${color} is not a colour of the form #rrggbb`);
  return [0, 2, 4].map((i) => parseInt(m[1].slice(i, i + 2), 16));
}

function value(text, vars) {
  const plain = text.replace(/var\((--[\w-]+)\)/g, (_, name) => {
    if (!(name in vars)) throw new Error(`tokens.css: ${name} is used before it is set`);
    return vars[name];
  });
  return plain.replace(/color-mix\(in srgb, (#\w{6}) (\d+)%, (#\w{6})\)/g, (_, a, share, b) => {
    const [x, y] = [rgb(a), rgb(b)];
    return "#" + x.map((c, i) => hex(c * (share / 100) + y[i] * (1 - share / 100))).join("");
  });
}

export function resolveTokens(css) {
  const vars = {};
  return css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(--[\w-]+):\s*([^;]+);/g, (_, name, text) => {
    vars[name] = value(text.trim(), vars);
    return `${name}: ${vars[name]};`;
  });
}
