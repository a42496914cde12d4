// Entry of the pages for citizens. Every page is complete without it.
import "./page.js";
import "./autosave.js";
import "./suggest.js";
import "./upload.js";
import "./bell.js";
