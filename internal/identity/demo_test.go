package identity

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/org"
	"lienthong/province"
)

const demoPassword = "thử nghiệm 2018"

func TestDemo(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		before := w.hash.count.Load()
		r, err := w.ImportDemo(w.system, testFiles(t), demoPassword)
		if err != nil {
			t.Fatal(err)
		}
		if n := w.hash.count.Load() - before; n != 1 {
			t.Errorf("%d hash computations, want one for all", n)
		}
		if r.Citizens != 3 || r.Officials < 6*4+8*3 || r.Unchanged != 0 {
			t.Errorf("report %+v", r)
		}
		for _, line := range r.SignIns {
			if _, err := w.SignIn(t.Context(), line.Name, demoPassword); err != nil {
				t.Errorf("%s: %v", line.Name, err)
			}
			if line.Who == "" || line.As == "" || !strings.HasPrefix(line.Name, "09") && line.Unit == "" {
				t.Errorf("line %+v", line)
			}
		}
		if len(r.SignIns) != 7 {
			t.Errorf("%d sign-ins are shown", len(r.SignIns))
		}
		again, err := w.ImportDemo(w.system, testFiles(t), "another password")
		if err != nil || again.Officials+again.Citizens != 0 || again.Unchanged != r.Officials+r.Citizens {
			t.Errorf("second import %+v, %v", again, err)
		}
		justice := w.unit("ubnd-90001/justice").Path
		for permission, want := range map[string]string{
			"dossier.accept":  "Công chức tiếp nhận và trả kết quả",
			"dossier.process": "Chuyên viên; Công chức địa chính",
			"dossier.approve": "Chủ tịch",
		} {
			able, err := w.Able(w.system, permission, justice)
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, c := range able {
				titles = append(titles, c.Title)
			}
			if got := strings.Join(titles, "; "); got != want {
				t.Errorf("%s at a commune: %s, want %s", permission, got, want)
			}
		}
		_, err = w.ImportDemo(t.Context(), testFiles(t), demoPassword)
		wantKind(t, err, fault.Forbidden)
	})
}

// TestDemoFillsUp holds that an import that stopped half-way is finished by the next one.
func TestDemoFillsUp(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	small := fstest.MapFS{"demo.yaml": {Data: []byte(`officials: [{user: "tiepnhan.{slug}", name: "Trần Thị Mẫu {n}", title: Công chức, divisions: [reception], role: reception}]`)}}
	first, err := w.ImportDemo(w.system, small, demoPassword)
	if err != nil || first.Officials == 0 {
		t.Fatal(first, err)
	}
	second, err := w.ImportDemo(w.system, testFiles(t), demoPassword)
	if err != nil || second.Unchanged != first.Officials || second.Officials == 0 {
		t.Errorf("%+v after %+v, %v", second, first, err)
	}
}

func TestDemoFileProblems(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	for name, text := range map[string]string{
		"unknown key":            "teams: []",
		"no slug":                `officials: [{user: a, name: b, title: c, divisions: [reception], role: reception}]`,
		"unknown role":           `officials: [{user: "a.{slug}", name: b, title: c, divisions: [reception], role: king}]`,
		"person without unit":    `people: [{user: abc, name: b, title: c, role: auditor, at: ubnd-tinh}]`,
		"citizen without number": `citizens: [{login: abc, name: b}]`,
	} {
		_, err := w.ImportDemo(w.system, fstest.MapFS{"demo.yaml": {Data: []byte(text)}}, demoPassword)
		wantKind(t, err, fault.Invalid)
		if err == nil {
			t.Error(name)
		}
	}
	if r, err := w.ImportDemo(w.system, fstest.MapFS{}, demoPassword); err != nil || r.Officials != 0 {
		t.Errorf("without a file: %+v, %v", r, err)
	}
}

// TestGiaLaiDemo holds that every agency of the province gets its people, and quickly.
func TestGiaLaiDemo(t *testing.T) {
	cl := clock.NewFake(clock.MustDate("2018-12-19").At(9, 0))
	fsys, err := province.Open("gialai")
	if err != nil {
		t.Fatal(err)
	}
	w := newTownOf(t, sqlite(t), cheap, cl, fsys)
	start := time.Now()
	r, err := w.ImportDemo(w.system, fsys, demoPassword)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	t.Logf("%d officials in %v", r.Officials, took)
	agencies, err := w.org.List(w.system, org.Filter{Agencies: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range agencies {
		approve, err := w.Able(w.system, "dossier.approve", a.Path)
		if err != nil || len(approve) != 1 {
			t.Errorf("%s: %d leaders, %v", a.Slug, len(approve), err)
		}
		divisions, err := w.org.Divisions(w.system, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range divisions {
			if p.Key != "reception" {
				continue
			}
			if accept, err := w.Able(w.system, "dossier.accept", p.Path); err != nil || len(accept) != 1 {
				t.Errorf("%s: %d reception clerks, %v", p.Slug, len(accept), err)
			}
		}
	}
	if len(r.SignIns) != 11 {
		t.Errorf("%d sign-ins are shown", len(r.SignIns))
	}
}
