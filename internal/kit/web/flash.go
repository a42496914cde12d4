package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"lienthong/internal/kit/i18n"
)

// Flash is a message above the content of the next page, shown once.
type Flash struct {
	Kind string `json:"k"` // FlashOK, FlashInfo, FlashWarn or FlashLate
	Text string `json:"t"`
}

// The kinds of flash messages.
const (
	FlashOK   = "ok"
	FlashInfo = "info"
	FlashWarn = "warn"
	FlashLate = "late"
)

const (
	flashMax     = 5
	flashText    = 500  // runes
	flashBytes   = 3900 // of the cookie's value: browsers refuse cookies over 4096 bytes
	flashSeconds = 120
)

// cookieName binds a cookie to this very host where the connection allows it, so that no sibling site can set it.
func cookieName(r *http.Request, name string) string {
	if infoOf(r.Context()).secure {
		return "__Host-" + name
	}
	return name
}

func cookie(r *http.Request, name, value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: cookieName(r, name), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		Secure: infoOf(r.Context()).secure, SameSite: http.SameSiteLaxMode}
}

// AddFlash shows a message on the next page, after a redirect. It must come before the answer begins.
func (rd *Renderer) AddFlash(w http.ResponseWriter, r *http.Request, kind string, m i18n.Msg) {
	in := infoOf(r.Context())
	text := rd.catalog.Msg(i18n.Lang(r.Context()), m)
	if utf8.RuneCountInString(text) > flashText {
		text = string([]rune(text)[:flashText-1]) + "…"
	}
	in.flashed = append(in.flashed, Flash{kind, text})
	value := packFlash(in.flashed)
	for len(in.flashed) > flashMax || len(value) > flashBytes && len(in.flashed) > 1 {
		in.flashed = in.flashed[1:]
		value = packFlash(in.flashed)
	}
	http.SetCookie(w, cookie(r, "flash", value, flashSeconds))
}

func packFlash(list []Flash) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // would make six bytes of a sign; the page escapes
	if err := enc.Encode(list); err != nil {
		panic(err) // strings
	}
	return base64.RawURLEncoding.EncodeToString(bytes.TrimSpace(b.Bytes()))
}

// AddFlash is Renderer.AddFlash for rooms that hold their Pages.
func (ps *Pages) AddFlash(w http.ResponseWriter, r *http.Request, kind string, m i18n.Msg) {
	ps.rd.AddFlash(w, r, kind, m)
}

func readFlash(r *http.Request) []Flash {
	c, err := r.Cookie(cookieName(r, "flash"))
	if err != nil || len(c.Value) > 4096 {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil
	}
	var list []Flash
	if json.Unmarshal(raw, &list) != nil || len(list) > flashMax {
		return nil
	}
	for i, f := range list {
		switch f.Kind {
		case FlashOK, FlashInfo, FlashWarn, FlashLate:
		default:
			list[i].Kind = FlashInfo
		}
	}
	return list
}

func clearFlash(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, cookie(r, "flash", "", -1))
}
