package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/benchtest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// bigSize is how many dossiers the big benchmarks work among: a million, or what BENCH_SIZE says.
func bigSize() int {
	if n, err := strconv.Atoi(os.Getenv("BENCH_SIZE")); err == nil {
		return n
	}
	return 1_000_000
}

// bigAddress is where the big database is kept between runs: in a folder for SQLite, on the server that
// BENCH_POSTGRES names for PostgreSQL.
func bigAddress(b *testing.B, engine string) string {
	b.Helper()
	if os.Getenv("BENCH_BIG") == "" {
		b.Skip("set BENCH_BIG=1 to measure among a million dossiers")
	}
	if engine == "postgres" {
		if address := os.Getenv("BENCH_POSTGRES"); address != "" {
			return address
		}
		b.Skip("set BENCH_POSTGRES to the address of an empty database, or of one that an earlier run filled")
	}
	folder := os.Getenv("BENCH_CACHE")
	if folder == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			b.Fatal(err)
		}
		folder = filepath.Join(cache, "lienthong-bench")
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		b.Fatal(err)
	}
	return benchtest.Durable(folder, fmt.Sprint("dossiers-", bigSize()))
}

// bigSite is a site among a great many dossiers.
type bigSite struct {
	*site
	stock fillStock
	found []dossier.Item // some dossiers, to search for
}

// backlog is the department with eighty thousand open dossiers among a million.
const backlog = "so-tnmt"

// newBig opens the big database and fills it when it is empty.
func newBig(b *testing.B, engine string) *bigSite {
	b.Helper()
	s := &bigSite{site: newSite(b, "gialai", bigAddress(b, engine))}
	s.stock = s.fillStock()
	if s.newest(); len(s.found) == 0 {
		b.Logf("making %d dossiers", bigSize())
		if err := newFiller(s.stock).Fill(s.system(), s.DB, bigSize()); err != nil {
			b.Fatal(err)
		}
		s.newest()
	}
	return s
}

// fillStock is the province's agencies and procedures, with one department that has a backlog.
func (s *site) fillStock() fillStock {
	s.t.Helper()
	stock := fillStock{Until: s.clock.Now(), Seed: 599}
	agencies, err := s.House.Org.List(s.system(), org.Filter{Agencies: true})
	if err != nil {
		s.t.Fatal(err)
	}
	for i, u := range agencies {
		code, err := s.House.Org.Code(s.system(), u.ID, org.SchemeQD20, clock.Date{})
		divisions, derr := s.House.Org.Divisions(s.system(), u.ID)
		if err != nil || derr != nil || len(divisions) == 0 {
			continue // no agency that receives
		}
		o := fillOffice{Unit: u, Code: code.Code, Divisions: divisions, Weight: 3 + i%5}
		if u.Slug == backlog {
			o.Weight, o.Open = 300, 0.45
		}
		stock.Offices = append(stock.Offices, o)
	}
	page, err := s.House.Procedure.Find(s.system(), procedure.Query{Limit: 100})
	if err != nil || len(page.Items) == 0 {
		s.t.Fatal(len(page.Items), err)
	}
	stock.Procedures = page.Items
	return stock
}

// newest reads some dossiers, to search for them.
func (s *bigSite) newest() {
	page, err := s.House.Dossier.Find(s.reader(s.root(), true), dossier.FindQuery{Limit: 200})
	if err != nil {
		s.t.Fatal(err)
	}
	s.found = page.Items
}

func (s *bigSite) root() org.Unit {
	u, err := s.House.Org.Root(s.system())
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// reader is an official who may read and do everything at a unit and below it, or the work alone.
func (s *bigSite) reader(at org.Unit, all bool) context.Context {
	held := map[string]bool{dossier.PermRead: true, dossier.PermProcess: true}
	if all {
		held[dossier.PermAccept], held[dossier.PermApprove], held[dossier.PermReturn], held[dossier.PermAssign] = true, true, true, true
	}
	return actor.With(context.Background(), actor.Actor{ID: "bench@" + string(at.ID), Name: "Lê Văn Ví Dụ", Kind: actor.Staff,
		Grants: []actor.Grant{{Permissions: held, UnitID: string(at.ID), UnitPath: at.Path, Below: true}}})
}

// readers are the officials of a province as they are spread: of a hundred eight work in the department with the
// backlog and one watches over the whole province.
func (s *bigSite) readers() []context.Context {
	r := rand.New(rand.NewPCG(1, 2))
	var all []context.Context
	i := slices.IndexFunc(s.stock.Offices, func(o fillOffice) bool { return o.Unit.Slug == backlog })
	for n := range 100 {
		switch o := s.stock.Offices[r.IntN(len(s.stock.Offices))]; {
		case n == 0:
			all = append(all, s.reader(s.root(), true))
		case n < 5:
			all = append(all, s.reader(s.stock.Offices[i].Unit, true))
		case n < 9:
			all = append(all, s.reader(s.stock.Offices[i].Divisions[n%len(s.stock.Offices[i].Divisions)], false))
		default:
			all = append(all, s.reader(o.Unit, n%2 == 0))
		}
	}
	return all
}

// texts are what people look for: whole names and their beginnings, common ones and ones that nobody has, numbers and their pieces.
func (s *bigSite) texts() []string {
	r := rand.New(rand.NewPCG(3, 4))
	texts := []string{"nguyen", "nguyễn thị", "tran", "siu h", "rơ châm", "nguyen van a", "thi nguyen ng", "ksor y", "siu nguyen tran le", "nguyenn", "zzz",
		"khai sinh", "dang ky khai sinh nguyen", "dat dai", "0007", "261120", "0912", "h21"}
	for range 60 {
		it := s.found[r.IntN(len(s.found))]
		words := strings.Fields(it.OwnerName)
		serial := it.Code[strings.LastIndex(it.Code, "-")+1:]
		texts = append(texts, it.OwnerName, words[len(words)-1]+" "+words[0], words[0]+" "+string([]rune(words[len(words)-1])[:1]), it.Code, serial, personName(r))
	}
	return texts
}

// BenchmarkMillion asks what officials ask all day, among a million dossiers.
func BenchmarkMillion(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			s := newBig(b, engine)
			readers, texts := s.readers(), s.texts()
			questions := []struct {
				name string
				ask  func(i int) error
			}{
				{"worklist", func(i int) error { return s.worklist(readers[i%len(readers)], dossier.WorkQuery{}) }},
				{"late", func(i int) error {
					return s.worklist(readers[i%len(readers)], dossier.WorkQuery{Box: dossier.BoxLate})
				}},
				{"counts", func(i int) error {
					_, err := s.House.Dossier.Counts(readers[i%len(readers)])
					return err
				}},
				{"list", func(i int) error { return s.find(readers[i%len(readers)], dossier.FindQuery{}) }},
				{"search", func(i int) error {
					return s.find(readers[i%len(readers)], dossier.FindQuery{Text: texts[(i*7)%len(texts)]})
				}},
				{"worksearch", func(i int) error {
					return s.worklist(readers[i%len(readers)], dossier.WorkQuery{Text: texts[(i*7)%len(texts)]})
				}},
			}
			for _, q := range questions {
				b.Run(q.name, func(b *testing.B) { benchtest.Run(b, 2, q.ask) })
			}
			s.pages(b, texts)
		})
	}
}

func (s *bigSite) worklist(ctx context.Context, q dossier.WorkQuery) error {
	_, err := s.House.Dossier.Worklist(ctx, q)
	return err
}

func (s *bigSite) find(ctx context.Context, q dossier.FindQuery) error {
	_, err := s.House.Dossier.Find(ctx, q)
	return err
}

// pages opens the desk's list of work and its search in signed-in browsers.
func (s *bigSite) pages(b *testing.B, texts []string) {
	var browsers []*http.Client
	for _, name := range []string{"tiepnhan.ubnd-23557", "chuyenvien.ubnd-23557", "tiepnhan.ubnd-622", "chuyenvien.so-tu-phap", "chuyenvien." + backlog} {
		browsers = append(browsers, s.browser(name))
	}
	page := func(b *testing.B, path func(i int) string) {
		benchtest.Run(b, 2, func(i int) error {
			r, err := http.NewRequest(http.MethodGet, s.srv.URL+path(i), nil)
			if err != nil {
				return err
			}
			who := i % 4
			if i%20 == 0 { // one in twenty is of the department with the backlog
				who = 4
			}
			return fetch(browsers[who], r, http.StatusOK)
		})
	}
	b.Run("page-worklist", func(b *testing.B) { page(b, func(int) string { return "/desk/box/todo" }) })
	b.Run("page-search", func(b *testing.B) {
		page(b, func(i int) string { return "/desk/search?q=" + url.QueryEscape(texts[(i*7)%len(texts)]) })
	})
}

// TestFill holds that made-up dossiers are whole: they are found, read and worked on like those that came through the
// service, and the worklist keeps of them what the service would.
func TestFill(t *testing.T) {
	eachAddress(t, func(t *testing.T, address string) {
		s := &bigSite{site: newSite(t, "gialai", address)}
		s.stock = s.fillStock()
		if err := newFiller(s.stock).Fill(s.system(), s.DB, 300); err != nil {
			t.Fatal(err)
		}
		s.newest()
		leader := s.reader(s.root(), true)
		states := map[dossier.Status]int{}
		for _, it := range s.found {
			states[it.Status]++
			if v, err := s.House.Dossier.Read(leader, it.ID); err != nil || len(v.Papers) != 3 || len(v.Steps) == 0 || len(v.Events) != 2 {
				t.Fatalf("%s: %+v, %v", it.Code, v, err)
			}
		}
		if states[dossier.StatusProcessing] == 0 || states[dossier.StatusReturned] < 50 {
			t.Errorf("the dossiers stand so: %v", states)
		}
		list, err := s.House.Dossier.Worklist(leader, dossier.WorkQuery{Limit: 200})
		counts, cerr := s.House.Dossier.Counts(leader)
		if err != nil || cerr != nil || len(list.Items) == 0 || counts[dossier.BoxToDo] != len(list.Items) {
			t.Errorf("%d steps to do, counted %v, %v, %v", len(list.Items), counts, err, cerr)
		}
	})
}

// TestPersonName holds that names are of several words and that common ones come often.
func TestPersonName(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	common := 0
	for range 1000 {
		name := personName(r)
		if len(strings.Fields(name)) < 3 {
			t.Errorf("%q is short", name)
		}
		if strings.HasPrefix(name, "Nguyễn ") {
			common++
		}
	}
	if common < 200 || common > 450 {
		t.Errorf("of 1000 people %d are called Nguyễn", common)
	}
}
