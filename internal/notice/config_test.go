package notice

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestConfig(t *testing.T) {
	must(t, Config{}.Validate())
	if n := len((Config{}).withDefaults().senders(slog.Default())); n != 0 {
		t.Errorf("without settings %d channels are used", n)
	}
	full := Config{SMTP: "smtp.example.vn:587", From: "a@example.vn", SMS: "https://sms.example.vn/send", SMSSecret: secret, Chat: "log", Quiet: "none"}
	must(t, full.Validate())
	if n := len(full.withDefaults().senders(slog.Default())); n != 3 {
		t.Errorf("%d channels", n)
	}
	if got := full.secrets(); len(got) != 1 || string(got["sms"]) != secret {
		t.Errorf("%v", got)
	}
	for key, change := range map[string]func(*Config){
		"smtp":       func(c *Config) { c.SMTP = "smtp.example.vn" },
		"from":       func(c *Config) { c.From = "nobody" },
		"smtp_tls":   func(c *Config) { c.SMTPTLS = "perhaps" },
		"sms":        func(c *Config) { c.SMS = "ftp://x" },
		"sms_secret": func(c *Config) { c.SMSSecret = "short" },
		"chat":       func(c *Config) { c.Chat = "there" },
		"quiet":      func(c *Config) { c.Quiet = "at night" },
	} {
		c := full
		change(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key+":") {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestGate(t *testing.T) {
	var g gate
	now := noon
	if g.width(now, 16) != 16 {
		t.Error("closed from the start")
	}
	var waits []time.Duration
	for range 9 {
		g.down(now, "refused")
		g.down(now, "said twice")
		waits = append(waits, g.until.Sub(now))
		if !g.closed(now) {
			t.Error("open at once")
		}
		now = g.until
		if g.width(now, 16) != 1 {
			t.Error("more than one tries whether it is back")
		}
	}
	if waits[0] != 5*time.Second || waits[1] != 10*time.Second || waits[8] != 5*time.Minute {
		t.Errorf("%v", waits)
	}
	if since, why := g.state(); !since.Equal(noon) || why != "refused" {
		t.Errorf("%s %s", since, why)
	}
	g.open()
	if since, _ := g.state(); !since.IsZero() || g.width(now, 16) != 16 {
		t.Error("not open again")
	}
	for n, want := range map[int]time.Duration{0: 30 * time.Second, 1: 30 * time.Second, 2: 2 * time.Minute, 4: 32 * time.Minute, 5: 2 * time.Hour, 100: 2 * time.Hour} {
		if got := backoff(n); got != want {
			t.Errorf("after %d attempts: %s", n, got)
		}
	}
}
