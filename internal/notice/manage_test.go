package notice

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/notice/internal/deliver"
)

func wantKind(t *testing.T, what string, err error, k fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != k || err == nil {
		t.Errorf("%s: %v", what, err)
	}
}

func TestPreferences(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		p, err := w.Preferences(as("mai"))
		if err != nil || len(p.Groups) != 1 || p.Groups[0].Key != "mine" || !p.Groups[0].On[Email] || !p.Groups[0].On[SMS] || p.Reach[SMS] != "0905123456" {
			t.Fatalf("%+v %v", p, err)
		}
		p.Groups[0].On[SMS] = false
		p.Lang, p.Quiet = "en", "12:00-13:00"
		must(t, w.SetPreferences(as("mai"), p))
		w.send(accepted("mai", "H1"))
		w.work()
		want(t, "as wished", w.states(), "app delivered 1, email held 1, sms skipped 1")
		w.later(time.Hour)
		w.work()
		want(t, "in English, after her lunch", w.email.texts(), "mai@example.vn: Dossier H1 accepted")
		if again, err := w.Preferences(as("mai")); err != nil || again.Lang != "en" || again.Quiet != "12:00-13:00" || again.Groups[0].On[SMS] {
			t.Errorf("%+v %v", again, err)
		}
		staff := actor.With(context.Background(), dung)
		if p, err = w.Preferences(staff); err != nil || len(p.Groups) != 1 || p.Groups[0].Key != "work" || p.Groups[0].On[Email] {
			t.Errorf("%+v %v", p, err)
		}
		wantKind(t, "a language", w.SetPreferences(staff, Preferences{Lang: "fr"}), fault.Invalid)
		wantKind(t, "quiet hours", w.SetPreferences(staff, Preferences{Quiet: "at night"}), fault.Invalid)
		wantKind(t, "another group", w.SetPreferences(staff, Preferences{Groups: []GroupChoice{{Key: "mine"}}}), fault.Invalid)
		wantKind(t, "a visitor", w.SetPreferences(context.Background(), Preferences{}), fault.Unauthenticated)
		if _, err := w.Preferences(context.Background()); fault.KindOf(err) != fault.Unauthenticated {
			t.Error(err)
		}
	})
}

func TestDeadLetters(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.sms.failing(deliver.Refused)
		w.email.failing(deliver.Address)
		for i := range 3 {
			w.send(accepted("mai", fmt.Sprint(i)))
			w.later(time.Second)
			w.work()
		}
		w.send(Message{Topic: "nobody.knows", To: Recipient{Account: "mai"}})
		w.work()
		for text, n := range map[string]int{"": 7, "0905": 3, "MAI@": 3, "nobody": 1, "told to": 6, "%": 0, "_": 0, "!": 0} {
			if list, err := w.DeadLetters(admin(), DeadQuery{Text: text, Size: 50}); err != nil || len(list) != n && text != "_" {
				t.Errorf("%q: %d %v", text, len(list), err)
			}
		}
		list, err := w.DeadLetters(admin(), DeadQuery{Channel: SMS, State: Dead, Size: 2})
		if err != nil || len(list) != 3 || list[0].Masked() != "09xxxxx456" {
			t.Fatalf("%+v %v", list, err)
		}
		rest, err := w.DeadLetters(admin(), DeadQuery{Channel: SMS, State: Dead, Size: 2, After: list[1].Keys()})
		if err != nil || len(rest) != 1 || rest[0].ID != list[2].ID {
			t.Errorf("%+v %v", rest, err)
		}
		h, err := w.Health(admin())
		if err != nil || h.Dead != 4 || h.Failed != 3 || len(h.Channels) != 3 || h.Channels[2].Used {
			t.Errorf("%+v %v", h, err)
		}
		w.sms.failing("")
		must(t, w.Retry(admin(), list[0].ID))
		w.work()
		want(t, "sent again", w.sms.texts(), "0905123456: Ho so 2 duoc tiep nhan. https://dvc.example.vn/ho-so/2")
		wantKind(t, "twice", w.Retry(admin(), list[0].ID), fault.Conflict)
		must(t, w.Drop(admin(), list[1].ID))
		wantKind(t, "dropped", w.Retry(admin(), list[1].ID), fault.Conflict)

		unknown, err := w.DeadLetters(admin(), DeadQuery{Text: "nobody", Size: 1})
		must(t, err)
		w.topics = topics(t, `topics: [{key: nobody.knows, group: mine, name: {vi: Mới, en: New}, channels: [app], texts: {app: {vi: {subject: Mới}, en: {subject: New}}}}]`)
		must(t, w.Retry(admin(), unknown[0].ID))
		w.work()
		if items, err := w.Inbox(as("mai"), InboxQuery{Size: 9}); err != nil || items[0].Subject != "Mới" {
			t.Errorf("%+v %v", items, err)
		}
		for name, err := range map[string]error{"retry": w.Retry(as("mai"), rest[0].ID), "drop": w.Drop(as("mai"), rest[0].ID)} {
			wantKind(t, name, err, fault.Forbidden)
		}
		for _, ctx := range []context.Context{as("mai"), context.Background()} {
			if _, err := w.DeadLetters(ctx, DeadQuery{}); err == nil {
				t.Error("listed")
			}
			if _, err := w.Health(ctx); err == nil {
				t.Error("health")
			}
		}
		report, err := audit.Verify(context.Background(), w.db, nil)
		if err != nil || !report.OK() {
			t.Errorf("%v %v", report.Lines(), err)
		}
	})
}

func TestReports(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.send(accepted("mai", "H1"))
		w.work()
		id := w.sms.got[0].ID
		must(t, w.TakeReport(ctx, Email, Report{ID: id, Status: "failed"}))
		must(t, w.TakeReport(ctx, SMS, Report{ID: "nothing", Status: "failed"}))
		want(t, "not its own", w.states(), "app delivered 1, email sent 1, sms sent 1")
		must(t, w.TakeReport(ctx, SMS, Report{ID: id, Status: "delivered"}))
		want(t, "delivered", w.states(), "app delivered 1, email sent 1, sms delivered 1")
		must(t, w.TakeReport(ctx, SMS, Report{ID: id, Status: "READ"}))
		want(t, "read", w.states(), "app delivered 1, email sent 1, sms read 1")
		must(t, w.TakeReport(ctx, SMS, Report{ID: id, Status: "failed"}))
		want(t, "too late", w.states(), "app delivered 1, email sent 1, sms read 1")
		wantKind(t, "a made up status", w.TakeReport(ctx, SMS, Report{ID: id, Status: "eaten"}), fault.Invalid)
		for i := range 4 { // bounced three times, then not tried any more
			w.sms.got = nil
			w.send(accepted("mai", fmt.Sprint(i)))
			w.work()
			for _, o := range w.sms.got {
				must(t, w.TakeReport(ctx, SMS, Report{ID: o.ID, Status: "failed", Reason: "no such number"}))
			}
		}
		if len(w.sms.got) != 0 {
			t.Error("sent to a bad number")
		}
		want(t, "bounced", w.states(), "app delivered 5, email sent 5, sms failed 4, sms read 1")
	})
}

func TestPurge(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.sms.failing(deliver.Refused)
		for i := range 3 {
			m := accepted("mai", fmt.Sprint(i))
			m.Collapse = "1"
			w.send(m)
		}
		w.send(accepted("dung", "H1"))
		w.work()
		w.later(2 * time.Minute)
		w.work()
		w.later(w.config.Keep)
		w.send(accepted("dung", "H2"))
		w.work()
		must(t, w.Purge(context.Background()))
		want(t, "left: the dead letter with its message, and what is new", w.states(), "app delivered 2, email sent 2, sms dead 1")
		list, err := w.DeadLetters(admin(), DeadQuery{Size: 1})
		must(t, err)
		must(t, w.Drop(admin(), list[0].ID))
		must(t, w.Purge(context.Background()))
		want(t, "then", w.states(), "app delivered 1, email sent 1")
	})
}

func TestEditTexts(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ctx, at := admin(), Place{"dossier.accepted", SMS, "vi"}
		sms := func() string {
			w.later(3 * time.Second)
			w.send(accepted("mai", "H1"))
			w.work()
			return strings.TrimPrefix(w.sms.texts(), "0905123456: ")
		}
		const old = "Ho so H1 duoc tiep nhan. https://dvc.example.vn/ho-so/H1"
		must(t, w.SaveDraft(ctx, at, Text{"thừa", "Đã nhận {code}"}))
		must(t, w.SaveDraft(ctx, at, Text{"", "Đã nhận rồi {code}"}))
		want(t, "a draft is not sent", sms(), old)
		e, err := w.Export(ctx, at)
		if err != nil || e.Draft == nil || e.Draft.Text.Body != "Đã nhận rồi {code}" || len(e.Versions) != 0 || e.Now.Subject != "" {
			t.Fatalf("%+v %v", e, err)
		}
		tomorrow := clock.Today(w.clock).AddDays(1)
		must(t, w.Publish(ctx, at, tomorrow))
		want(t, "from tomorrow", sms(), old)
		wantKind(t, "nothing to publish", w.Publish(ctx, at, tomorrow), fault.Conflict)
		w.later(24 * time.Hour)
		want(t, "the next day", sms(), "Da nhan roi H1")
		e, err = w.Export(ctx, at)
		if err != nil || len(e.Versions) != 1 || !e.Versions[0].Holds || e.Versions[0].ChangedBy != "Quản trị" {
			t.Fatalf("%+v %v", e, err)
		}
		must(t, w.Undo(ctx, at, e.Versions[0].ID))
		want(t, "taken back", sms(), old)
		wantKind(t, "twice", w.Undo(ctx, at, e.Versions[0].ID), fault.Conflict)
		wantKind(t, "yesterday", w.Publish(ctx, at, clock.Today(w.clock).AddDays(-1)), fault.Invalid)
		must(t, w.SaveDraft(ctx, at, Text{"", "Nháp"}))
		must(t, w.DropDraft(ctx, at))
		wantKind(t, "dropped", w.Publish(ctx, at, clock.Date{}), fault.Conflict)

		for _, body := range []string{"", "{secret}", "[[ {code}", strings.Repeat("x", 500)} {
			wantKind(t, body, w.SaveDraft(ctx, at, Text{"", body}), fault.Invalid)
		}
		wantKind(t, "no subject", w.SaveDraft(ctx, Place{"dossier.accepted", InApp, "vi"}, Text{"", "x"}), fault.Invalid)
		wantKind(t, "no such place", w.SaveDraft(ctx, Place{"dossier.digest", SMS, "vi"}, Text{"", "x"}), fault.NotFound)
		wantKind(t, "no such language", w.SaveDraft(ctx, Place{"dossier.accepted", SMS, "fr"}, Text{"", "x"}), fault.NotFound)
		wantKind(t, "somebody", w.SaveDraft(as("mai"), at, Text{"", "x"}), fault.Forbidden)
		wantKind(t, "somebody publishes", w.Publish(as("mai"), at, clock.Date{}), fault.Forbidden)

		v, err := w.Preview(ctx, at, Text{"", "Đã nhận {code}[[ hẹn {due}]]"})
		if err != nil || v.Text != "Da nhan H21-1 hen 25/11/2018" || v.Plain.Segments != 1 || !v.Marked.Unicode || v.Sent {
			t.Errorf("%+v %v", v, err)
		}
		v, err = w.Preview(ctx, Place{"dossier.accepted", Email, "en"}, Text{"Hello {name}", "<script>{code}</script>"})
		if err != nil || v.Subject != "Hello Nguyễn Văn An" || strings.Contains(v.HTML, "<script>") || !strings.Contains(v.HTML, "&lt;script&gt;H21-1") {
			t.Errorf("%+v %v", v, err)
		}
		if _, err := w.Preview(as("mai"), at, Text{"", "x"}); fault.KindOf(err) != fault.Forbidden {
			t.Error(err)
		}
	})
}

// TestManyQueued holds that a long queue costs a node no more memory than a short one, and that all of it goes out.
func TestManyQueued(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		var list []Message
		for i := range 2000 {
			list = append(list, Message{Topic: "dossier.accepted", To: Recipient{Phone: "0905" + strconv.Itoa(100000+i)}, Data: map[string]any{"code": "H"}})
		}
		w.send(list...)
		if n, err := w.Plan(context.Background()); err != nil || n != planBatch {
			t.Errorf("%d %v", n, err)
		}
		if n, err := w.Deliver(context.Background(), SMS); err != nil || n > perWorker*w.config.Workers {
			t.Errorf("%d claimed at once, %v", n, err)
		}
		w.work()
		want(t, "states", w.states(), "sms sent 2000")
	})
}
