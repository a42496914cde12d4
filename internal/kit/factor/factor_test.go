package factor

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
)

// secret is the seed of the examples of RFC 6238 ("12345678901234567890").
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// TestCodes holds the codes of RFC 6238, cut to six digits.
func TestCodes(t *testing.T) {
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		code, err := Code(secret, time.Unix(at, 0))
		if err != nil || code != want {
			t.Errorf("at %d: %s, %v, want %s", at, code, err, want)
		}
		if period, ok := Match(secret, want, time.Unix(at, 0), 0); !ok || period != at/30 {
			t.Errorf("at %d: period %d, %v", at, period, ok)
		}
	}
}

func TestMatch(t *testing.T) {
	now := time.Unix(1_800_000_010, 0)
	code := func(d time.Duration) string {
		c, err := Code(secret, now.Add(d))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	at := now.Unix() / 30
	for _, c := range []struct {
		name, code string
		used       int64
		ok         bool
	}{
		{"now", code(0), 0, true},
		{"with spaces", code(0)[:3] + " " + code(0)[3:], 0, true},
		{"one period late", code(-Period), 0, true},
		{"one period early", code(Period), 0, true},
		{"two periods late", code(-2 * Period), 0, false},
		{"two periods early", code(2 * Period), 0, false},
		{"used", code(0), at, false},
		{"older than the last one used", code(-Period), at, false},
		{"newer than the last one used", code(Period), at, true},
		{"too short", code(0)[:5], 0, false},
		{"too long", code(0) + "0", 0, false},
		{"empty", "", 0, false},
		{"letters", "abcdef", 0, false},
		{"wide digits", "１２３４５６", 0, false},
	} {
		if _, ok := Match(secret, c.code, now, c.used); ok != c.ok {
			t.Errorf("%s: %v", c.name, ok)
		}
	}
	if _, ok := Match("no seed!", code(0), now, 0); ok {
		t.Error("a seed that is none makes codes")
	}
}

func TestSeed(t *testing.T) {
	a, b := NewSeed(), NewSeed()
	if len(a) != 32 || a == b {
		t.Errorf("seeds %q %q", a, b)
	}
	if g := Groups("ABCDEFGHIJ"); g != "ABCD EFGH IJ" {
		t.Errorf("groups %q", g)
	}
	if got, want := Address("Liên Thông Gia Lai", "ten@example.com", "ABCD"), "otpauth://totp/Li%C3%AAn%20Th%C3%B4ng%20Gia%20Lai:ten@example.com?issuer=Li%C3%AAn%20Th%C3%B4ng%20Gia%20Lai&secret=ABCD"; got != want {
		t.Errorf("address\n%s, want\n%s", got, want)
	}
	svg, err := QR("otpauth://totp/x", `Mã "QR" <x>`)
	if err != nil || !strings.HasPrefix(string(svg), "<svg ") || strings.Contains(string(svg), "<x>") || !strings.Contains(string(svg), "M4 4h1v1h-1z") {
		t.Errorf("%.200s %v", svg, err)
	}
	if _, err := QR(strings.Repeat("x", 5000), ""); err == nil {
		t.Error("5,000 letters fit into a QR code")
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes := NewCodes(200)
	seen := map[string]bool{}
	for _, c := range codes {
		if len(c) != 14 || c[4] != '-' || c[9] != '-' || strings.ContainsAny(c, "01lo") || seen[c] {
			t.Fatalf("code %q", c)
		}
		seen[c] = true
	}
	c := codes[0]
	for _, typed := range []string{c, strings.ToUpper(c), " " + strings.ReplaceAll(c, "-", "") + " ", strings.ReplaceAll(c, "-", " "), strings.ReplaceAll(c, "-", ".")} {
		if got, ok := CleanCode(typed); !ok || got != c {
			t.Errorf("%q is read as %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "123456", c[:13], c + "2", "0000-0000-0000", "đđđđ-đđđđ-đđđđ", strings.Repeat("l", 12)} {
		if got, ok := CleanCode(typed); ok {
			t.Errorf("%q is a code: %q", typed, got)
		}
	}
	key := []byte("key")
	if h := CodeHash(key, "a", c); h != CodeHash(key, "a", c) || h == CodeHash(key, "b", c) || h == CodeHash([]byte("other"), "a", c) || len(h) != 64 || strings.Contains(h, c) {
		t.Errorf("hash %s", h)
	}
}

// device is a phone in a test.
type device struct {
	t    *testing.T
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	cred virtualwebauthn.Credential
}

const address = "https://dichvucong.example.vn"

func newDevice(t *testing.T, handle string) *device {
	return &device{t, virtualwebauthn.RelyingParty{ID: "dichvucong.example.vn", Name: "Thử", Origin: address},
		virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(handle)}), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)}
}

func text(t *testing.T, options any) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"publicKey": options})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func (d *device) create(c Ceremony) []byte {
	d.t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(text(d.t, c.Options))
	if err != nil {
		d.t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAttestationResponse(d.rp, d.auth, d.cred, *o))
}

func (d *device) get(c Ceremony) []byte {
	d.t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(text(d.t, c.Options))
	if err != nil {
		d.t.Fatal(err)
	}
	d.cred.Counter++
	return []byte(virtualwebauthn.CreateAssertionResponse(d.rp, d.auth, d.cred, *o))
}

// enrolled returns a holder with the passkey of a device.
func enrolled(t *testing.T, p *Passkeys, d *device, handle string) Holder {
	t.Helper()
	h := Holder{Handle: handle, Name: "0905123456", DisplayName: "Nguyễn Thị Thử"}
	c, err := p.Enrol(h)
	if err != nil {
		t.Fatal(err)
	}
	answer := d.create(c)
	if got, err := ChallengeOf(answer); err != nil || got != c.Challenge {
		t.Fatalf("challenge %q, %v, want %q", got, err, c.Challenge)
	}
	e, err := p.Enrolled(h, c.State, answer)
	if err != nil {
		t.Fatal(err)
	}
	if want := base64.RawURLEncoding.EncodeToString(d.cred.ID); e.ID != want {
		t.Errorf("credential %s, want %s", e.ID, want)
	}
	h.Credentials = append(h.Credentials, e.Credential)
	return h
}

func passkeys(t *testing.T) *Passkeys {
	t.Helper()
	p, err := NewPasskeys(address, "Thử")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPasskey(t *testing.T) {
	p := passkeys(t)
	d := newDevice(t, "holder-1")
	h := enrolled(t, p, d, "holder-1")
	find := func(handle string) (Holder, bool) { return h, handle == h.Handle }
	for i, ask := range []func() (Ceremony, error){func() (Ceremony, error) { return p.Ask(h) }, p.AskAnybody} {
		c, err := ask()
		if err != nil {
			t.Fatal(err)
		}
		proof, err := p.Proved(find, c.State, d.get(c))
		if err != nil || proof.Handle != "holder-1" || !proof.Verified || proof.Cloned || proof.Count != int64(i+1) {
			t.Fatalf("%d: %+v, %v", i, proof, err)
		}
		h.Credentials[0] = proof.Credential
	}
	d.cred.Counter = 0 // a copy that stayed behind
	c, err := p.AskAnybody()
	if err != nil {
		t.Fatal(err)
	}
	if proof, err := p.Proved(find, c.State, d.get(c)); err != nil || !proof.Cloned {
		t.Errorf("a counter that goes back: %+v, %v", proof, err)
	}
	if c, err := p.Enrol(h); err != nil || !strings.Contains(text(t, c.Options), base64.RawURLEncoding.EncodeToString(d.cred.ID)) {
		t.Errorf("a device may enrol twice: %v", err)
	}
}

// TestPasskeyRefused holds which answers prove nothing.
func TestPasskeyRefused(t *testing.T) {
	p := passkeys(t)
	d, other := newDevice(t, "holder-1"), newDevice(t, "holder-2")
	h := enrolled(t, p, d, "holder-1")
	h2 := enrolled(t, p, other, "holder-2")
	find := func(handle string) (Holder, bool) {
		for _, one := range []Holder{h, h2} {
			if one.Handle == handle {
				return one, true
			}
		}
		return Holder{}, false
	}
	ask := func() Ceremony {
		c, err := p.Ask(h)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	anybody := func() Ceremony {
		c, err := p.AskAnybody()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	elsewhere, unverified, stranger := *d, *d, newDevice(t, "holder-3")
	elsewhere.rp = virtualwebauthn.RelyingParty{ID: "dichvucong.example.vn", Origin: "https://evil.example"}
	unverified.auth.Options.UserNotVerified = true
	for name, answer := range map[string]func() (string, []byte){
		"of another device":     func() (string, []byte) { c := ask(); return c.State, other.get(c) },
		"to another challenge":  func() (string, []byte) { return ask().State, d.get(ask()) },
		"from another site":     func() (string, []byte) { c := ask(); return c.State, elsewhere.get(c) },
		"without its owner":     func() (string, []byte) { c := anybody(); return c.State, unverified.get(c) },
		"of nobody":             func() (string, []byte) { c := anybody(); return c.State, stranger.get(c) },
		"no JSON":               func() (string, []byte) { return ask().State, []byte("{") },
		"nothing":               func() (string, []byte) { return ask().State, []byte("{}") },
		"a new passkey instead": func() (string, []byte) { c := ask(); return c.State, d.create(c) },
		"signature of something": func() (string, []byte) {
			c := ask()
			return c.State, []byte(strings.Replace(string(d.get(c)), `"signature":"`, `"signature":"AA`, 1))
		},
	} {
		state, raw := answer()
		if proof, err := p.Proved(find, state, raw); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %+v, %v", name, proof, err)
		}
	}
	c := ask()
	if proof, err := p.Proved(find, c.State, unverified.get(c)); err != nil || proof.Verified {
		t.Errorf("after a password no owner need be verified: %+v, %v", proof, err)
	}
	c, err := p.Enrol(Holder{Handle: "holder-4", Name: "x", DisplayName: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"of a proof": d.get(ask()), "no JSON": []byte("["), "from another site": elsewhere.create(c)} {
		if _, err := p.Enrolled(Holder{Handle: "holder-4"}, c.State, raw); !errors.Is(err, ErrRefused) {
			t.Errorf("enrolled %s: %v", name, err)
		}
	}
	if _, err := p.Enrolled(Holder{Handle: "holder-1"}, c.State, stranger.create(c)); !errors.Is(err, ErrRefused) {
		t.Errorf("for somebody else: %v", err)
	}
	for _, raw := range []string{"", "{", "{}", `{"response":{"clientDataJSON":"e30"}}`, `{"response":{"clientDataJSON":"!"}}`, `{"response":{"clientDataJSON":"AAAA"}}`} {
		if c, err := ChallengeOf([]byte(raw)); c != "" || err != nil && !errors.Is(err, ErrRefused) {
			t.Errorf("challenge of %q: %q, %v", raw, c, err)
		}
	}
	damaged := Holder{Handle: "holder-1", Credentials: []string{"damaged"}}
	if _, err := p.Ask(damaged); err == nil {
		t.Error("a damaged credential asks")
	}
	if _, err := p.Enrol(damaged); err == nil {
		t.Error("a damaged credential enrols")
	}
	if _, err := p.Proved(find, "damaged", d.get(ask())); err == nil {
		t.Error("a damaged state is taken")
	}
}

func TestNewPasskeys(t *testing.T) {
	for address, ok := range map[string]bool{"https://dichvucong.example.vn": true, "http://localhost:8080": true, "https://10.0.0.5": false, "http://[::1]:8080": false, "": false, "https://": false, ":": false} {
		if _, err := NewPasskeys(address, "Thử"); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}
