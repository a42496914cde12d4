package notice

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/notice/internal/deliver"
)

// noon is the time in the tests: 23 November 2018, 12:00 in Việt Nam.
var noon = clock.NewDate(2018, 11, 23).At(12, 0)

const topicsYAML = `
groups:
  - {key: mine, name: {vi: Hồ sơ của tôi, en: My dossiers}, for: person, "on": [email, sms]}
  - {key: work, name: {vi: Việc của tôi, en: My work}, for: staff, "on": []}
topics:
  - key: dossier.accepted
    group: mine
    name: {vi: Hồ sơ được tiếp nhận, en: Dossier accepted}
    channels: [app, email, sms]
    sample: {code: H21-1, due: 25/11/2018}
    texts:
      app:
        vi: {subject: "Hồ sơ {code} được tiếp nhận", body: "Kính gửi {name}.[[ Hẹn trả {due}.]]"}
        en: {subject: "Dossier {code} accepted", body: "Dear {name}.[[ Promised by {due}.]]"}
      sms:
        vi: {body: "Hồ sơ {code} được tiếp nhận. {link}"}
        en: {body: "Dossier {code} accepted. {link}"}
  - key: dossier.stopped
    group: mine
    urgency: urgent
    expires: 2h
    name: {vi: Hồ sơ dừng, en: Dossier stopped}
    channels: [app, email, sms]
    sample: {code: H21-1}
    texts:
      app: {vi: {subject: "Hồ sơ {code} dừng", body: "Dừng"}, en: {subject: "Dossier {code} stopped", body: "Stopped"}}
      sms: {vi: {body: "Hồ sơ {code} dừng"}, en: {body: "Dossier {code} stopped"}}
  - key: dossier.digest
    group: work
    urgency: low
    name: {vi: Bản tin, en: Digest}
    channels: [app, email]
    sample: {late: 3}
    texts:
      app: {vi: {subject: "{late} việc quá hạn", body: "{late}"}, en: {subject: "{late} late", body: "{late}"}}
`

func topics(t testing.TB, more ...string) *Topics {
	t.Helper()
	folder := fstest.MapFS{"a.yaml": {Data: []byte(topicsYAML)}}
	for i, text := range more {
		folder[fmt.Sprintf("b%d.yaml", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	list, err := LoadTopics(folder)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// people answers how accounts are reached.
type addressBook map[string]Contact

func (b addressBook) Contact(_ context.Context, account string) (Contact, bool, error) {
	c, ok := b[account]
	return c, ok, nil
}

// provider remembers what it was given, and fails as it is told.
type provider struct {
	mu   sync.Mutex
	got  []Outgoing
	fail func(o Outgoing) error
}

func (p *provider) Send(_ context.Context, o Outgoing) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		if err := p.fail(o); err != nil {
			return "", err
		}
	}
	p.got = append(p.got, o)
	return "ref-" + o.ID, nil
}

func (p *provider) failing(kind deliver.Kind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = func(Outgoing) error { return &deliver.Error{Kind: kind, Err: fmt.Errorf("told to")} }
	if kind == "" {
		p.fail = nil
	}
}

// texts returns what was sent, "to: text" in order, and forgets it.
func (p *provider) texts() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []string
	for _, o := range p.got {
		text := o.Subject
		if text == "" {
			text = o.Text
		}
		list = append(list, o.To+": "+text)
	}
	p.got = nil
	return strings.Join(list, "\n")
}

// world is a service with fakes around it.
type world struct {
	*Service
	t     testing.TB
	clock *clock.Fake
	email *provider
	sms   *provider
	book  addressBook
}

func rooms() []migrate.Room {
	return []migrate.Room{job.Migrations(), event.Migrations(), audit.Migrations(), Migrations()}
}

func newWorld(t testing.TB, d *db.DB, more ...string) *world {
	w := &world{t: t, clock: clock.NewFake(noon), email: &provider{}, sms: &provider{}, book: addressBook{
		"mai":  {Name: "Rơ Châm Y Mai", Email: "mai@example.vn", Phone: "0905123456"},
		"dung": {Name: "Nguyễn Văn Dũng", Email: "dung@example.vn"},
	}}
	w.Service = New(Deps{DB: d, Clock: w.clock, Accounts: w.book, Topics: topics(t, more...), BaseURL: "https://dvc.example.vn", Site: "Cổng thử",
		Senders: map[Channel]Sender{Email: w.email, SMS: w.sms}, Log: slog.New(slog.DiscardHandler), Config: Config{SMSPlain: true, SMSSecret: secret}})
	return w
}

const secret = "a secret of the SMS provider"

func worlds(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, rooms(), func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

// as returns the context of somebody who is signed in.
func as(account string) context.Context {
	return actor.With(context.Background(), actor.Actor{ID: account, Name: "Người " + account, Kind: actor.Person})
}

// admin is who manages notices.
func admin() context.Context {
	return actor.With(context.Background(), actor.Actor{ID: "admin", Name: "Quản trị", Kind: actor.Staff,
		Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, UnitID: "root", UnitPath: "/root/", Below: true}}})
}

// send accepts messages and returns how many were new.
func (w *world) send(list ...Message) int {
	w.t.Helper()
	n, err := w.Send(context.Background(), list...)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// work plans and delivers what is due.
func (w *world) work() {
	w.t.Helper()
	if err := w.Work(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// states returns how the deliveries stand: "channel state" counted, in order.
func (w *world) states() string {
	w.t.Helper()
	var rows []struct {
		Channel string `db:"channel"`
		State   string `db:"state"`
		N       int    `db:"n"`
	}
	if err := w.db.Select(context.Background(), &rows, `SELECT channel, state, COUNT(*) AS n FROM notice_delivery GROUP BY channel, state ORDER BY channel, state`); err != nil {
		w.t.Fatal(err)
	}
	var list []string
	for _, r := range rows {
		list = append(list, fmt.Sprintf("%s %s %d", r.Channel, r.State, r.N))
	}
	return strings.Join(list, ", ")
}

func accepted(account, code string) Message {
	return Message{Topic: "dossier.accepted", To: Recipient{Account: account}, Data: map[string]any{"code": code}, Link: "/ho-so/" + code}
}

func want(t testing.TB, what, got, expected string) {
	t.Helper()
	if got != expected {
		t.Errorf("%s:\n got: %s\nwant: %s", what, got, expected)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// minutes moves the clock.
func (w *world) later(d time.Duration) { w.clock.Advance(d) }
