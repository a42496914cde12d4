// Package i18n carries texts for people. The Vietnamese sentence is the source
// text and its own key; other languages are overlays, one JSON file per room
// and language, `i18n/en.json`, that map the sentence to its translation.
package i18n

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"sync"
)

// Source is the language of the texts in templates and Go sources.
const Source = "vi"

// Msg is a sentence for people: a Vietnamese text with fmt verbs and its arguments.
type Msg struct {
	Text string
	Args []any
}

// M returns a message. The catalogue test collects the texts of its calls.
func M(text string, args ...any) Msg { return Msg{text, args} }

// String returns the Vietnamese sentence.
func (m Msg) String() string { return format(m.Text, m.Args) }

func format(text string, args []any) string {
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Catalog holds the overlays of all rooms. The zero value translates nothing. It is safe for concurrent use.
type Catalog struct {
	mu    sync.RWMutex
	texts map[string]map[string]string // language → source → text
}

// Load adds the overlays `i18n/<lang>.json` of one room. A folder without overlays is no error.
func (c *Catalog) Load(fsys fs.FS) error {
	names, err := fs.Glob(fsys, "i18n/*.json")
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read overlay: %w", err)
		}
		var texts map[string]string
		if err := json.Unmarshal(raw, &texts); err != nil {
			return fmt.Errorf("overlay %s: %w", name, err)
		}
		lang := name[len("i18n/") : len(name)-len(".json")]
		c.mu.Lock()
		if c.texts == nil {
			c.texts = map[string]map[string]string{}
		}
		if c.texts[lang] == nil {
			c.texts[lang] = map[string]string{}
		}
		for k, v := range texts {
			c.texts[lang][k] = v
		}
		c.mu.Unlock()
	}
	return nil
}

// Langs returns the source language and the languages with an overlay, sorted after it.
func (c *Catalog) Langs() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	langs := make([]string, 0, len(c.texts))
	for l := range c.texts {
		langs = append(langs, l)
	}
	sort.Strings(langs)
	return append([]string{Source}, langs...)
}

// T returns the text in a language; the Vietnamese text where the overlay has none.
func (c *Catalog) T(lang, text string, args ...any) string {
	if c != nil && lang != Source {
		c.mu.RLock()
		tr, ok := c.texts[lang][text]
		c.mu.RUnlock()
		if ok && tr != "" {
			text = tr
		}
		args = c.translated(lang, args)
	}
	return format(text, args)
}

// translated returns args with the messages among them in the language.
func (c *Catalog) translated(lang string, args []any) []any {
	out := args
	for i, a := range args {
		m, ok := a.(Msg)
		if !ok {
			continue
		}
		if &out[0] == &args[0] {
			out = append([]any(nil), args...)
		}
		out[i] = c.Msg(lang, m)
	}
	return out
}

// Msg returns a message in a language.
func (c *Catalog) Msg(lang string, m Msg) string { return c.T(lang, m.Text, m.Args...) }

type langKey struct{}

// WithLang returns a context that carries the language of the reader.
func WithLang(ctx context.Context, lang string) context.Context {
	return context.WithValue(ctx, langKey{}, lang)
}

// Lang returns the language of the reader, Vietnamese when unknown.
func Lang(ctx context.Context) string {
	if l, ok := ctx.Value(langKey{}).(string); ok && l != "" {
		return l
	}
	return Source
}
