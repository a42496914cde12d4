package audit

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/i18n"
)

// fill records n entries in one lane and returns the lane.
func fill(t testing.TB, d *db.DB, n int) int64 {
	t.Helper()
	ctx := WithClock(actor.With(t.Context(), clerk), clock.NewFake(time.Date(2018, 11, 23, 1, 0, 0, 123456000, time.UTC)))
	for i := range n {
		record(t, ctx, d, Entry{
			Action: "dossier.forward", Object: "dossier.dossier", ObjectID: "d-1", UnitID: "unit-1",
			Before: i, After: i + 1, Detail: map[string]any{"step": i},
		})
	}
	return laneFor("d-1")
}

func exec(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, d *db.DB, anchors ...Head) Report {
	t.Helper()
	report, err := Verify(t.Context(), d, nil, anchors...)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func faults(r Report) string {
	var out []string
	for _, f := range r.Findings {
		s := fmt.Sprintf("%s %s", f.Fault, span(f.From, f.To))
		if f.Fault == Moved {
			s += fmt.Sprintf(" was %s", span(f.Was, f.Was+f.To-f.From))
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestVerifyFindsEveryChangedColumn(t *testing.T) {
	texts := []string{"actor_id", "actor_kind", "actor_name", "person_id", "agency_id", "agency", "ip", "action", "object", "object_id",
		"unit_id", "before_digest", "after_digest", "detail", "prev_hash", "hash"}
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		fill(t, d, 5)
		if r := verify(t, d); !r.OK() || r.Entries != 5 || len(r.Heads) != lanes {
			t.Fatalf("a whole record: %+v", r)
		}
		row := allRows(t, d)[2]
		for _, column := range texts {
			for _, seq := range []int64{1, 3, 5} {
				var was string
				if err := d.Get(t.Context(), &was, `SELECT `+column+` FROM audit_entry WHERE seq = ?`, seq); err != nil {
					t.Fatal(err)
				}
				for _, now := range []string{was + " ", "", strings.Repeat("0", 64)} {
					if now == was {
						continue
					}
					exec(t, d, `UPDATE audit_entry SET `+column+` = ? WHERE seq = ?`, now, seq)
					if got, want := faults(verify(t, d)), fmt.Sprintf("changed %d", seq); got != want {
						t.Errorf("%s of entry %d set to %q: found %q, want %q", column, seq, now, got, want)
					}
				}
				exec(t, d, `UPDATE audit_entry SET `+column+` = ? WHERE seq = ?`, was, seq)
			}
		}
		exec(t, d, `UPDATE audit_entry SET at = ? WHERE seq = 3`, row.At.Add(time.Microsecond))
		if got := faults(verify(t, d)); got != "changed 3" {
			t.Errorf("at moved by a microsecond: found %q", got)
		}
		exec(t, d, `UPDATE audit_entry SET at = ? WHERE seq = 3`, row.At)
		exec(t, d, `UPDATE audit_entry SET lane = ? WHERE seq = 3`, (row.Lane+1)%lanes)
		if got := faults(verify(t, d)); got != "missing 3; beyond 3" && got != "beyond 3; missing 3" {
			t.Errorf("put into another lane: found %q", got)
		}
		exec(t, d, `UPDATE audit_entry SET lane = ? WHERE seq = 3`, row.Lane)
		if r := verify(t, d); !r.OK() {
			t.Errorf("everything was put back, but: %s", faults(r))
		}
	})
}

func TestVerifyFindsStructuralDamage(t *testing.T) {
	cases := []struct {
		name string
		sql  []string
		want string
	}{
		{"first deleted", []string{`DELETE FROM audit_entry WHERE seq = 1`}, "missing 1"},
		{"middle deleted", []string{`DELETE FROM audit_entry WHERE seq IN (4, 5)`}, "missing 4–5"},
		{"last deleted", []string{`DELETE FROM audit_entry WHERE seq = 10`}, "truncated 10"},
		{"all deleted", []string{`DELETE FROM audit_entry`}, "truncated 1–10"},
		{"tail and head cut, hash left", []string{`DELETE FROM audit_entry WHERE seq > 8`, `UPDATE audit_lane SET seq = 8 WHERE seq = 10`}, "head 8"},
		{"head turned back", []string{`UPDATE audit_lane SET seq = 8 WHERE seq = 10`}, "head 8; beyond 9–10"},
		{"hash of head changed", []string{`UPDATE audit_lane SET hash = 'x' WHERE seq = 10`}, "head 10"},
		{"head moved on", []string{`UPDATE audit_lane SET seq = 12 WHERE seq = 10`}, "truncated 11–12"},
		{"head deleted", []string{`DELETE FROM audit_lane WHERE seq = 10`}, "head_lost 0; beyond 1–10"},
		{"two changed places", []string{`UPDATE audit_entry SET seq = 99 WHERE seq = 4`, `UPDATE audit_entry SET seq = 4 WHERE seq = 5`, `UPDATE audit_entry SET seq = 5 WHERE seq = 99`},
			"moved 4 was 5; moved 5 was 4"},
		{"deleted and closed up", []string{`DELETE FROM audit_entry WHERE seq = 4`, `UPDATE audit_entry SET seq = seq - 101 WHERE seq > 4`, `UPDATE audit_entry SET seq = seq + 100 WHERE seq < 0`},
			"moved 4–9 was 5–10; truncated 10"},
		{"numbered from zero", []string{`UPDATE audit_entry SET seq = 0 WHERE seq = 1`}, "inserted 0; missing 1"},
		{"appended", []string{copyRow(10, 11)}, "beyond 11"},
		{"inserted a copy", []string{`UPDATE audit_entry SET seq = seq + 101 WHERE seq > 4`, `UPDATE audit_entry SET seq = seq - 100 WHERE seq > 100`, copyRow(4, 5)},
			"inserted 4; moved 5–10 was 4–9; head 10; beyond 11"},
		{"inserted something", []string{`UPDATE audit_entry SET seq = seq + 101 WHERE seq > 4`, `UPDATE audit_entry SET seq = seq - 100 WHERE seq > 100`, copyRow(4, 5), `UPDATE audit_entry SET action = 'x.y' WHERE seq = 5`},
			"inserted 5; moved 6–10 was 5–9; head 10; beyond 11"},
	}
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		fill(t, d, 10)
		whole := allRows(t, d)
		heads, err := readHeads(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			for _, sql := range c.sql {
				exec(t, d, sql)
			}
			if got := faults(verify(t, d)); got != c.want {
				t.Errorf("%s: found %q, want %q", c.name, got, c.want)
			}
			restore(t, d, whole, heads)
			if r := verify(t, d); !r.OK() {
				t.Fatalf("%s: not restored: %s", c.name, faults(r))
			}
		}
	})
}

// copyRow copies an entry to another number; the content and the hash stay.
func copyRow(from, to int) string {
	return fmt.Sprintf(`INSERT INTO audit_entry (`+columns+`) SELECT %s FROM audit_entry WHERE seq = %d`, strings.Replace(columns, "seq", fmt.Sprint(to), 1), from)
}

func restore(t testing.TB, d *db.DB, rows []Row, heads []Head) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), `DELETE FROM audit_entry`); err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), `DELETE FROM audit_lane`); err != nil {
			return err
		}
		for _, h := range heads {
			if _, err := tx.NamedExec(t.Context(), `INSERT INTO audit_lane (lane, seq, hash) VALUES (:lane, :seq, :hash)`, h); err != nil {
				return err
			}
		}
		for _, r := range rows {
			if err := insertRow(t, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func insertRow(t testing.TB, tx *db.Tx, r Row) error {
	_, err := tx.NamedExec(t.Context(), `INSERT INTO audit_entry (`+columns+`) VALUES (
		:lane, :seq, :at, :actor_id, :actor_kind, :actor_name, :person_id, :agency_id, :agency, :ip,
		:action, :object, :object_id, :unit_id, :before_digest, :after_digest, :detail, :prev_hash, :hash)`, r)
	return err
}

// TestVerifyAgainstAnchors is the case of somebody who knows the code and computes everything anew.
func TestVerifyAgainstAnchors(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		fill(t, d, 6)
		anchors := verify(t, d).Heads
		fill(t, d, 4)
		if r := verify(t, d, anchors...); !r.OK() {
			t.Fatalf("the chain grew, nothing else: %s", faults(r))
		}
		rows := allRows(t, d)
		rows[2].ActorName = "Người khác"
		prev := rows[1].Hash
		for i := 2; i < len(rows); i++ {
			rows[i].PrevHash = prev
			rows[i].Hash = rows[i].computeHash()
			prev = rows[i].Hash
		}
		last := rows[len(rows)-1]
		forged := []Head{}
		for lane := range int64(lanes) {
			h := Head{Lane: lane, Hash: genesis}
			if lane == last.Lane {
				h = Head{lane, last.Seq, last.Hash}
			}
			forged = append(forged, h)
		}
		restore(t, d, rows, forged)
		if r := verify(t, d); !r.OK() {
			t.Errorf("a chain computed anew is consistent in itself, but: %s", faults(r))
		}
		if got := faults(verify(t, d, anchors...)); got != "anchor 6" {
			t.Errorf("against the anchors: %q, want the entry that was noted", got)
		}
		rows = rows[:4]
		for i := range forged {
			if forged[i].Seq > 0 {
				forged[i].Seq, forged[i].Hash = 4, rows[3].Hash
			}
		}
		restore(t, d, rows, forged)
		if got := faults(verify(t, d, anchors...)); got != "anchor 6" {
			t.Errorf("cut behind the anchor: %q", got)
		}
	})
}

// TestVerifyReplacedEntry forges one entry with a right hash of its own.
func TestVerifyReplacedEntry(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	fill(t, d, 6)
	rows := allRows(t, d)
	rows[2].Agency = "Cơ quan khác"
	rows[2].Hash = rows[2].computeHash()
	heads, err := readHeads(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	restore(t, d, rows, heads)
	if got := faults(verify(t, d)); got != "unlinked 4" {
		t.Errorf("found %q", got)
	}
}

func TestVerifyGoesOnWhileEntriesAreAdded(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		stop, ended := make(chan struct{}), make(chan struct{})
		ctx := t.Context()
		go func() {
			defer close(ended)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				err := d.Tx(ctx, func(tx *db.Tx) error {
					return Record(ctx, tx, Entry{Action: "a.b", Object: "a.c", ObjectID: fmt.Sprint(i)})
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		}()
		for range 30 {
			if r := verify(t, d); !r.OK() {
				t.Errorf("found %s", faults(r))
			}
		}
		close(stop)
		<-ended
	})
}

func TestVerifyReadsPageByPage(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	entries := make([]Entry, 2*pageSize+7)
	for i := range entries {
		entries[i] = Entry{Action: "a.b", Object: "a.c", ObjectID: "x"}
	}
	record(t, t.Context(), d, entries...)
	var seen []int64
	r, err := Verify(t.Context(), d, func(done, total int64) {
		if total != int64(len(entries)) {
			t.Errorf("total %d", total)
		}
		seen = append(seen, done)
	})
	if err != nil || !r.OK() || !reflect.DeepEqual(seen, []int64{pageSize, 2 * pageSize, 2*pageSize + 7}) {
		t.Errorf("progress %v, %s, %v", seen, faults(r), err)
	}
	exec(t, d, `UPDATE audit_entry SET agency = 'x' WHERE seq % 2 = 0`)
	r = verify(t, d)
	if len(r.Findings) != maxFindings || r.More != int64(pageSize+3-maxFindings) {
		t.Errorf("%d findings and %d more", len(r.Findings), r.More)
	}
}

func TestDoctorPrintsBothLanguages(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	lane := fill(t, d, 3)
	catalog := &i18n.Catalog{}
	if err := catalog.Load(Texts()); err != nil {
		t.Fatal(err)
	}
	run := func(lang string) (bool, string) {
		var out bytes.Buffer
		ok, err := Doctor(t.Context(), d, &out, func(m i18n.Msg) string { return catalog.Msg(lang, m) })
		if err != nil {
			t.Fatal(err)
		}
		return ok, out.String()
	}
	if ok, out := run("vi"); !ok || !strings.HasPrefix(out, "Nhật ký nguyên vẹn: đã kiểm tra 3 dòng trong 8 làn.\n") {
		t.Errorf("%v\n%s", ok, out)
	}
	_, out := run("vi")
	noted := out[strings.Index(out, ":\n")+2:]
	heads, err := ParseHeads(strings.NewReader("# 23/11/2018\n\n" + noted))
	if err != nil || len(heads) != lanes || heads[lane].Seq != 3 {
		t.Errorf("the printed heads cannot be read back: %v, %v", heads, err)
	}
	exec(t, d, `UPDATE audit_entry SET action = 'x.y' WHERE seq = 2`)
	if ok, out := run("vi"); ok || !strings.Contains(out, fmt.Sprintf("Làn %d, dòng 2: nội dung đã bị sửa", lane)) {
		t.Errorf("%v\n%s", ok, out)
	}
	if ok, out := run("en"); ok || !strings.Contains(out, fmt.Sprintf("Lane %d, entry 2: the content was changed", lane)) || strings.Contains(out, "làn") {
		t.Errorf("%v\n%s", ok, out)
	}
}

func TestEveryFaultHasItsSentence(t *testing.T) {
	catalog := &i18n.Catalog{}
	if err := catalog.Load(Texts()); err != nil {
		t.Fatal(err)
	}
	for _, f := range []Fault{Changed, Missing, Inserted, Moved, Unlinked, Truncated, Beyond, HeadWrong, HeadLost, Anchored} {
		m := Finding{Fault: f, Lane: 2, From: 3, To: 5, WasLane: 2, Was: 7}.Msg()
		en := catalog.Msg("en", m)
		if en == m.String() || strings.Contains(en+m.String(), "%!") {
			t.Errorf("%s: %q, %q", f, m.String(), en)
		}
	}
}

func TestParseHeadsRefuses(t *testing.T) {
	for _, bad := range []string{"1 2", "x 2 " + genesis, "1 x " + genesis, "1 2 abc", "1 2 " + genesis + " 4"} {
		if _, err := ParseHeads(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
