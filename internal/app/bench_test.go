package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"lienthong/internal/audit"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/benchtest"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
)

// benchClients is how many people use the program at once in benchmarks.
const benchClients = 8

// eachDurable runs fn on a new database of each engine that waits for the disk at every commit, as the program does;
// PostgreSQL does so only when LIENTHONG_TEST_POSTGRES names a server that does.
func eachDurable(b *testing.B, fn func(b *testing.B, address string)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, benchtest.Durable(b.TempDir(), "bench")) })
	b.Run("postgres", func(b *testing.B) { fn(b, dbtest.PostgresAddress(b)) })
}

// work lets events be delivered and timers run beside the benchmark, as they do in the program.
func (s *site) work() {
	ctx, stop := context.WithCancel(s.system())
	ended := make(chan error, 1)
	go func() { ended <- s.House.Jobs.Run(ctx) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	})
}

// pooled lets every client of the benchmark keep its connection.
func (s *site) pooled() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchClients}}
}

// complete is a dossier with its e-form and twenty papers; as many of them as given come with a file.
func (s *site) complete(files int) dossier.Filing {
	v := s.birth()
	f := s.filing(v, s.receiver(v, 0), dossier.ChannelOnline, owner("Nguyễn Thị Thử"))
	for i := len(f.Papers); i < 20; i++ {
		p := dossier.FilingPaper{Name: fmt.Sprint("Giấy tờ kèm thêm ", i), Provided: true, Copies: 1}
		if i < files {
			p.Files = []string{fmt.Sprint("file-", i)}
		}
		f.Papers = append(f.Papers, p)
	}
	return f
}

// BenchmarkFiling sends complete dossiers in one call of the API: e-form, 20 papers, history, audit, events, which are
// delivered meanwhile. "ratio" is what a row alone in a transaction of its own costs the driver, in parts of a dossier.
func BenchmarkFiling(b *testing.B) {
	for _, files := range []int{0, 20} {
		b.Run(fmt.Sprint("files=", files), func(b *testing.B) {
			eachDurable(b, func(b *testing.B, address string) {
				s := newSite(b, "gialai", address)
				s.register("Nguyễn Thị Thử", citizen, "064190000001")
				token, client := s.signIn(citizen), s.pooled()
				s.work()
				bodies := make([][]byte, benchClients)
				contentType := ""
				for i := range bodies {
					f := s.complete(files)
					f.ReceiverID = s.receiver(s.birth(), i).ID
					bodies[i], contentType = filingBody(b, f)
				}
				bare := benchtest.Bare(b, s.DB, benchClients, 1000)
				benchtest.Run(b, benchClients, func(i int) error {
					r, err := http.NewRequest(http.MethodPost, s.srv.URL+web.Version1+"/dossier/dossiers", bytes.NewReader(bodies[i%benchClients]))
					if err != nil {
						return err
					}
					r.Header.Set("Content-Type", contentType)
					r.Header.Set("Idempotency-Key", id.New())
					r.Header.Set("Authorization", "Bearer "+token)
					return fetch(client, r, http.StatusCreated)
				})
				b.ReportMetric(bare/(float64(b.N)/b.Elapsed().Seconds()), "bare/op")
			})
		})
	}
}

// BenchmarkAudit writes rows of the audit record, each in a transaction of its own, from several clients at once.
func BenchmarkAudit(b *testing.B) {
	eachDurable(b, func(b *testing.B, address string) {
		c := testConfig(b, address)
		a, err := New(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		defer a.Close() //nolint:errcheck // the benchmark is over
		ctx := actor.With(context.Background(), actor.SystemActor)
		bare := benchtest.Bare(b, a.DB, benchClients, 1000)
		benchtest.Run(b, benchClients, func(i int) error {
			return a.DB.Tx(ctx, func(tx *db.Tx) error {
				return audit.Record(ctx, tx, audit.Entry{Action: "bench.write", Object: "bench.row", ObjectID: fmt.Sprint(i), After: i, Detail: map[string]any{"code": "H21.15-261123-0007"}})
			})
		})
		b.ReportMetric(bare/(float64(b.N)/b.Elapsed().Seconds()), "bare/op")
	})
}

// fetch sends a request, reads the whole answer and holds that its status is the one wanted.
func fetch(c *http.Client, r *http.Request, want int) error {
	res, err := c.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		return err
	}
	if res.StatusCode != want {
		return fmt.Errorf("%s %s: status %d, want %d: %.500s", r.Method, r.URL, res.StatusCode, want, body.String())
	}
	return nil
}

// browser is somebody's signed-in browser, for pages.
func (s *site) browser(name string) *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Transport: s.pooled().Transport}
	res, err := c.PostForm(s.srv.URL+"/dang-nhap", url.Values{"name": {name}, "password": {demoPassword}})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK || res.Request.URL.Path == "/dang-nhap" {
		s.t.Fatalf("%s could not sign in: %d at %s, %v", name, res.StatusCode, res.Request.URL, err)
	}
	return c
}
