// Entry of the pages for officials: what the public pages have, partial
// updates by htmx, and the keyboard.
import "./page.js";
import "./autosave.js";
import "./suggest.js";
import "./upload.js";
import "./bell.js";
import "./keys.js";
import "./counter.js";
import "./split.js";
import htmx from "htmx.org/dist/htmx.esm.js";

window.htmx = htmx;
