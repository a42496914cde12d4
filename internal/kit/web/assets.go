package web

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// hashed is a file name that carries the hash of its content.
var hashed = regexp.MustCompile(`-[0-9A-Za-z]{8,}\.`)

var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".json": "application/json", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".png": "image/png", ".webp": "image/webp",
	".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".txt": "text/plain; charset=utf-8",
}

// AssetServer serves the files of a bundle under /assets/. Where a file has a .gz beside it, that one goes to
// clients that take it. Files with a hash in their name are kept by browsers for good.
func AssetServer(dist fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/assets/")
		ext := path.Ext(name)
		if strings.HasPrefix(path.Base(name), ".") || ext == ".gz" || ext == "" {
			http.NotFound(w, r)
			return
		}
		raw, err := fs.ReadFile(dist, name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		ct := assetTypes[ext]
		if ct == "" {
			ct = mime.TypeByExtension(ext)
		}
		h := w.Header()
		h.Set("Content-Type", ct)
		h.Set("Cache-Control", "no-cache")
		if hashed.MatchString(path.Base(name)) {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		if packed, err := fs.ReadFile(dist, name+".gz"); err == nil {
			h.Add("Vary", "Accept-Encoding")
			if acceptsGzip(r) {
				h.Set("Content-Encoding", "gzip")
				h.Set("Content-Length", strconv.Itoa(len(packed)))
				raw = packed
			}
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(raw))
	})
}

func acceptsGzip(r *http.Request) bool {
	if r.Header.Get("Range") != "" {
		return false
	}
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.TrimLeft(strings.ReplaceAll(q, " ", ""), "q=0.") != "" || name == "gzip" && q == "" {
			return true
		}
	}
	return false
}
