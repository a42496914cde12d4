package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
)

// The crash test: so many filings at the same time, and the program dies after so many were acknowledged.
const (
	crashFilings = 100
	crashAfter   = 25
	crashTime    = time.Minute // from the first filing to the last word of the doctor
)

// builtProgram builds cmd/lienthong once for all tests that need the real binary.
var builtProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lienthong-bin-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "lienthong")
	cmd := exec.Command("go", "build", "-o", bin, "./cmd/lienthong")
	cmd.Dir, cmd.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return bin, nil
})

// program is the real binary with the settings of one test.
type program struct {
	t    *testing.T
	bin  string
	args []string
}

func (p program) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.bin, append(args, p.args...)...)
	cmd.Env = []string{"HOME=" + os.Getenv("HOME"), "PATH=" + os.Getenv("PATH"), "TMPDIR=" + p.t.TempDir()}
	cmd.Dir = p.t.TempDir()
	return cmd
}

// run runs a verb to its end and returns its output; another exit code than 0 ends the test.
func (p program) run(args ...string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), crashTime)
	defer cancel()
	out, err := p.command(ctx, args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("lienthong %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (p program) serve() *process {
	p.t.Helper()
	return launch(p.t, p.command(context.Background(), "serve", "--listen=127.0.0.1:0"))
}

// TestCrash holds that no acknowledged dossier is lost or doubled when the program is killed in the middle of a
// hundred filings: after a restart everybody sends again with the same key, and everything is there once.
func TestCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and kills it")
	}
	bin, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("sqlite", func(t *testing.T) { crash(t, bin, "") })
	t.Run("postgres", func(t *testing.T) { crash(t, bin, dbtest.PostgresAddress(t)) })
}

func crash(t *testing.T, bin, database string) {
	data := filepath.Join(t.TempDir(), "data")
	p := program{t, bin, []string{"--data=" + data, "--database=" + database, "--secret-key=" + testConfig(t, "").SecretKey}}
	p.run("demo", "--people-only")
	c := newCrowd(t, data, database)
	began := time.Now()

	first := p.serve()
	c.signIn(first.url)
	c.fileUntil(first, crashAfter)
	if t.Failed() {
		t.FailNow()
	}
	first.wait()
	t.Logf("killed after %d of %d were acknowledged", len(c.acknowledged), crashFilings)
	if len(c.acknowledged) < crashAfter || len(c.acknowledged) == crashFilings {
		t.Errorf("the kill did not come in the middle: %d acknowledged", len(c.acknowledged))
	}

	second := p.serve()
	c.fileAgain(second)
	c.count(second)
	if err := second.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code, log := second.wait(); code != 0 {
		t.Errorf("exit code %d: %s", code, log)
	}
	t.Log(p.run("doctor", "audit"))
	t.Log(p.run("doctor", "files"))
	c.stored(data, database)
	if took := time.Since(began); took > crashTime {
		t.Errorf("took %s", took)
	}
}

// crowd is the citizens who file at the same time.
type crowd struct {
	t            *testing.T
	client       *http.Client
	token        string
	requests     []request
	mu           sync.Mutex
	acknowledged map[int]dossier.DossierBody
}

type request struct {
	key, contentType string
	body             []byte
}

// newCrowd prepares the filings from the data of the province, at five agencies.
func newCrowd(t *testing.T, data, database string) *crowd {
	t.Helper()
	c := testConfig(t, database)
	c.Data = data
	if database == "" {
		c.Database = ""
	}
	a := newApp(t, c)
	s := &site{App: a, t: t, clock: clock.NewFake(time.Now())}
	v := s.birth()
	all := &crowd{t: t, acknowledged: map[int]dossier.DossierBody{},
		client: &http.Client{Timeout: crashTime, Transport: &http.Transport{MaxIdleConnsPerHost: crashFilings}}}
	for i := range crashFilings {
		who := owner("Nguyễn Thị Thử")
		who.Phone = fmt.Sprintf("09120%05d", i)
		body, contentType := filingBody(t, s.filing(v, s.receiver(v, i%5), dossier.ChannelOnline, who))
		all.requests = append(all.requests, request{id.New(), contentType, body})
	}
	return all
}

func (c *crowd) signIn(url string) {
	c.t.Helper()
	account := jsonBody(map[string]any{"name": citizen, "full_name": "Nguyễn Thị Thử", "password": demoPassword, "consent": true})
	c.must(url, http.MethodPost, "/identity/accounts", request{id.New(), "application/json", account}, 201)
	session := jsonBody(map[string]any{"name": citizen, "password": demoPassword})
	var out struct{ Token string }
	c.must(url, http.MethodPut, "/identity/session", request{"", "application/json", session}, 200).into(&out)
	c.token = out.Token
}

// must sends a request and ends the test when the status is another one.
func (c *crowd) must(url, method, path string, rq request, want int) *reply {
	c.t.Helper()
	r, err := c.send(url, method, path, rq)
	if err != nil {
		c.t.Fatal(err)
	}
	return r.want(want)
}

func (c *crowd) send(url, method, path string, rq request) (*reply, error) {
	r, err := http.NewRequest(method, url+web.Version1+path, bytes.NewReader(rq.body))
	if err != nil {
		return nil, err
	}
	if rq.key != "" {
		r.Header.Set("Idempotency-Key", rq.key)
	}
	if rq.contentType != "" {
		r.Header.Set("Content-Type", rq.contentType)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	return &reply{c.t, method + " " + path, res.StatusCode, res.Header, raw}, nil
}

// fileUntil lets everybody file at once and kills the program as soon as n of them have their answer.
func (c *crowd) fileUntil(p *process, n int) {
	var wg sync.WaitGroup
	for i, rq := range c.requests {
		wg.Go(func() {
			r, err := c.send(p.url, http.MethodPost, "/dossier/dossiers", rq)
			if err != nil {
				return // the program is gone
			}
			if r.status != http.StatusCreated {
				c.t.Errorf("filing %d: %d %.500s", i, r.status, r.body)
				return
			}
			var d dossier.DossierBody
			r.into(&d)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.acknowledged[i] = d
			if len(c.acknowledged) == n {
				if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
					c.t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// fileAgain lets everybody send the same request with the same key until it is acknowledged. What was
// acknowledged before the crash must be answered with the same dossier.
func (c *crowd) fileAgain(p *process) {
	ctx, cancel := context.WithTimeout(context.Background(), crashTime)
	defer cancel()
	var wg sync.WaitGroup
	for i, rq := range c.requests {
		wg.Go(func() {
			d, err := c.insist(ctx, p, rq)
			if err != nil {
				c.t.Errorf("filing %d, sent again: %v", i, err)
				return
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			if before, ok := c.acknowledged[i]; ok && (before.ID != d.ID || before.Code != d.Code || before.Secret != d.Secret) {
				c.t.Errorf("filing %d was acknowledged as %s, now as %s", i, before.Code, d.Code)
			}
			c.acknowledged[i] = d
		})
	}
	wg.Wait()
}

// insist sends a request until it is done; a key that the killed program held is free after its lease.
func (c *crowd) insist(ctx context.Context, p *process, rq request) (d dossier.DossierBody, err error) {
	again := time.NewTicker(300 * time.Millisecond)
	defer again.Stop()
	for {
		r, err := c.send(p.url, http.MethodPost, "/dossier/dossiers", rq)
		switch {
		case err != nil:
			return d, err
		case r.status == http.StatusCreated:
			r.into(&d)
			return d, nil
		case r.status != http.StatusConflict || r.header.Get("Retry-After") == "":
			return d, fmt.Errorf("%d %.500s", r.status, r.body)
		}
		select {
		case <-ctx.Done():
			return d, errors.New("the key is never free")
		case <-again.C:
		}
	}
}

// count holds that every dossier is in the citizen's list once.
func (c *crowd) count(p *process) {
	c.t.Helper()
	seen := map[string]bool{}
	after := ""
	for {
		var page struct {
			Items []struct{ ID, Code string }
			Next  string
		}
		c.must(p.url, http.MethodGet, "/dossier/own?size=30&after="+after, request{}, 200).into(&page)
		for _, it := range page.Items {
			if seen[it.ID] {
				c.t.Errorf("%s is in the list twice", it.Code)
			}
			seen[it.ID] = true
		}
		if after = page.Next; after == "" {
			break
		}
	}
	for i := range c.requests {
		if d := c.acknowledged[i]; !seen[d.ID] {
			c.t.Errorf("acknowledged dossier %q is not there", d.Code)
		}
	}
	if len(seen) != crashFilings {
		c.t.Errorf("%d dossiers, want %d", len(seen), crashFilings)
	}
}

var numberParts = regexp.MustCompile(`^(.+-\d{6})-(\d{4,})$`)

// gapFree holds that the numbers of each unit and day are 1, 2, 3 and so on, those of the demonstration among them.
func gapFree(t *testing.T, numbers []string) {
	t.Helper()
	count, last := map[string]int{}, map[string]int{}
	slices.Sort(numbers)
	for i, number := range numbers {
		m := numberParts.FindStringSubmatch(number)
		if m == nil || i > 0 && numbers[i-1] == number {
			t.Fatalf("number %q is none, or was given twice", number)
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		count[m[1]]++
		last[m[1]] = max(last[m[1]], n)
	}
	for unit, n := range last {
		if count[unit] != n {
			t.Errorf("%s: %d numbers, the last is %d", unit, count[unit], n)
		}
	}
}

// stored holds what is in the database: the crowd's dossiers each with its file, and numbers without gaps.
func (c *crowd) stored(data, database string) {
	c.t.Helper()
	conf := testConfig(c.t, database)
	conf.Data = data
	if database == "" {
		conf.Database = ""
	}
	d, err := db.Open(context.Background(), conf.DatabaseURL())
	if err != nil {
		c.t.Fatal(err)
	}
	defer d.Close()
	ids := make([]string, 0, crashFilings)
	for _, x := range c.acknowledged {
		ids = append(ids, x.ID)
	}
	query, args, err := db.In(`SELECT COUNT(DISTINCT a.dossier_id) FROM dossier_attachment a JOIN file_file f ON f.id = a.file_id WHERE a.dossier_id IN (?)`, ids)
	if err != nil {
		c.t.Fatal(err)
	}
	var with int
	if err := d.Get(context.Background(), &with, query, args...); err != nil {
		c.t.Fatal(err)
	}
	if with != crashFilings {
		c.t.Errorf("%d dossiers have their file, want %d", with, crashFilings)
	}
	var numbers []string
	if err := d.Select(context.Background(), &numbers, `SELECT number FROM dossier_part`); err != nil {
		c.t.Fatal(err)
	}
	gapFree(c.t, numbers)
}
