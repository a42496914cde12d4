package app

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/webtest"
)

func writeFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "lienthong.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestPrecedence holds that a flag wins over the environment, that over the file, that over the default.
func TestPrecedence(t *testing.T) {
	file := "listen = \":1\"\nstop = \"5s\"\ntrusted_proxies = [\"10.0.0.0/8\", \"192.0.2.1\"]\nauto_migrate = false\n[web]\nbody_limit = \"2 MB\"\nupload_limit = 1048576\n"
	for _, c := range []struct {
		name   string
		env    []string
		flags  map[string]string
		listen string
		source string
	}{
		{"file", nil, nil, ":1", "lienthong.toml"},
		{"environment", []string{"LIENTHONG_LISTEN=:2", "HOME=/x"}, nil, ":2", "LIENTHONG_LISTEN"},
		{"flag", []string{"LIENTHONG_LISTEN=:2"}, map[string]string{"listen": ":3"}, ":3", "--listen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, from, err := Load(writeFile(t, file), c.env, c.flags)
			if err != nil {
				t.Fatal(err)
			}
			if got.Listen != c.listen || !strings.HasSuffix(from["listen"].Name, c.source) {
				t.Errorf("%s from %s", got.Listen, from["listen"].Name)
			}
			if got.Stop != 5*time.Second || got.AutoMigrate || got.Web.BodyLimit != 2<<20 || got.Web.UploadLimit != 1<<20 || len(got.TrustedProxies) != 2 {
				t.Errorf("%+v", got)
			}
			if got.Data != "data" || from["data"].Name != "mặc định" {
				t.Errorf("default: %s from %s", got.Data, from["data"].Name)
			}
		})
	}
	t.Setenv("HOME", t.TempDir())
	t.Chdir(t.TempDir())
	got, _, err := Load("", nil, nil)
	if err != nil || !reflect.DeepEqual(got, Defaults()) {
		t.Errorf("without anything: %+v %v", got, err)
	}
	if err := got.Validate(); err != nil {
		t.Errorf("the defaults do not work: %v", err)
	}
	if got, _, err := Load("", []string{"LIENTHONG_CONFIG=" + writeFile(t, file)}, nil); err != nil || got.Listen != ":1" {
		t.Errorf("file named by the environment: %+v %v", got, err)
	}
}

// TestMistakes holds that a mistyped setting is an error that says where it stands and what was meant.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name, file string
		env        []string
		flags      map[string]string
		want       []string
	}{
		{"unknown key", "lisen = \":1\"", nil, nil, []string{`không có cài đặt "lisen"`, `có phải "listen"?`}},
		{"unknown key in a section", "[web]\nupload_limt = 1", nil, nil, []string{`"web.upload_limt"`, `có phải "web.upload_limit"?`}},
		{"unknown section", "[zzzzzz]\nqqqqqqqq = 1", nil, nil, []string{`không có cài đặt "zzzzzz.qqqqqqqq"`}},
		{"not TOML", "listen = ", nil, nil, []string{"dòng 1", "cú pháp TOML"}},
		{"unknown variable", "", []string{"LIENTHONG_DATABSE=x"}, nil, []string{"LIENTHONG_DATABSE", `có phải "LIENTHONG_DATABASE"?`}},
		{"not a duration", "stop = \"soon\"", nil, nil, []string{"lienthong.toml: stop", "khoảng thời gian"}},
		{"not a boolean", "", []string{"LIENTHONG_AUTO_MIGRATE=maybe"}, nil, []string{"LIENTHONG_AUTO_MIGRATE", "true hoặc false"}},
		{"not a size", "", nil, map[string]string{"web.body-limit": "much"}, []string{"--web.body-limit", "dung lượng"}},
		{"all at once", "a = 1\nb = 2", []string{"LIENTHONG_C=3"}, nil, []string{`"a"`, `"b"`, "LIENTHONG_C"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Load(writeFile(t, c.file), c.env, c.flags)
			if err == nil || ExitCode(err) != ExitConfig {
				t.Fatalf("%v, code %d", err, ExitCode(err))
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%s is missing in: %v", w, err)
				}
			}
		})
	}
	if _, _, err := Load("/does/not/exist.toml", nil, nil); ExitCode(err) != ExitConfig || !strings.Contains(err.Error(), "không có tệp cài đặt /does/not/exist.toml") {
		t.Errorf("a file that was asked for and is not there: %v", err)
	}
	if _, _, err := Load(writeFile(t, ""), []string{"LIENTHONG_TEST_POSTGRES=x", "LIENTHONG_REQUIRE_POSTGRES=1"}, nil); err != nil {
		t.Errorf("variables of tests: %v", err)
	}
}

// TestValidate holds that values that cannot work are refused before anything is opened.
func TestValidate(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"data":            func(c *Config) { c.Data = "" },
		"database":        func(c *Config) { c.Database = "mysql://x" },
		"listen":          func(c *Config) { c.Listen = "8080" },
		"base_url":        func(c *Config) { c.BaseURL = "https://x.vn/cong" },
		"trusted_proxies": func(c *Config) { c.TrustedProxies = []string{"ten-point"} },
		"stop":            func(c *Config) { c.Stop = -1 },
		"web":             func(c *Config) { c.Web.UploadLimit = 0 },
		"web.costly":      func(c *Config) { c.Web.Costly = 0 },
		"web.patience":    func(c *Config) { c.Web.Patience = 0 },
		"log.format":      func(c *Config) { c.Log.Format = "xml" },
		"log.level":       func(c *Config) { c.Log.Level = "loud" },

		"identity.attempts":       func(c *Config) { c.Identity.Attempts = -1 },
		"identity.idle":           func(c *Config) { c.Identity.Idle = -time.Minute },
		"web.body_limit":          func(c *Config) { c.Web.BodyLimit = -1 },
		"dossier.supplement_days": func(c *Config) { c.Dossier.SupplementDays = -10 },
		"dossier.code_scheme":     func(c *Config) { c.Dossier.CodeScheme = "qd21" },
		"portal.online_check":     func(c *Config) { c.Portal.OnlineCheck = "8 giờ làm việt" },
		"file.clamd":              func(c *Config) { c.File.Clamd = "/run/clamd.ctl" },
	} {
		c := Defaults()
		change(&c)
		if err := c.Validate(); ExitCode(err) != ExitConfig || !strings.Contains(err.Error(), name+":") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, address := range []string{"https://a@x.vn", "https://x.vn#a", "https://x.vn?", "https://x.vn/?", "//x.vn", "https://"} {
		c := Defaults()
		c.BaseURL = address
		if err := c.Validate(); ExitCode(err) != ExitConfig || !strings.Contains(err.Error(), "base_url:") {
			t.Errorf("%s: %v", address, err)
		}
	}
	c := Defaults()
	c.Dossier.CodeScheme, c.Portal.OnlineCheck, c.File.Clamd = "qcvn102", "1 ngày làm việc", "tcp:127.0.0.1:3310"
	c.Database, c.BaseURL, c.TrustedProxies = "postgres://a:secret@db/x", "https://x.vn/", []string{"10.0.0.0/8", "::1"}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if s := hidePassword(c.Database); strings.Contains(s, "secret") || !strings.Contains(s, "db/x") {
		t.Error(s)
	}
	for _, address := range []string{"postgres://a:sec%ret@db/x", "postgres://db/x?user=a&password=secret", "postgres://db/x?sslmode=verify-full&sslpassword=secret", "postgres://db/x?password=sec%ret"} {
		if s := hidePassword(address); strings.Contains(s, "sec%") || strings.Contains(s, "secret") {
			t.Error(s)
		}
	}
	if s := hidePassword("postgres://db/x?sslmode=verify-full"); s != "postgres://db/x?sslmode=verify-full" {
		t.Error(s)
	}
}

// TestSettings holds that every setting explains itself, and that names of flags and variables follow from its key.
func TestSettings(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Settings() {
		if s.Help == "" || s.Kind == "" {
			t.Errorf("%s has no help", s.Key)
		}
		for _, name := range []string{s.Flag(), s.Env()} {
			if seen[name] {
				t.Errorf("two settings are called %s", name)
			}
			seen[name] = true
		}
		if strings.ContainsAny(s.Env(), "-.") || strings.Contains(s.Flag(), "_") {
			t.Errorf("%s: flag %s, variable %s", s.Key, s.Flag(), s.Env())
		}
	}
}

// TestGeneratedConfig holds that docs/config.md is current.
func TestGeneratedConfig(t *testing.T) {
	webtest.GoldenText(t, "../../docs/config.md", ConfigDocument())
}
