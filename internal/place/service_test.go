package place

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/migrate"
	"lienthong/province"
)

var rooms = []migrate.Room{event.Migrations(), audit.Migrations(), Migrations()}

type office struct {
	*Service
	ctx   context.Context
	clock *clock.Fake
	db    *db.DB
}

func newOffice(d *db.DB, day string) office {
	c := clock.NewFake(clock.MustDate(day).At(9, 0))
	s := New(Deps{DB: d, Clock: c}, Config{Recheck: time.Nanosecond})
	return office{s, actor.With(context.Background(), actor.SystemActor), c, d}
}

func gialai(t *testing.T) fs.FS {
	t.Helper()
	fsys, err := province.Open("gialai")
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func (o office) load(t *testing.T) office {
	t.Helper()
	if _, err := o.Import(o.ctx, gialai(t)); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o office) code(t *testing.T, code string, day string) Unit {
	t.Helper()
	u, err := o.ByCode(o.ctx, "gso", code, clock.MustDate(day))
	if err != nil {
		t.Fatalf("unit %s on %s: %v", code, day, err)
	}
	return u
}

// events returns what was published, "name payload", in order.
func (o office) events(t *testing.T) []string {
	t.Helper()
	var sent []string
	if err := o.db.Select(o.ctx, &sent, `SELECT name || ' ' || payload FROM event_outbox ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	return sent
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantKind(t *testing.T, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Errorf("error = %v, want kind %v", err, k)
	}
}

func TestGiaLaiOverTime(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		o := newOffice(d, "2026-11-23")
		r := must(o.Import(o.ctx, gialai(t)))(t)
		if r.Added != 240 || r.Changed != 5 || len(r.Doubts) != 4 {
			t.Errorf("report = %+v", r)
		}
		for _, c := range []struct {
			level, on string
			want      int
		}{
			{"province", "2018-12-19", 1}, {"district", "2018-12-19", 17}, {"commune", "2018-12-19", 222},
			{"commune", "2020-01-31", 222}, {"commune", "2020-02-01", 220}, {"commune", "2024-11-01", 218}, {"commune", "", 218},
		} {
			var on clock.Date
			if c.on != "" {
				on = clock.MustDate(c.on)
			}
			if got := must(o.List(o.ctx, Filter{Level: c.level, On: on}))(t); len(got) != c.want {
				t.Errorf("%s on %q: %d units, want %d", c.level, c.on, len(got), c.want)
			}
		}
		if sent := o.events(t); len(sent) != 0 {
			t.Errorf("history was announced: %v", sent)
		}
		var entries int
		if err := d.Get(o.ctx, &entries, `SELECT COUNT(*) FROM audit_entry`); err != nil || entries != 1 {
			t.Errorf("audit entries = %d, %v", entries, err)
		}
		again := must(o.Import(o.ctx, gialai(t)))(t)
		if again.Added != 0 || again.Changed != 0 || again.Unchanged != 245 {
			t.Errorf("second import = %+v", again)
		}
		if err := d.Get(o.ctx, &entries, `SELECT COUNT(*) FROM audit_entry`); err != nil || entries != 1 {
			t.Errorf("the second import left an entry: %d, %v", entries, err)
		}
	})
}

func TestGiaLaiFacts(t *testing.T) {
	o := newOffice(dbtest.SQLite(t, rooms...), "2026-11-23").load(t)
	pleiku := o.code(t, "622", "2018-12-19")
	if pleiku.FullName() != "Thành phố Pleiku" || pleiku.InText() != "thành phố Pleiku" || pleiku.Kind != "provincial_city" {
		t.Errorf("Pleiku = %+v", pleiku)
	}
	for day, want := range map[string]int{"2018-12-19": 23, "2020-02-01": 22, "2024-11-01": 21} {
		if got := must(o.Children(o.ctx, pleiku.ID, clock.MustDate(day)))(t); len(got) != want {
			t.Errorf("Pleiku on %s: %d communes, want %d", day, len(got), want)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"Chư HDrông", "Phường Chi Lăng (Xã Chư HDrông)"},
		{"chu hdrong", "Phường Chi Lăng (Xã Chư HDrông)"},
		{"23587", "Phường Chi Lăng (Xã Chư HDrông)"},
		{"Đăk HLơ", "Xã Kông Bơ La (Xã Đăk HLơ)"},
		{"kong pla", "Xã Kông Bơ La (Xã Kông Pla)"},
		{"Pleiku", "Thành phố Pleiku"},
		{"phuong yen do", "Phường Yên Đỗ"},
		{"an phu pleiku", "Xã An Phú"},
	} {
		hits := must(o.Search(o.ctx, c.text, SearchOptions{Limit: 1}))(t)
		if got := hitNames(hits); got != c.want {
			t.Errorf("search %q = %q, want %q", c.text, got, c.want)
		}
	}
	if hits := must(o.Search(o.ctx, "Ia Băng", SearchOptions{}))(t); len(hits) < 2 || hits[0].Unit.Name != "Ia Băng" || hits[1].Unit.Name != "Ia Băng" {
		t.Errorf("both communes of one name are found: %s", hitNames(hits))
	}
	old := o.code(t, "23674", "2024-10-31")
	links := must(o.Links(o.ctx, old.ID))(t)
	if old.Name != "Đăk HLơ" || len(links) != 1 || links[0].Kind != Renamed || links[0].Confidence != Verified {
		t.Errorf("renamed commune = %+v, links %+v", old, links)
	}
}

func TestGiaLaiDistricts(t *testing.T) {
	o := newOffice(dbtest.SQLite(t, rooms...), "2018-12-19").load(t)
	for _, c := range []struct {
		code, name string
		communes   int
	}{
		{"622", "Thành phố Pleiku", 23}, {"623", "Thị xã An Khê", 11}, {"624", "Thị xã Ayun Pa", 8}, {"625", "Huyện KBang", 14},
		{"626", "Huyện Đăk Đoa", 17}, {"627", "Huyện Chư Păh", 15}, {"628", "Huyện Ia Grai", 13}, {"629", "Huyện Mang Yang", 12},
		{"630", "Huyện Kông Chro", 14}, {"631", "Huyện Đức Cơ", 10}, {"632", "Huyện Chư Prông", 20}, {"633", "Huyện Chư Sê", 15},
		{"634", "Huyện Đăk Pơ", 8}, {"635", "Huyện Ia Pa", 9}, {"637", "Huyện Krông Pa", 14}, {"638", "Huyện Phú Thiện", 10}, {"639", "Huyện Chư Pưh", 9},
	} {
		u := o.code(t, c.code, "2018-12-19")
		if u.FullName() != c.name || u.Confidence != Verified {
			t.Errorf("%s = %+v", c.code, u)
		}
		if got := must(o.Children(o.ctx, u.ID, clock.Date{}))(t); len(got) != c.communes {
			t.Errorf("%s: %d communes, want %d", c.name, len(got), c.communes)
		}
	}
	kinds := map[string]int{}
	for _, u := range must(o.List(o.ctx, Filter{Level: "commune"}))(t) {
		kinds[u.KindName]++
	}
	if kinds["Xã"] != 184 || kinds["Phường"] != 24 || kinds["Thị trấn"] != 14 {
		t.Errorf("kinds of communes = %v", kinds)
	}
}
