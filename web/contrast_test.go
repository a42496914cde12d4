package web

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

type color [3]float64

func parseColor(t *testing.T, hex string) color {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("%q is not a colour", hex)
	}
	return color{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}
}

// luminance is that of WCAG 2.2, 0 to 1.
func (c color) luminance() float64 {
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := c[i] / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}

func contrast(a, b color) float64 {
	x, y := a.luminance(), b.luminance()
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

var (
	declaration = regexp.MustCompile(`(--lt-[\w-]+):\s*([^;]+);`)
	reference   = regexp.MustCompile(`var\((--lt-[\w-]+)\)`)
	mixture     = regexp.MustCompile(`color-mix\(in srgb, (#\w{6}) (\d+)%, (#\w{6})\)`)
)

// resolve reads the declarations of a block over those of another, as a browser does.
func resolve(t *testing.T, css string, over map[string]string) map[string]color {
	t.Helper()
	raw := map[string]string{}
	for k, v := range over {
		raw[k] = v
	}
	for _, m := range declaration.FindAllStringSubmatch(css, -1) {
		raw[m[1]] = strings.TrimSpace(m[2])
	}
	out := map[string]color{}
	for name, text := range raw {
		for reference.MatchString(text) {
			text = reference.ReplaceAllStringFunc(text, func(r string) string { return raw[reference.FindStringSubmatch(r)[1]] })
		}
		text = mixture.ReplaceAllStringFunc(text, func(r string) string {
			m := mixture.FindStringSubmatch(r)
			a, b := parseColor(t, m[1]), parseColor(t, m[3])
			share, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			hex := "#"
			for i := range a {
				hex += fmt.Sprintf("%02x", int(math.Round(a[i]*share/100+b[i]*(1-share/100))))
			}
			return hex
		})
		if strings.HasPrefix(text, "#") {
			out[name] = parseColor(t, text)
		}
	}
	return out
}

func tokens(t *testing.T) (light, dark map[string]color) {
	t.Helper()
	raw, err := os.ReadFile("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	css := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(raw), "")
	day, night, ok := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("tokens.css has no dark block")
	}
	plain := map[string]string{}
	for _, m := range declaration.FindAllStringSubmatch(day, -1) {
		plain[m[1]] = strings.TrimSpace(m[2])
	}
	return resolve(t, day, nil), resolve(t, night, plain)
}

// TestContrast computes what WCAG 2.2 AA asks of every pair of colours in use: 4.5 for text, 3 for edges and focus.
func TestContrast(t *testing.T) {
	pairs := []struct {
		least float64
		front string
		on    []string
	}{
		{4.5, "ink", []string{"page", "surface", "sunken", "tint", "late-tint", "warn-tint", "ok-tint", "info-tint"}},
		{4.5, "muted", []string{"page", "surface", "sunken", "tint"}},
		{4.5, "action", []string{"page", "surface", "tint"}},
		{4.5, "action-hover", []string{"page", "surface", "tint"}},
		{4.5, "on-fill", []string{"fill", "fill-hover"}},
		{4.5, "on-deep", []string{"deep"}},
		{4.5, "on-deep-muted", []string{"deep"}},
		{4.5, "late", []string{"page", "surface", "late-tint", "tint"}},
		{4.5, "warn", []string{"page", "surface", "warn-tint", "tint"}},
		{4.5, "ok", []string{"page", "surface", "ok-tint", "tint"}},
		{4.5, "info", []string{"page", "surface", "info-tint"}},
		{4.5, "strip", []string{"page", "surface"}},
		{3, "edge", []string{"page", "surface"}},
		{3, "focus", []string{"page", "surface"}},
		{3, "fill", []string{"on-fill"}},
	}
	light, dark := tokens(t)
	for mode, colors := range map[string]map[string]color{"light": light, "dark": dark} {
		for _, p := range pairs {
			for _, on := range p.on {
				front, ok := colors["--lt-"+p.front]
				back, ok2 := colors["--lt-"+on]
				if !ok || !ok2 {
					t.Fatalf("%s: no colour %s or %s", mode, p.front, on)
				}
				if got := contrast(front, back); got < p.least {
					t.Errorf("%s: %s on %s is %.2f, under %.1f", mode, p.front, on, got, p.least)
				}
			}
		}
	}
}
