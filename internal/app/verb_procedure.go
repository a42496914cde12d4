package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"lienthong/internal/codelist"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

type procedureVerb struct {
	Lint   procedureLint   `cmd:"" help:"Kiểm tra tệp thủ tục mà không nạp: lỗi phải sửa và điều đáng ngờ, chẳng hạn thời hạn các bước cộng lại không khớp thời hạn giải quyết." detail:"Cơ quan, bộ phận, cấp và danh mục được đối chiếu với dữ liệu của tỉnh trong cài đặt. Mã thoát 4 khi có tệp lỗi; chỉ có cảnh báo thì vẫn là 0."`
	Import procedureImport `cmd:"" help:"Nạp thủ tục: thư mục hoặc tệp YAML, hoặc tệp JSON gồm các bản ghi của Cơ sở dữ liệu quốc gia về thủ tục hành chính." detail:"Tệp lỗi được in ra cùng lý do, các tệp khác vẫn được nạp. Bản ghi quốc gia không thay thủ tục đã có quy trình riêng. Mã thoát 1 khi có tệp không nạp được."`
	Export procedureExport `cmd:"" help:"In một thủ tục dạng tệp YAML, nạp lại được bằng procedure import."`
}

type procedureLint struct {
	Files []string `arg:"" name:"tệp" help:"Tệp YAML hoặc thư mục."`
}

// Run checks files of procedures against the data of the province, in a database of its own.
func (v procedureLint) Run(s *session) error {
	dir, err := os.MkdirTemp("", "lienthong-lint-")
	if err != nil {
		return fmt.Errorf("thư mục tạm: %w", err)
	}
	defer os.RemoveAll(dir)
	s.settings.Data, s.settings.Database, s.settings.Files, s.settings.AutoMigrate = dir, "", "", true
	return s.withApp(func(a *App) error {
		if err := a.House.LoadProvince(s.ctx, a.House.Files, io.Discard, false, "places", "org", "codelists"); err != nil {
			return err
		}
		known, err := a.House.known(s.ctx)
		if err != nil {
			return err
		}
		var all procedure.Report
		for _, file := range v.Files {
			fsys, err := folderOrFile(file)
			if err != nil {
				return err
			}
			r, err := procedure.LintFS(fsys, known)
			if err != nil {
				return err
			}
			if len(r.Files) == 0 {
				return failure(ExitConfig, fmt.Errorf("%s: không có tệp .yaml nào", file))
			}
			all.Files = append(all.Files, r.Files...)
		}
		s.printf("%s", all)
		if all.Failed() {
			return failure(ExitFindings, errors.New("có tệp thủ tục lỗi"))
		}
		return nil
	}, WithLog(slog.New(slog.DiscardHandler)))
}

// known tells the linter what there is in the province.
func (h *House) known(ctx context.Context) (procedure.Known, error) {
	units, err := h.Org.List(ctx, org.Filter{Ended: true})
	if err != nil {
		return procedure.Known{}, err
	}
	divisions, slugs := map[string]bool{}, map[string]bool{}
	for _, u := range units {
		if u.IsAgency {
			slugs[u.Slug] = true
		} else {
			divisions[u.Key] = true
		}
	}
	kinds, err := h.Org.Kinds(ctx)
	if err != nil {
		return procedure.Known{}, err
	}
	levels, err := h.Place.Levels(ctx)
	if err != nil {
		return procedure.Known{}, err
	}
	lists, err := h.Codelist.Lists(ctx)
	if err != nil {
		return procedure.Known{}, err
	}
	has := map[string]bool{}
	for _, k := range kinds {
		has["kind "+k.Key] = true
	}
	for _, l := range levels {
		has["level "+l.Key] = true
	}
	for _, l := range lists {
		has["list "+l.Key] = true
	}
	return procedure.Known{
		Division: func(key string) bool { return divisions[key] },
		Agency:   func(slug string) bool { return slugs[slug] },
		Kind:     func(key string) bool { return has["kind "+key] },
		Level:    func(key string) bool { return has["level "+key] },
		CodeList: func(key string) bool { return has["list "+key] },
		Field: func(key string) bool {
			ok, err := h.Codelist.Has(ctx, codelist.ProcedureFields, key, clock.Date{})
			return err == nil && ok
		},
	}, nil
}

// folderOrFile returns a folder as it is, and a file as a folder with nothing else in it.
func folderOrFile(path string) (fs.FS, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, failure(ExitConfig, fmt.Errorf("không mở được %s: %w", path, err))
	}
	if st.IsDir() {
		return os.DirFS(path), nil
	}
	return oneFile{os.DirFS(filepath.Dir(path)), filepath.Base(path)}, nil
}

// oneFile is a folder of which one file is seen.
type oneFile struct {
	fs.FS
	name string
}

// ReadDir lists the one file.
func (f oneFile) ReadDir(string) ([]fs.DirEntry, error) {
	st, err := fs.Stat(f.FS, f.name)
	if err != nil {
		return nil, err
	}
	return []fs.DirEntry{fs.FileInfoToDirEntry(st)}, nil
}

type procedureImport struct {
	From string `name:"from" placeholder:"ngày" help:"Bản ghi quốc gia có hiệu lực từ ngày này, ví dụ 2018-11-23; mặc định hôm nay."`
	Path string `arg:"" name:"đường-dẫn" help:"Thư mục hoặc tệp .yaml, hoặc tệp .json."`
}

// Run loads procedures.
func (v procedureImport) Run(s *session) error {
	from, err := clock.ParseDate(v.From)
	if v.From != "" && err != nil {
		return failure(ExitConfig, fmt.Errorf("--from: %q không phải ngày, ví dụ đúng: 2018-11-23", v.From))
	}
	fsys, err := folderOrFile(v.Path)
	if err != nil {
		return err
	}
	return s.withApp(func(a *App) error {
		r, err := v.take(actor.With(s.ctx, actor.SystemActor), a.House, fsys, from)
		if err != nil {
			return fmt.Errorf("nạp thủ tục: %w", err)
		}
		s.printf("%s", r)
		if r.Failed() {
			return errors.New("có tệp hoặc bản ghi không nạp được")
		}
		return nil
	})
}

func (v procedureImport) take(ctx context.Context, h *House, fsys fs.FS, from clock.Date) (procedure.Report, error) {
	if strings.ToLower(filepath.Ext(v.Path)) != ".json" {
		return h.Procedure.Import(ctx, fsys)
	}
	f, err := os.Open(v.Path)
	if err != nil {
		return procedure.Report{}, err
	}
	defer f.Close()
	return h.Procedure.ImportRecords(ctx, f, from)
}

type procedureExport struct {
	Out  string `name:"out" placeholder:"tệp" help:"Ghi vào tệp này thay vì in ra."`
	Code string `arg:"" name:"mã" help:"Mã thủ tục, ví dụ 1.001193."`
}

// Run prints a procedure as a file.
func (v procedureExport) Run(s *session) error {
	return s.withExisting(func(a *App) error {
		raw, err := a.House.Procedure.Export(actor.With(s.ctx, actor.SystemActor), v.Code)
		if err != nil {
			return fmt.Errorf("xuất thủ tục %s: %w", v.Code, err)
		}
		if v.Out != "" {
			return os.WriteFile(v.Out, raw, 0o600)
		}
		_, err = s.out.Write(raw)
		return err
	})
}
