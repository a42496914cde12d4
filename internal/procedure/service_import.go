package procedure

import (
	"context"
	"fmt"
	"io"
	"io/fs"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

// Import takes in the procedure files of a file system, each file as a whole or
// not at all. A file is the truth about its procedure: versions it no longer has
// are retired, a changed one is replaced by a new version that supersedes it;
// dossiers keep the version they began with. What is unchanged is left alone.
func (s *Service) Import(ctx context.Context, fsys fs.FS) (Report, error) {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return Report{}, fault.NewForbidden(i18n.Msg{})
	}
	files, err := LoadFS(fsys)
	if err != nil {
		return Report{}, err
	}
	return s.importLoaded(ctx, files)
}

// ImportFile is Import of a single file.
func (s *Service) ImportFile(ctx context.Context, name string, r io.Reader) (Report, error) {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return Report{}, fault.NewForbidden(i18n.Msg{})
	}
	specs, err := Load(name, r)
	return s.importLoaded(ctx, []Loaded{{name, specs, err}})
}

func (s *Service) importLoaded(ctx context.Context, files []Loaded) (Report, error) {
	var r Report
	seen := map[string]string{}
	for _, l := range files {
		f := newFileReport(l, s.known)
		if first := seen[f.Code]; first != "" && f.Err == nil {
			f.Err = fault.NewInvalid(f.File, i18n.M("Thủ tục %s đã có ở tệp %s.", f.Code, first))
		}
		if f.Err == nil {
			seen[f.Code] = f.File
			if err := s.take(ctx, l.Specs, &f); err != nil {
				return r, fmt.Errorf("import %s: %w", l.File, err)
			}
		}
		r.Files = append(r.Files, f)
	}
	return r, nil
}

// take stores the versions of one procedure in one transaction and counts what it did.
func (s *Service) take(ctx context.Context, specs []*Spec, f *FileReport) error {
	var done FileReport
	rows := make([][]Selector, len(specs))
	for i, sp := range specs {
		var err error
		if rows[i], err = s.resolveReceivers(ctx, sp); err != nil {
			return err
		}
	}
	run := func(tx *db.Tx) error {
		t := taking{service: s, tx: tx, report: *f, receivers: rows}
		if err := t.run(ctx, specs); err != nil {
			return err
		}
		done = t.report
		return nil
	}
	err := s.db.Tx(ctx, run)
	for range attempts {
		if !db.IsUnique(err) {
			break
		}
		err = s.db.Tx(ctx, run) // somebody else imported the same procedure just now: compare with theirs
	}
	if err == nil {
		*f = done
	}
	return err
}

// attempts is how often an import that lost against another is tried again.
const attempts = 5

// resolveReceivers adds kind and level to receivers named by slug, so that lists by level find them.
func (s *Service) resolveReceivers(ctx context.Context, sp *Spec) ([]Selector, error) {
	out := make([]Selector, len(sp.Receivers))
	for i, r := range sp.Receivers {
		out[i] = r
		if r.Slug == "" || s.agencies == nil {
			continue
		}
		found, err := s.agencies.Select(ctx, Selector{Slug: r.Slug}, "", s.dayWithin(sp))
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, fmt.Errorf("agency %s: %w", r.Slug, err)
		}
		if len(found) > 0 {
			out[i] = Selector{Slug: r.Slug, Kind: found[0].Kind, Level: found[0].Level}
		}
	}
	return out, nil
}

// dayWithin returns today, or the day of validity of a version that is nearest to it.
func (s *Service) dayWithin(sp *Spec) clock.Date {
	today := s.today(clock.Date{})
	switch {
	case sp.ValidFrom.After(today):
		return sp.ValidFrom
	case !sp.ValidTo.IsZero() && !sp.ValidTo.After(today):
		return sp.ValidTo.AddDays(-1)
	}
	return today
}

// taking is the import of one procedure inside a transaction.
type taking struct {
	service   *Service
	tx        *db.Tx
	report    FileReport
	receivers [][]Selector
	procedure ID
}

func (t *taking) run(ctx context.Context, specs []*Spec) error {
	code := specs[0].Code
	procedure, olds, err := selectLive(ctx, t.tx, code)
	if err != nil {
		return err
	}
	if procedure == "" {
		procedure = ID(id.New())
		if err := insertProcedure(ctx, t.tx, procedure, code, t.service.clock.Now()); err != nil {
			return err
		}
	}
	t.procedure = procedure
	kept := map[VersionID]bool{}
	for i, sp := range specs {
		old, err := t.version(ctx, sp, olds, t.receivers[i])
		if err != nil {
			return fmt.Errorf("version from %s: %w", sp.ValidFrom, err)
		}
		kept[old] = true
	}
	for _, o := range olds {
		if kept[o.ID] {
			continue
		}
		t.report.Retired++
		if err := t.retire(ctx, o, "procedure.retire"); err != nil {
			return err
		}
	}
	return nil
}

// version stores one version where it is new or changed and returns the id of the live version it stands for.
func (t *taking) version(ctx context.Context, sp *Spec, olds []live, receivers []Selector) (VersionID, error) {
	digest, doc, err := digestOf(sp)
	if err != nil {
		return "", err
	}
	var old *live
	for i := range olds {
		if olds[i].ValidFrom == sp.ValidFrom {
			old = &olds[i]
		}
	}
	if old != nil && old.Digest == digest {
		t.report.Unchanged++
		return old.ID, nil
	}
	now := t.service.clock.Now()
	row := newVersionRow(VersionID(id.New()), t.procedure, sp, digest, doc, now)
	entry := audit.Entry{Action: "procedure.add", Object: "procedure.version", ObjectID: string(row.VersionID), After: row.Digest,
		Detail: map[string]any{"code": sp.Code, "valid_from": sp.ValidFrom.String()}}
	if old != nil {
		t.report.Changed++
		row.Supersedes = &old.ID
		entry.Action, entry.Before = "procedure.change", old.Digest
		entry.Detail["supersedes"] = string(old.ID)
		if err := retireVersion(ctx, t.tx, old.ID, now); err != nil {
			return "", err
		}
	} else {
		t.report.Added++
	}
	if err := insertVersion(ctx, t.tx, row, receivers, sp); err != nil {
		return "", err
	}
	if err := audit.Record(ctx, t.tx, entry); err != nil {
		return "", err
	}
	if old != nil {
		return old.ID, nil
	}
	return row.VersionID, nil
}

func (t *taking) retire(ctx context.Context, o live, action string) error {
	if err := retireVersion(ctx, t.tx, o.ID, t.service.clock.Now()); err != nil {
		return err
	}
	return audit.Record(ctx, t.tx, audit.Entry{Action: action, Object: "procedure.version", ObjectID: string(o.ID), Before: o.Digest})
}
