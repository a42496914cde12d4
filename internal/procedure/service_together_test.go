package procedure

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
)

// TestImportTogether holds that two nodes may import the same files at the same
// time: every procedure is there once, with one live version.
func TestImportTogether(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		reports := make([]Report, 4)
		errs := make([]error, len(reports))
		for i := range reports {
			wg.Add(1)
			go func() {
				defer wg.Done()
				reports[i], errs[i] = newService(d).Import(as(manager), catalogue())
			}()
		}
		wg.Wait()
		added, unchanged := 0, 0
		for i, r := range reports {
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			a, changed, u, retired, failed := r.Count()
			if changed+retired+failed > 0 {
				t.Errorf("import %d: %s", i, counts(r))
			}
			added, unchanged = added+a, unchanged+u
		}
		if added != 9 || unchanged != 27 {
			t.Errorf("%d added and %d unchanged, want 9 and 27", added, unchanged)
		}
		var live int
		if err := d.Get(context.Background(), &live, `SELECT COUNT(*) FROM procedure_version WHERE retired_at IS NULL`); err != nil || live != 9 {
			t.Errorf("%d live versions, %v; want 9", live, err)
		}
	})
}

// TestChangeTogether holds that a procedure changed twice at once ends with one live version and a chain behind it.
func TestChangeTogether(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		mustImport(t, s, files("a.yaml", sample()))
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				r, err := newService(d).Import(as(manager), files("a.yaml", sample("Tra cứu sổ", fmt.Sprintf("Tra cứu sổ %d", i))))
				if err != nil || r.Failed() {
					t.Errorf("change %d: %v", i, err)
				}
			}()
		}
		wg.Wait()
		past, err := s.History(as(manager), "1.000001")
		if err != nil || len(past) != 5 {
			t.Fatalf("%d versions, %v; want 5", len(past), err)
		}
		live := 0
		for _, p := range past {
			if p.RetiredAt == nil {
				live++
			}
		}
		if live != 1 {
			t.Errorf("%d live versions", live)
		}
	})
}

// TestFindWhileImporting holds that readers are not in the way of an import, nor it in theirs.
func TestFindWhileImporting(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		mustImport(t, s, catalogue())
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for {
					select {
					case <-stop:
						return
					default:
					}
					p, err := s.Find(context.Background(), Query{Text: "khai sinh"})
					if err != nil || p.Total != 5 {
						t.Errorf("%d found, %v", p.Total, err)
						return
					}
					if _, err := s.Current(context.Background(), "1.000101", clock.Date{}); err != nil {
						t.Error(err)
						return
					}
				}
			}()
		}
		for i := range 5 {
			mustImport(t, s, files("1.yaml", sample("1.000001", "1.000101", "name: Cấp bản sao trích lục hộ tịch", "name: Đăng ký khai sinh", "Tra cứu sổ", fmt.Sprintf("Bước %d", i))))
		}
		close(stop)
		wg.Wait()
	})
}
