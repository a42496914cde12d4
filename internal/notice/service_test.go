package notice

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/notice/internal/deliver"
)

// TestSend holds the way of a message: accepted in the caller's transaction, planned, delivered on every channel.
func TestSend(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		failed := errors.New("the caller changed its mind")
		err := w.db.Tx(ctx, func(tx *db.Tx) error {
			must(t, Send(ctx, tx, accepted("mai", "H0")))
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		m := accepted("mai", "H1")
		m.Key = "1"
		if n := w.send(m, accepted("nobody", "H2")); n != 2 {
			t.Errorf("%d accepted", n)
		}
		if n := w.send(m); n != 0 {
			t.Error("accepted twice")
		}
		w.work()
		want(t, "states", w.states(), "app delivered 1, email sent 1, sms sent 1")
		want(t, "email", w.email.texts(), "mai@example.vn: Hồ sơ H1 được tiếp nhận")
		want(t, "sms", w.sms.texts(), "0905123456: Ho so H1 duoc tiep nhan. https://dvc.example.vn/ho-so/H1")

		w.send(Message{Topic: "dossier.accepted", To: Recipient{Name: "Siu Blĭk", Phone: "+84 905 000 111", Lang: "en"}, Data: map[string]any{"code": "H3"}})
		w.work()
		want(t, "without an account", w.sms.texts(), "0905000111: Dossier H3 accepted.")
	})
}

func TestRefusesWhatCannotBeSent(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		for name, m := range map[string]Message{
			"no topic":     {To: Recipient{Account: "mai"}},
			"nobody":       {Topic: "dossier.accepted"},
			"other site":   {Topic: "dossier.accepted", To: Recipient{Account: "mai"}, Link: "//evil.example/x"},
			"a whole link": {Topic: "dossier.accepted", To: Recipient{Account: "mai"}, Link: "https://evil.example/x"},
			"a backslash":  {Topic: "dossier.accepted", To: Recipient{Account: "mai"}, Link: `/\evil.example`},
			"not JSON":     {Topic: "dossier.accepted", To: Recipient{Account: "mai"}, Data: map[string]any{"f": func() {}}},
			"too much":     {Topic: "dossier.accepted", To: Recipient{Account: "mai"}, Data: map[string]any{"x": strings.Repeat("x", maxData)}},
		} {
			if _, err := w.Send(context.Background(), m); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		w.send(Message{Topic: "nobody.knows", To: Recipient{Account: "mai"}})
		w.work()
		want(t, "an unknown topic", w.states(), "app dead 1")
	})
}

func TestCollapse(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		for i := range 10 {
			m := accepted("mai", fmt.Sprintf("H%d", i))
			m.Collapse = "dossier 1"
			w.send(m)
			if i%3 == 0 {
				w.work()
			}
			w.later(5 * time.Second)
		}
		w.work()
		want(t, "within the minute", w.states(), "app delivered 1, email queued 1, sms queued 1")
		w.later(time.Minute)
		w.work()
		want(t, "states", w.states(), "app delivered 1, email sent 1, sms sent 1")
		want(t, "email", w.email.texts(), "mai@example.vn: Hồ sơ H9 được tiếp nhận")
		items, err := w.Inbox(as("mai"), InboxQuery{Size: 10})
		if err != nil || len(items) != 1 || items[0].Times != 10 || items[0].Subject != "Hồ sơ H9 được tiếp nhận" {
			t.Errorf("%+v %v", items, err)
		}
		m := accepted("mai", "H10")
		m.Collapse = "dossier 1"
		w.send(m)
		other := accepted("dung", "H11")
		other.Collapse = "dossier 1"
		w.send(other)
		w.work()
		want(t, "after the minute and to others", w.states(), "app delivered 3, email queued 2, email sent 1, sms queued 1, sms sent 1")
		urgent := Message{Topic: "dossier.stopped", To: Recipient{Account: "mai"}, Data: map[string]any{"code": "H12"}, Collapse: "dossier 1"}
		w.send(urgent)
		w.work()
		if items, _ := w.Inbox(as("mai"), InboxQuery{Size: 10}); len(items) != 3 || !items[0].Urgent {
			t.Errorf("what is urgent does not wait: %+v", items)
		}
	})
}

func TestQuietHours(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.clock.Set(clock.NewDate(2018, 11, 23).At(22, 30))
		w.send(accepted("mai", "H1"), Message{Topic: "dossier.stopped", To: Recipient{Account: "mai"}, Data: map[string]any{"code": "H2"}})
		w.work()
		want(t, "at night", w.states(), "app delivered 2, email held 1, email sent 1, sms held 1, sms sent 1")
		want(t, "urgent", w.sms.texts(), "0905123456: Ho so H2 dung")
		w.clock.Set(clock.NewDate(2018, 11, 24).At(6, 59))
		w.work()
		want(t, "still night", w.sms.texts(), "")
		w.clock.Set(clock.NewDate(2018, 11, 24).At(7, 0))
		w.work()
		want(t, "morning", w.sms.texts(), "0905123456: Ho so H1 duoc tiep nhan. https://dvc.example.vn/ho-so/H1")

		// a provider that was down by day does not wake people at night
		w.clock.Set(clock.NewDate(2018, 11, 24).At(20, 59))
		w.sms.failing(deliver.Down)
		w.send(accepted("mai", "H3"))
		w.work()
		w.sms.failing("")
		w.clock.Set(clock.NewDate(2018, 11, 24).At(23, 0))
		w.work()
		want(t, "in the night", w.sms.texts(), "")
		w.clock.Set(clock.NewDate(2018, 11, 25).At(7, 0))
		w.work()
		want(t, "next morning", w.sms.texts(), "0905123456: Ho so H3 duoc tiep nhan. https://dvc.example.vn/ho-so/H3")
	})
}

func TestRetryAndDeath(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.email.failing(deliver.Later)
		m := accepted("dung", "H1")
		m.Expires = noon.Add(100 * time.Hour)
		w.send(m)
		var waits []time.Duration
		for range 40 {
			w.work()
			var d Delivery
			must(t, w.db.Get(context.Background(), &d, `SELECT `+deliveryColumns+` FROM notice_delivery WHERE channel = 'email'`))
			if d.State == Dead {
				if d.Attempts != 12 || !strings.Contains(d.Error, "told to") {
					t.Errorf("%+v", d)
				}
				break
			}
			if wait := d.DueAt.Sub(w.clock.Now()); wait > 0 && d.State == Queued {
				waits = append(waits, wait)
			}
			w.clock.Set(d.DueAt)
		}
		if fmt.Sprint(waits[:5]) != "[30s 2m0s 8m0s 32m0s 2h0m0s]" {
			t.Errorf("waits %v", waits)
		}
		want(t, "states", w.states(), "app delivered 1, email dead 1")

		w.email.failing(deliver.Refused)
		w.clock.Set(noon.AddDate(0, 0, 3))
		w.send(accepted("dung", "H2"))
		w.work()
		want(t, "refused at once", w.states(), "app delivered 2, email dead 2")
	})
}

// TestProviderDown holds that a provider that is down costs no message an attempt, and that all go out in order when it is back.
func TestProviderDown(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.sms.failing(deliver.Down)
		for i := range 60 {
			m := accepted("mai", fmt.Sprintf("H%02d", i))
			m.Collapse = "dossier 1"
			w.send(m)
			w.later(time.Minute)
			w.work()
		}
		var most int
		must(t, w.db.Get(context.Background(), &most, `SELECT MAX(attempts) FROM notice_delivery WHERE channel = 'sms'`))
		if most != 0 {
			t.Errorf("attempts: %d", most)
		}
		if since, why := w.gates[SMS].state(); since.IsZero() || why == "" {
			t.Error("nobody is told that it is down")
		}
		w.sms.failing("")
		w.later(5 * time.Minute)
		w.work()
		lines := strings.Split(w.sms.texts(), "\n")
		if len(lines) != 60 {
			t.Fatalf("%d arrived", len(lines))
		}
		for i, line := range lines {
			if !strings.Contains(line, fmt.Sprintf("H%02d", i)) {
				t.Errorf("at place %d: %s", i, line)
			}
		}
	})
}

func TestExpiry(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.email.failing(deliver.Later)
		w.sms.failing(deliver.Later)
		w.send(Message{Topic: "dossier.stopped", To: Recipient{Account: "mai"}, Data: map[string]any{"code": "H1"}})
		w.work()
		w.later(2 * time.Hour)
		w.work()
		want(t, "states", w.states(), "app delivered 1, email expired 1, sms expired 1")
		m := accepted("mai", "H2")
		m.Expires = w.clock.Now().Add(-time.Minute)
		w.send(m)
		w.work()
		want(t, "too late from the start", w.states(), "app delivered 2, email expired 2, sms expired 2")
	})
}

func TestBadAddress(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.email.failing(deliver.Address)
		for i := range 4 {
			w.send(accepted("dung", fmt.Sprint(i)))
			w.work()
		}
		want(t, "states", w.states(), "app delivered 4, email failed 4")
		var tried int
		must(t, w.db.Get(context.Background(), &tried, `SELECT COUNT(*) FROM notice_delivery WHERE channel = 'email' AND attempts > 0`))
		if tried != 3 {
			t.Errorf("tried %d times", tried)
		}
		w.email.failing("")
		w.book["dung"] = Contact{Name: "Nguyễn Văn Dũng", Email: "dung.moi@example.vn"}
		w.send(accepted("dung", "H5"))
		w.work()
		want(t, "a new address", w.email.texts(), "dung.moi@example.vn: Hồ sơ H5 được tiếp nhận")
	})
}

// TestDeadNode holds that what a killed node claimed is sent by another one, with the same id.
func TestDeadNode(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.send(accepted("dung", "H1"))
		_, err := w.Plan(ctx)
		must(t, err)
		now := w.clock.Now()
		held, err := w.store.claim(ctx, w.db, Email, "a dead node", now, now.Add(w.leaseFor()), 10)
		if err != nil || len(held) != 1 {
			t.Fatal(held, err)
		}
		w.work()
		want(t, "while the lease runs", w.email.texts(), "")
		w.later(w.leaseFor())
		w.work()
		if len(w.email.got) != 1 || w.email.got[0].ID != held[0].ID {
			t.Errorf("%+v", w.email.got)
		}
		held[0].State = Failed
		must(t, w.db.Tx(ctx, func(tx *db.Tx) error {
			kept, err := w.store.settle(ctx, tx, held[0], "a dead node")
			if kept {
				t.Error("the dead node wrote its outcome over the other's")
			}
			return err
		}))
		want(t, "states", w.states(), "app delivered 1, email sent 1")
	})
}

func TestInbox(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		for i := range 5 {
			w.send(accepted("mai", fmt.Sprintf("H%d", i)))
			w.later(time.Second)
			w.work()
		}
		ctx := as("mai")
		if n, err := w.Unread(ctx); err != nil || n != 5 {
			t.Errorf("%d %v", n, err)
		}
		first, err := w.Inbox(ctx, InboxQuery{Size: 2})
		if err != nil || len(first) != 3 || first[0].Subject != "Hồ sơ H4 được tiếp nhận" || first[0].Body != "Kính gửi Người mai." {
			t.Fatalf("%+v %v", first, err)
		}
		second, err := w.Inbox(ctx, InboxQuery{Size: 2, After: first[1].Keys()})
		if err != nil || second[0].ID != first[2].ID {
			t.Errorf("%+v %v", second, err)
		}
		english, err := w.Open(i18n.WithLang(ctx, "en"), first[0].ID)
		if err != nil || english.Subject != "Dossier H4 accepted" || english.ReadAt == nil || english.Link != "/ho-so/H4" {
			t.Errorf("%+v %v", english, err)
		}
		if _, err := w.Open(as("dung"), first[1].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another's notice: %v", err)
		}
		if _, err := w.Inbox(context.Background(), InboxQuery{}); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a visitor: %v", err)
		}
		if rest, err := w.Inbox(ctx, InboxQuery{Size: 9, Unread: true}); err != nil || len(rest) != 4 {
			t.Errorf("%d %v", len(rest), err)
		}
		if n, err := w.ReadAll(ctx); err != nil || n != 4 {
			t.Errorf("%d %v", n, err)
		}
		if n, err := w.Unread(ctx); err != nil || n != 0 {
			t.Errorf("%d %v", n, err)
		}
		if _, err := w.Inbox(ctx, InboxQuery{After: []string{"x", "y"}}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a made up cursor: %v", err)
		}
	})
}
