package app

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"lienthong/internal/kit/db"
)

// TestMain lets the test binary be the program: with LIENTHONG_TEST_MAIN set it does what cmd/lienthong does.
func TestMain(m *testing.M) {
	if os.Getenv("LIENTHONG_TEST_MAIN") != "" {
		os.Exit(Run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// process is the program as a process of its own.
type process struct {
	cmd  *exec.Cmd
	url  string
	log  *bytes.Buffer
	done chan struct{} // closed when the log has ended
}

var servingAt = regexp.MustCompile(`msg=serving address=(\S+)`)

// start runs "serve" and waits until it listens.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"serve", "--listen=127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), "LIENTHONG_TEST_MAIN=1")
	return launch(t, cmd)
}

// launch starts a program that serves and waits until it listens.
func launch(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, log: &bytes.Buffer{}, done: make(chan struct{})}
	p.cmd.Dir = t.TempDir()
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	address := make(chan string, 1)
	go func() {
		defer close(p.done)
		s := bufio.NewScanner(out)
		for s.Scan() {
			if m := servingAt.FindStringSubmatch(s.Text()); m != nil {
				address <- m[1]
			}
			fmt.Fprintln(p.log, s.Text())
		}
	}()
	select {
	case at := <-address:
		p.url = "http://" + at
	case <-p.done:
		t.Fatalf("the program ended: %s", p.log)
	case <-time.After(time.Minute):
		t.Fatal("the program does not listen")
	}
	return p
}

// wait returns the exit code and the log.
func (p *process) wait() (int, string) {
	<-p.done
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode(), p.log.String()
}

func (p *process) get(t *testing.T, path string) (int, string) {
	t.Helper()
	res, err := http.Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

// TestProcess holds how the program begins and ends as a service: it is stopped by a signal and leaves with 0, it
// bears being killed, and it finds its database again.
func TestProcess(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, c := range []struct {
		name   string
		signal syscall.Signal
		code   int
	}{{"first start, stopped", syscall.SIGTERM, 0}, {"second start, killed", syscall.SIGKILL, -1}, {"start after a kill, interrupted", syscall.SIGINT, 0}} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, "--data="+data)
			if code, body := p.get(t, "/readyz"); code != 200 {
				t.Errorf("not ready: %d %s", code, body)
			}
			if code, body := p.get(t, "/api/openapi.json"); code != 200 || !strings.Contains(body, `"openapi":"3.1`) {
				t.Errorf("%d %.100s", code, body)
			}
			if err := p.cmd.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			code, log := p.wait()
			if code != c.code {
				t.Errorf("exit code %d, want %d: %s", code, c.code, log)
			}
			if c.code == 0 && !strings.Contains(log, "msg=stopped") {
				t.Errorf("no word of the stop: %s", log)
			}
		})
	}
}

// TestLockedDatabase holds that a database another program keeps locked ends the start with a clear word.
func TestLockedDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("waits as long as the database does, ten seconds")
	}
	data := t.TempDir()
	d, err := db.Open(context.Background(), "sqlite://"+filepath.Join(data, "lienthong.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var out bytes.Buffer
	err = d.Tx(context.Background(), func(tx *db.Tx) error {
		if _, err := tx.Exec(context.Background(), `CREATE TABLE held (id TEXT)`); err != nil {
			return err
		}
		if code := Run([]string{"migrate", "--data=" + data}, nil, &out, &out); code != ExitDatabase {
			t.Errorf("exit code %d", code)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "khóa") {
		t.Errorf("%s", &out)
	}
}
