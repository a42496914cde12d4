package notice

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/notice/internal/deliver"
)

// nodes returns several services on one database with the same providers.
func nodes(w *world, n int) []*world {
	list := []*world{w}
	for range n - 1 {
		o := newWorld(w.t, w.db)
		o.Service.clock, o.Service.senders, o.clock = w.clock, w.senders, w.clock
		list = append(list, o)
	}
	return list
}

// TestManyNodes holds that nodes that plan and deliver at the same time send every message once and collapse as one node does.
func TestManyNodes(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		const things, changes = 20, 10
		var list []Message
		for i := range things * changes {
			m := accepted("mai", fmt.Sprintf("H%02d-%d", i%things, i/things))
			m.Collapse = fmt.Sprint(i % things)
			list = append(list, m)
		}
		w.send(list...)
		all := nodes(w, 4)
		together := func() {
			var wg sync.WaitGroup
			for _, n := range all {
				wg.Go(func() {
					if err := n.Work(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		together()
		w.later(2 * time.Minute)
		together()
		want(t, "states", w.states(), fmt.Sprintf("app delivered %d, email sent %d, sms sent %d", things, things, things))
		lines := strings.Split(w.sms.texts(), "\n")
		seen := map[string]bool{}
		for _, line := range lines {
			if seen[line] || !strings.Contains(line, "-9 ") {
				t.Errorf("twice or not the last change: %s", line)
			}
			seen[line] = true
		}
		if len(lines) != things {
			t.Errorf("%d sent", len(lines))
		}
	})
}

// TestOrderUnderTrouble holds that messages about one thing arrive in their order at one recipient, whatever fails.
func TestOrderUnderTrouble(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		r := rand.New(rand.NewPCG(1, 2))
		w.sms.fail = func(Outgoing) error { // called under its lock
			kinds := []deliver.Kind{"", "", deliver.Later, deliver.Down}
			if k := kinds[r.IntN(len(kinds))]; k != "" {
				return &deliver.Error{Kind: k, Err: fmt.Errorf("told to")}
			}
			return nil
		}
		all := nodes(w, 3)
		for i := range 30 {
			for _, thing := range []string{"A", "B", "C"} {
				m := accepted("mai", fmt.Sprintf("%s%02d", thing, i))
				m.Collapse = thing
				w.send(m)
			}
			w.work()
			w.later(61 * time.Second)
		}
		for range 60 {
			for _, n := range all {
				n.work()
			}
			w.later(10 * time.Minute)
		}
		want(t, "states", w.states(), "app delivered 90, email sent 90, sms sent 90")
		last := map[string]string{}
		for line := range strings.SplitSeq(w.sms.texts(), "\n") {
			code := strings.Fields(line)[3]
			if thing := code[:1]; code <= last[thing] {
				t.Errorf("%s after %s", code, last[thing])
			} else {
				last[thing] = code
			}
		}
	})
}

// TestRun holds that a running service does its work by itself and ends when it is told to.
func TestRun(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	sent := make(chan string, 10)
	w.sms.fail = func(o Outgoing) error { sent <- o.Text; return nil }
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	w.send(accepted("mai", "H1"))
	want(t, "sent", <-sent, "Ho so H1 duoc tiep nhan. https://dvc.example.vn/ho-so/H1")
	stop()
	must(t, <-ended)
	must(t, w.Plan1(context.Background()))
}

// Plan1 is Plan for tests that do not count.
func (s *Service) Plan1(ctx context.Context) error {
	_, err := s.Plan(ctx)
	return err
}

// TestPanic holds that a sender that panics costs its message, not the node.
func TestPanic(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.sms.fail = func(Outgoing) error { panic("a bug in a driver") }
		w.send(accepted("mai", "H1"))
		w.work()
		want(t, "states", w.states(), "app delivered 1, email sent 1, sms dead 1")
		list, err := w.DeadLetters(admin(), DeadQuery{Size: 1})
		if err != nil || !strings.Contains(list[0].Error, "a bug in a driver") || len([]rune(list[0].Error)) > maxText {
			t.Errorf("%+v %v", list, err)
		}
	})
}

// childDB names the database in which a child process of TestKilled delivers.
const childDB = "NOTICE_TEST_CHILD"

// TestMain lets the test binary be the child of TestKilled.
func TestMain(m *testing.M) {
	if address := os.Getenv(childDB); address != "" {
		child(address)
		return
	}
	os.Exit(m.Run())
}

// child claims what is due, tells that it sends, and never gets an answer.
func child(address string) {
	d, err := db.Open(context.Background(), address)
	if err != nil {
		panic(err)
	}
	stuck := &provider{fail: func(o Outgoing) error {
		fmt.Println(o.ID)
		select {}
	}}
	s := New(Deps{DB: d, Clock: clock.NewFake(noon), Accounts: addressBook{}, Topics: &Topics{byKey: map[string]*Topic{}, Groups: nil}, Senders: map[Channel]Sender{SMS: stuck},
		Config: Config{Timeout: time.Hour, Workers: 1}})
	s.topics = childTopics()
	fmt.Println(s.Work(context.Background()))
}

// childTopics are the topics of the tests, without a test.
func childTopics() *Topics {
	t := &Topic{Key: "dossier.accepted", Group: "g", Channels: []Channel{InApp, SMS}, expires: time.Hour, Texts: map[Channel]map[string]*Text{SMS: {"vi": {Body: "{code}"}}}}
	return &Topics{Groups: []Group{{Key: "g", Wants: []Channel{SMS}}}, list: []*Topic{t}, byKey: map[string]*Topic{t.Key: t}}
}

// TestKilled holds that what a node was sending when it was killed is sent by another, with the id the provider saw already.
func TestKilled(t *testing.T) {
	for name, address := range map[string]func(testing.TB, ...migrate.Room) string{"sqlite": dbtest.SQLiteAddress, "postgres": dbtest.PostgresAddress} {
		t.Run(name, func(t *testing.T) {
			at := address(t, rooms()...)
			d, err := db.Open(context.Background(), at)
			must(t, err)
			defer func() { must(t, d.Close()) }()
			w := newWorld(t, d)
			w.Service.topics = childTopics()
			for i := range 3 {
				w.send(Message{Topic: "dossier.accepted", To: Recipient{Phone: "0905123456"}, Data: map[string]any{"code": fmt.Sprint(i)}})
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childDB+"="+at)
			out, err := cmd.StdoutPipe()
			must(t, err)
			must(t, cmd.Start())
			lines := bufio.NewScanner(out)
			if !lines.Scan() {
				t.Fatal("the child sent nothing")
			}
			seen := lines.Text()
			must(t, cmd.Process.Kill())
			_ = cmd.Wait() // it was killed

			w.work()
			want(t, "while its lease runs", w.sms.texts(), "")
			w.clock.Set(noon.Add(5 * time.Hour))
			must(t, w.db.Tx(context.Background(), func(tx *db.Tx) error { // they would have expired by then
				_, err := tx.Exec(context.Background(), `UPDATE notice_delivery SET expires_at = NULL`)
				return err
			}))
			w.work()
			again := false
			for _, o := range w.sms.got {
				again = again || o.ID == seen
			}
			if !again || len(w.sms.got) != 3 {
				t.Errorf("%s of %+v", seen, w.sms.got)
			}
			want(t, "states", w.states(), "sms sent 3")
		})
	}
}

// FuzzFill holds that no text and no data make a panic, an endless text or a text with control characters.
func FuzzFill(f *testing.F) {
	f.Add("Hồ sơ {code}[[ hẹn {due}]]", "H1", "")
	f.Add("[[[[{a}]]]]{{b}}", "{b}", "[[")
	f.Add("{code", "]]", "\x00\r\n")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		said := (&Text{text, text}).Fill(map[string]any{"a": a, "b": b, "code": a, "due": b})
		if len(said.Body) > maxRendered+len("…") || strings.ContainsAny(said.Subject, "\r\n\x00") || strings.ContainsAny(said.Body, "\r\x00") {
			t.Errorf("%q", said)
		}
		_ = (&Text{text, text}).Check(SMS, map[string]any{"a": ""})
		_ = SMSLength(Unmarked(said.Body))
	})
}
