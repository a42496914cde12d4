package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
)

func testConfig(t testing.TB, address string) Config {
	t.Helper()
	c := Defaults()
	c.Data, c.Listen, c.Database = t.TempDir(), "127.0.0.1:0", address
	c.SecretKey = strings.Repeat("A", 43) + "=" // nodes of one database share their key
	if address == "" {                          // need not survive a power cut
		c.Database = "sqlite://" + filepath.Join(c.Data, "lienthong.db") + "?synchronous=off"
	}
	return c
}

func newApp(t *testing.T, c Config) *App {
	t.Helper()
	a, err := New(context.Background(), c, WithLog(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func get(h http.Handler, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", url, nil))
	return w
}

// eachAddress runs fn on a new database of each engine.
func eachAddress(t *testing.T, fn func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, dbtest.SQLiteAddress(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, dbtest.PostgresAddress(t)) })
}

// TestStart holds that the program makes its tables, says that it is ready, and starts again on what it made.
func TestStart(t *testing.T) {
	eachAddress(t, func(t *testing.T, address string) {
		for range 2 {
			a := newApp(t, testConfig(t, address))
			for url, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/api/openapi.json": 200, "/api": 200, "/no-such-page": 404} {
				if w := get(a.Handler(), url); w.Code != want {
					t.Errorf("%s: %d, want %d: %s", url, w.Code, want, w.Body)
				}
			}
			if err := a.House.LoadProvince(context.Background(), a.House.Files, io.Discard, true); err != nil {
				t.Error(err)
			}
			if err := a.House.Jobs.RunDue(context.Background()); err != nil {
				t.Errorf("timers: %v", err)
			}
		}
	})
}

// TestReady holds that a program whose tables are not up to date gets no requests until they are.
func TestReady(t *testing.T) {
	eachAddress(t, func(t *testing.T, address string) {
		c := testConfig(t, address)
		c.AutoMigrate = false
		a := newApp(t, c)
		if w := get(a.Handler(), "/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), "not up to date") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if w := get(a.Handler(), "/healthz"); w.Code != 200 {
			t.Errorf("%d", w.Code)
		}
		if err := Migrate(context.Background(), a.DB); err != nil {
			t.Fatal(err)
		}
		if w := get(a.Handler(), "/readyz"); w.Code != 200 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		a.stopping.Store(true)
		if w := get(a.Handler(), "/readyz"); w.Code != 503 {
			t.Errorf("while stopping: %d", w.Code)
		}
	})
}

// TestNewerDatabase holds that the program leaves the database of a later release alone.
func TestNewerDatabase(t *testing.T) {
	eachAddress(t, func(t *testing.T, address string) {
		c := testConfig(t, address)
		a := newApp(t, c)
		err := a.DB.Tx(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(context.Background(), `UPDATE audit_migration SET version_id = 999 WHERE version_id = 1`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = New(context.Background(), c, WithLog(slog.New(slog.DiscardHandler)))
		if ExitCode(err) != ExitDatabase || !strings.Contains(err.Error(), "mới hơn chương trình này (audit)") {
			t.Errorf("%d %v", ExitCode(err), err)
		}
	})
}

// TestUnusableDatabase holds the exit code and the sentence when there is no database to work with.
func TestUnusableDatabase(t *testing.T) {
	for name, address := range map[string]string{
		"no server": "postgres://nobody@127.0.0.1:1/none?connect_timeout=1",
		"no folder": "sqlite:///does/not/exist/x.db",
	} {
		_, err := New(context.Background(), testConfig(t, address), WithLog(slog.New(slog.DiscardHandler)))
		if ExitCode(err) != ExitDatabase || !strings.Contains(err.Error(), "không mở được cơ sở dữ liệu") {
			t.Errorf("%s: %d %v", name, ExitCode(err), err)
		}
	}
	c := testConfig(t, "")
	c.Province = "atlantis"
	if _, err := New(context.Background(), c, WithLog(slog.New(slog.DiscardHandler))); ExitCode(err) != ExitConfig || !strings.Contains(err.Error(), "gialai") {
		t.Errorf("%v", err)
	}
}

// TestGracefulStop holds that a request in flight is finished, new ones are refused, and the program then ends.
func TestGracefulStop(t *testing.T) {
	for _, c := range []struct {
		name   string
		stop   time.Duration
		finish bool
	}{{"waits", time.Minute, true}, {"not for ever", 50 * time.Millisecond, false}} {
		t.Run(c.name, func(t *testing.T) {
			cfg := testConfig(t, "")
			cfg.Stop = c.stop
			a := newApp(t, cfg)
			begun, release := make(chan struct{}), make(chan struct{})
			a.Mux.Handle(web.Route{Method: "GET", Pattern: "/slow", Permission: web.Public, Name: "app.slow", Handler: func(w http.ResponseWriter, r *http.Request) error {
				close(begun)
				select {
				case <-release:
				case <-r.Context().Done():
				}
				_, err := io.WriteString(w, "finished")
				return err
			}})
			ln, err := net.Listen("tcp", cfg.Listen)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- a.Serve(ctx, ln) }()
			answer := make(chan string, 1)
			go func() {
				res, err := http.Get("http://" + ln.Addr().String() + "/slow")
				if err != nil {
					answer <- ""
					return
				}
				defer res.Body.Close()
				raw, _ := io.ReadAll(res.Body)
				answer <- string(raw)
			}()
			<-begun
			cancel()
			if c.finish {
				for { // until the door is closed
					conn, err := net.Dial("tcp", ln.Addr().String())
					if err != nil {
						break
					}
					conn.Close()
				}
				close(release)
			}
			if err := <-ended; err != nil {
				t.Errorf("ended with %v", err)
			}
			if got := <-answer; (got == "finished") != c.finish {
				t.Errorf("the request in flight got %q", got)
			}
		})
	}
}

// TestPortTaken holds that a second program on the same port says so.
func TestPortTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c := testConfig(t, "")
	c.Listen = ln.Addr().String()
	if err := newApp(t, c).Run(context.Background()); ExitCode(err) != ExitConfig || !strings.Contains(err.Error(), "không mở được cổng") {
		t.Errorf("%v", err)
	}
}

// TestGoldenRoutes holds that every address of the site and its permission is looked at by a person when it changes.
func TestGoldenRoutes(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	routes := a.Mux.Routes()
	for _, r := range routes {
		if r.Permission == "" {
			t.Errorf("%s %s names no permission", r.Method, r.Pattern)
		}
	}
	webtest.GoldenText(t, "testdata/routes.golden", RoutesList(routes))
	webtest.GoldenText(t, "../../docs/routes.md", RoutesDocument(routes))
}

// TestGoldenPermissions holds that every permission has words in both languages; a change of them is looked at by a person.
func TestGoldenPermissions(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	if err := a.House.LoadProvince(t.Context(), a.House.Files, io.Discard, false); err != nil {
		t.Fatal(err)
	}
	roles, err := a.House.Identity.Roles(t.Context())
	if err != nil || len(roles) == 0 {
		t.Fatal(roles, err)
	}
	for _, p := range PermissionWords() {
		if vi, en := p.Name.String(), a.House.Catalog.Msg("en", p.Name); vi == "" || en == "" || vi == en {
			t.Errorf("%s: %q in Vietnamese, %q in English; words stand in Permissions() of its room and in its i18n/en.json", p.Key, vi, en)
		}
	}
	webtest.GoldenText(t, "../../docs/permissions.md", PermissionsDocument(a.House.Catalog, roles))
}

// TestVerbs holds what the command line answers and with which code it ends.
func TestVerbs(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		name string
		args string
		env  []string
		code int
		out  []string
		err  string
	}{
		{"nothing", "", nil, 0, []string{"Cách dùng: lienthong <lệnh>", "serve", "--base-url", "Mã thoát"}, ""},
		{"help", "--help", nil, 0, []string{"migrate", "LIENTHONG_"}, ""},
		{"help of a verb", "import province --help", nil, 0, []string{"Nạp dữ liệu của một tỉnh", "--from=thư-mục", "[<phần>…]"}, ""},
		{"help of a verb with one argument", "backup --help", nil, 0, []string{"lienthong backup <tệp> [cài đặt]"}, ""},
		{"help of a verb with arguments", "procedure lint --help", nil, 0, []string{"lint <tệp>… [cài đặt]"}, ""},
		{"help, the other way", "help doctor", nil, 0, []string{"audit", "config"}, ""},
		{"help of a verb below", "doctor audit -h", nil, 0, []string{"--anchors=tệp"}, ""},
		{"help says what one must know", "serve --help", nil, 0, []string{"Dừng bằng Ctrl+C hoặc tín hiệu TERM"}, ""},
		{"help of nothing", "help srve", nil, 2, nil, `có phải "serve"?`},
		{"version", "version", nil, 0, []string{"lienthong "}, ""},
		{"mistyped verb", "serv", nil, 2, nil, "không có lệnh serv"},
		{"mistyped flag", "version --dat=x", nil, 2, nil, "không có cài đặt --dat"},
		{"flag without value", "version --data", nil, 2, nil, "thiếu giá trị"},
		{"no verb below", "doctor", nil, 2, nil, "thiếu lệnh"},
		{"mistyped variable", "version", []string{"LIENTHONG_DTA=x"}, 2, nil, `có phải "LIENTHONG_DATA"?`},
		{"bad value", "migrate --listen=x", nil, 2, nil, "listen:"},
		{"settings", "doctor config --data=" + data, []string{"LIENTHONG_WEB_PATIENCE=1m"}, 0, []string{"(--data)", "(LIENTHONG_WEB_PATIENCE)", "(mặc định)"}, ""},
		{"settings hide the password", "doctor config --database=postgres://a:Tr0ngKin@db/x", nil, 0, []string{"postgres://a:xxxxx@db/x"}, ""},
		{"audit of no database", "doctor audit --data=" + data, nil, 3, nil, "chưa có cơ sở dữ liệu " + data},
		{"files of no database", "doctor files --data=" + data, nil, 3, nil, "chưa có cơ sở dữ liệu"},
		{"export from no database", "procedure export 1.000001 --data=" + data, nil, 3, nil, "chưa có cơ sở dữ liệu"},
		{"migrate", "migrate --data=" + data, nil, 0, []string{"đã đúng phiên bản"}, ""},
		{"migrate again", "migrate --data=" + data, nil, 0, []string{"đã đúng phiên bản"}, ""},
		{"import", "import province places --data=" + data, nil, 0, []string{"đơn vị hành chính"}, ""},
		{"import nothing known", "import province plces --data=" + data, nil, 2, nil, `có phải "places"?`},
		{"import from nowhere", "import province --from=/does/not/exist --data=" + data, nil, 2, nil, "không mở được dữ liệu"},
		{"demo of no province", "demo --province=nowhere --data=" + data, nil, 2, nil, "không có tỉnh \"nowhere\"; đi kèm chương trình có gialai, hoặc"},
		{"export of nothing", "procedure export 0.0 --data=" + data, nil, 1, nil, "xuất thủ tục 0.0: Không tìm thấy thủ tục này."},
		{"demo", "demo --data=" + data, nil, 0, []string{"Mật khẩu của mọi tài khoản"}, ""},
		{"administrator without a name", "account admin quantri.tinh --data=" + data, nil, 2, nil, "thiếu cài đặt --full-name"},
		{"administrator", "account admin quantri.tinh --full-name=Siu --unit=so-tu-phap --data=" + data, nil, 0, []string{"quantri.tinh", "Mật khẩu chỉ hiện lần này"}, ""},
		{"administrator again", "account admin quantri.tinh --full-name=Siu --data=" + data, nil, 1, nil, "Đã có tài khoản tên “quantri.tinh”."},
		{"administrator at no unit", "account admin quantri.hai --full-name=Siu --unit=so-x --data=" + data, nil, 2, nil, "so-x"},
		{"codes from nowhere", "import codes /does/not/exist.csv --data=" + data, nil, 2, nil, "không mở được tệp"},
		{"codes without a file", "import codes --data=" + data, nil, 2, nil, "thiếu <tệp>"},
		{"files", "doctor files --data=" + data, nil, 0, nil, ""},
		{"audit", "doctor audit --data=" + data, nil, 0, []string{"Nhật ký nguyên vẹn", "Mốc đối chiếu"}, ""},
		{"audit without anchors", "doctor audit --anchors=none --data=" + data, nil, 2, nil, "mốc đối chiếu"},
		{"data in the way of a file", "migrate --data=/dev/null/x", nil, 2, nil, "không tạo được thư mục"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errOut bytes.Buffer
			code := Run(strings.Fields(c.args), c.env, &out, &errOut)
			if code != c.code {
				t.Errorf("code %d, want %d: %s%s", code, c.code, &out, &errOut)
			}
			for _, want := range c.out {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is missing in %s", want, &out)
				}
			}
			if !strings.Contains(errOut.String(), c.err) || c.code != 0 && errOut.Len() == 0 {
				t.Errorf("%q is missing in %s", c.err, &errOut)
			}
			if strings.Contains(out.String()+errOut.String(), "Tr0ngKin") {
				t.Error("a password is shown")
			}
		})
	}
}

// TestAnchors holds that the output of doctor audit can be given back to it, and that it finds what was changed since.
func TestAnchors(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	run := func(args ...string) (int, string) {
		var out bytes.Buffer
		return Run(append(args, "--data="+data), nil, &out, &out), out.String()
	}
	if code, out := run("demo", "--people-only"); code != 0 || strings.Contains(out, "hồ sơ dùng thử.") {
		t.Fatal(out)
	}
	_, first := run("doctor", "audit")
	anchors := writeFile(t, first)
	if code, out := run("doctor", "audit", "--anchors="+anchors); code != 0 {
		t.Errorf("%d %s", code, out)
	}
	d, err := db.Open(context.Background(), "sqlite://"+filepath.Join(data, "lienthong.db"))
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	err = d.Tx(context.Background(), func(tx *db.Tx) error {
		n, err = tx.Exec(context.Background(), `UPDATE audit_entry SET actor_name = 'Ai đó' WHERE seq = 1`)
		return err
	})
	if err := errors.Join(err, d.Close()); err != nil || n == 0 {
		t.Fatalf("nothing to change: %d, %v", n, err)
	}
	if code, out := run("doctor", "audit"); code != ExitFindings || !strings.Contains(out, "CAN THIỆP") {
		t.Errorf("%d %s", code, out)
	}
}
