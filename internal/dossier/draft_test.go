package dossier_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/webtest"
)

// apiDraft is a draft in answers.
type apiDraft struct {
	ResumeCode string `json:"resume_code"`
	Procedure  string
	Name       string `json:"procedure_name"`
	Filing     dossier.Filing
	Files      []struct{ ID, Part, Name string }
	Version    int64
}

// TestAPIDraft writes a dossier bit by bit, without sign-in at first, and sends it once.
func TestAPIDraft(t *testing.T) {
	s := newAPI(t)
	nobody, citizen := actor.Actor{}, s.Citizen("an")
	var d apiDraft
	s.do(webtest.Scenario{As: nobody, URL: "/drafts", JSON: map[string]any{"procedure": "9.000001"}}, http.StatusCreated).Into(t, &d)
	if len(d.ResumeCode) != 10 || d.Version != 1 || d.Procedure != "9.000001" || d.Name == "" || d.Files == nil {
		t.Fatalf("begun: %+v", d)
	}
	at := "/drafts/" + d.ResumeCode
	p := s.problem(s.do(webtest.Scenario{URL: at + "/check"}, 422))
	for _, field := range []string{"receiver", "case", "owner.full_name", "papers.birth-note", "form.child.full_name"} {
		if !said(p, field, "") {
			t.Errorf("an empty draft: nothing is said about %s: %+v", field, p.Errors)
		}
	}
	filing := s.birthJSON()
	delete(filing, "papers")
	filing["form"].(map[string]any)["child"].(map[string]any)["full_name"] = "\u0110a\u0323\u0306ng Mâ\u0303u"
	filing["procedure"], filing["channel"] = "9.000002", "counter" // stay what the draft was begun for
	save := func(version int64, status int) *webtest.Answer {
		return s.do(webtest.Scenario{As: nobody, Method: "PUT", URL: at, JSON: map[string]any{"filing": filing, "version": version}}, status)
	}
	save(1, http.StatusOK).Into(t, &d)
	if d.Version != 2 || d.Filing.ProcedureCode != "9.000001" || d.Filing.Channel != dossier.ChannelOnline {
		t.Errorf("saved: %+v", d)
	}
	if child, _ := d.Filing.Form["child"].(map[string]any); child["full_name"] != "Đặng Mẫu" {
		t.Errorf("saved decomposed: %+q", child["full_name"])
	}
	if p := s.problem(save(1, http.StatusConflict)); !strings.Contains(p.Detail, "cửa sổ khác") {
		t.Errorf("saved from an old page: %s", p.Detail)
	}
	s.draftFiles(at)
	s.get(nobody, strings.ToLower(at), &d)
	if len(d.Files) != 1 || d.Files[0].Part != "birth-note" {
		t.Errorf("read again: %+v", d)
	}
	if a := s.do(webtest.Scenario{URL: at + "/check"}, http.StatusNoContent); a.Body != "" {
		t.Errorf("complete: %q", a.Body)
	}
	s.problem(s.do(webtest.Scenario{As: nobody, Method: "POST", URL: at + "/send"}, http.StatusUnauthorized))
	var first, again dossier.DossierBody
	s.do(webtest.Scenario{As: citizen, Method: "POST", URL: at + "/send"}, http.StatusOK).Into(t, &first)
	s.do(webtest.Scenario{As: citizen, Method: "POST", URL: at + "/send"}, http.StatusOK).Into(t, &again)
	if first.ID != again.ID || first.Secret == "" || first.Status != dossier.StatusNew {
		t.Errorf("sent %+v, again %+v", first, again)
	}
	s.problem(s.do(webtest.Scenario{As: s.Citizen("bình"), Method: "POST", URL: at + "/send"}, http.StatusNotFound))
	s.problem(s.do(webtest.Scenario{As: citizen, URL: at}, http.StatusNotFound))
	if v := s.view(s.Clerk("ubnd-99101"), first.ID); len(v.Files) != 1 || v.Files[0].Name != "trang 2.pdf" {
		t.Errorf("files of the dossier: %+v", v.Files)
	}
}

// draftFiles uploads two files to a draft, reads one and takes it out again.
func (s *apiSite) draftFiles(at string) {
	s.t.Helper()
	var d apiDraft
	up := webtest.Scenario{URL: at + "/files", Files: []webtest.File{note("birth-note", "trang 1.pdf"), note("birth-note", "trang 2.pdf")}}
	s.do(up, http.StatusCreated).Into(s.t, &d)
	if len(d.Files) != 2 || len(d.Filing.Papers) != 1 || !d.Filing.Papers[0].Provided || d.Version != 3 {
		s.t.Fatalf("uploaded: %+v", d)
	}
	if a := s.do(webtest.Scenario{URL: at + "/files/" + d.Files[0].ID}, http.StatusOK); a.Body != dossiertest.PDF || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
		s.t.Errorf("a file of the draft: %v", a.Header)
	}
	s.problem(s.do(webtest.Scenario{URL: at + "/files/none"}, http.StatusNotFound))
	if p := s.problem(s.do(webtest.Scenario{URL: at + "/files", Files: []webtest.File{{Field: "power", Name: "rỗng.pdf"}}}, 422)); !said(p, "power", "không có nội dung") {
		s.t.Errorf("an empty file: %+v", p)
	}
	s.do(webtest.Scenario{Method: "DELETE", URL: at + "/files/" + d.Files[0].ID}, http.StatusOK).Into(s.t, &d)
	if len(d.Files) != 1 || d.Files[0].Name != "trang 2.pdf" {
		s.t.Errorf("taken out: %+v", d.Files)
	}
	s.problem(s.do(webtest.Scenario{Method: "DELETE", URL: at + "/files/none"}, http.StatusNotFound))
}

// TestAPIDraftOwner holds that a draft of an account is nobody else's, and that it can be dropped.
func TestAPIDraftOwner(t *testing.T) {
	s := newAPI(t)
	citizen := s.Citizen("an")
	var d apiDraft
	s.do(webtest.Scenario{As: citizen, URL: "/drafts", JSON: map[string]any{"procedure": "9.000001"}}, http.StatusCreated).Into(t, &d)
	at := "/drafts/" + d.ResumeCode
	var list []struct {
		ResumeCode string `json:"resume_code"`
	}
	if s.get(citizen, "/drafts", &list); len(list) != 1 || list[0].ResumeCode != d.ResumeCode {
		t.Errorf("my drafts: %+v", list)
	}
	if s.get(s.Citizen("bình"), "/drafts", &list); len(list) != 0 {
		t.Errorf("somebody else's drafts: %+v", list)
	}
	body := map[string]any{"filing": d.Filing, "version": 1}
	for _, tt := range []struct {
		as     actor.Actor
		status int
	}{{actor.Actor{}, http.StatusUnauthorized}, {s.Citizen("bình"), http.StatusNotFound}} {
		for _, sc := range []webtest.Scenario{{URL: at}, {URL: at + "/check"}, {Method: "PUT", URL: at, JSON: body}, {Method: "DELETE", URL: at},
			{URL: at + "/files", Files: []webtest.File{note("power", "a.pdf")}}, {URL: at + "/files/x"}, {Method: "DELETE", URL: at + "/files/x"}} {
			sc.As = tt.as
			s.problem(s.do(sc, tt.status))
		}
	}
	s.do(webtest.Scenario{As: citizen, Method: "DELETE", URL: at}, http.StatusNoContent)
	s.problem(s.do(webtest.Scenario{As: citizen, URL: at}, http.StatusNotFound))
	s.problem(s.do(webtest.Scenario{URL: "/drafts", JSON: map[string]any{"procedure": "9.000002"}}, http.StatusConflict))
	s.problem(s.do(webtest.Scenario{URL: "/drafts", JSON: map[string]any{"procedure": "9.999999"}}, http.StatusNotFound))
	s.problem(s.do(webtest.Scenario{URL: "/drafts/NOSUCHCODE"}, http.StatusNotFound))
	s.problem(s.do(webtest.Scenario{URL: "/drafts", JSON: map[string]any{"procedure": "9.000001", "filing": map[string]any{"chanel": "x"}}}, 422))
}

// TestDraftAdopted holds that a draft begun without sign-in becomes that of its first reader who has signed in.
func TestDraftAdopted(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		d, err := w.Dossiers.NewDraft(w.As(actor.Actor{}), "9.000001", dossier.Filing{CaseKey: "usual"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Dossiers.Draft(w.As(w.Clerk("ubnd-99101")), d.ResumeCode); err != nil {
			t.Errorf("an official helps: %v", err)
		}
		an, binh := w.As(w.Citizen("an")), w.As(w.Citizen("bình"))
		got, err := w.Dossiers.Draft(an, " "+strings.ToLower(d.ResumeCode)+" ")
		if err != nil || got.Filing.CaseKey != "usual" || got.Filing.Channel != dossier.ChannelOnline {
			t.Fatalf("read: %+v, %v", got, err)
		}
		_, err = w.Dossiers.Draft(binh, d.ResumeCode)
		wantKind(t, err, fault.NotFound, "30 ngày")
		_, err = w.Dossiers.Draft(w.As(actor.Actor{}), d.ResumeCode)
		wantKind(t, err, fault.Unauthenticated, "đăng nhập")
		for ctx, want := range map[context.Context]int{an: 1, binh: 0, w.As(actor.Actor{}): 0} {
			if ds, err := w.Dossiers.Drafts(ctx); len(ds) != want || err != nil {
				t.Errorf("%d drafts, %v; want %d", len(ds), err, want)
			}
		}
	})
}

// TestDraftLife holds that old drafts go with their files, and that saving keeps them.
func TestDraftLife(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		ctx := w.As(w.Citizen("an"))
		draft := func() *dossier.Draft {
			d, err := w.Dossiers.NewDraft(ctx, "9.000001", dossier.Filing{})
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		old, kept := draft(), draft()
		if _, err := w.Dossiers.UploadToDraft(ctx, old, "birth-note", "a.pdf", strings.NewReader(dossiertest.PDF)); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(dossier.DraftLife - time.Hour)
		if err := w.Dossiers.SaveDraft(ctx, kept); err != nil {
			t.Fatal(err)
		}
		if n, err := w.Dossiers.SweepDrafts(w.System()); n != 0 || err != nil {
			t.Errorf("swept %d early, %v", n, err)
		}
		w.Clock.Advance(2 * time.Hour)
		_, err := w.Dossiers.Draft(ctx, old.ResumeCode)
		wantKind(t, err, fault.NotFound, "30 ngày")
		for i, want := range []int{1, 0} {
			if n, err := w.Dossiers.SweepDrafts(w.System()); n != want || err != nil {
				t.Errorf("sweep %d took %d, %v; want %d", i, n, err, want)
			}
		}
		if files, err := w.Dossiers.DraftFiles(ctx, old); len(files) != 0 || err != nil {
			t.Errorf("%d files are left, %v", len(files), err)
		}
		if _, err := w.Dossiers.Draft(ctx, kept.ResumeCode); err != nil {
			t.Errorf("the one saved: %v", err)
		}
	})
}

// TestDraftBounds holds how much a draft takes.
func TestDraftBounds(t *testing.T) {
	s := newAPI(t)
	ctx := s.As(s.Citizen("an"))
	long := map[string]any{"text": strings.Repeat("a", 600<<10)}
	_, err := s.Dossiers.NewDraft(ctx, "9.000001", dossier.Filing{Form: long})
	wantKind(t, err, fault.Invalid, "quá dài")
	d, err := s.Dossiers.NewDraft(ctx, "9.000001", dossier.Filing{})
	if err != nil {
		t.Fatal(err)
	}
	d.Filing.Form = long
	wantKind(t, s.Dossiers.SaveDraft(ctx, d), fault.Invalid, "quá dài")
	d.Filing.Form = nil
	for i := range 100 {
		if _, err := s.Dossiers.UploadToDraft(ctx, d, "power", fmt.Sprintf("%d.pdf", i), strings.NewReader(dossiertest.PDF)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = s.Dossiers.UploadToDraft(ctx, d, "power", "nữa.pdf", strings.NewReader(dossiertest.PDF))
	wantKind(t, err, fault.Invalid, "100 tệp")
	if d.Filing.Papers[0].Key != "power" || len(d.Filing.Papers[0].Files) != 100 {
		t.Errorf("papers %+v", d.Filing.Papers)
	}
}
