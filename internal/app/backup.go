package app

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"lienthong/internal/kit/db"
)

// A backup is a tar archive: the database as one file, the key of its secrets, the contents of files, and at the end
// a list of the SHA-256 of everything, so that a damaged archive is found out before anything is put back.
const (
	backupDatabase = "lienthong.db"
	backupFiles    = "files/"
	backupKey      = "secret.key" // without it the secrets in the database could not be read; absent when the key is a setting
	backupList     = "SHA256SUMS"
)

type backupVerb struct {
	File string `arg:"" name:"tệp" help:"Tệp sao lưu sẽ tạo, ví dụ sao-luu-2018-11-23.tar; tệp đã có thì không ghi đè."`
}

// Run backs up a SQLite database with its files. The program may be serving meanwhile.
func (v backupVerb) Run(s *session) error {
	name, err := s.sqliteFile()
	if err != nil {
		return err
	}
	if _, err := os.Stat(name); err != nil {
		return failure(ExitDatabase, fmt.Errorf("không có cơ sở dữ liệu để sao lưu: %w", err))
	}
	d, err := openDatabase(s.ctx, s.settings)
	if err != nil {
		return err
	}
	defer d.Close()
	out, err := os.OpenFile(v.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return failure(ExitConfig, fmt.Errorf("không tạo được tệp sao lưu: %w", err))
	}
	n, err := backup(s.ctx, d, s.settings.FilesFolder(), s.settings.keyFile(), out)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return errors.Join(fmt.Errorf("sao lưu: %w", err), os.Remove(v.File))
	}
	s.printf("Đã sao lưu cơ sở dữ liệu và %d tệp vào %s.\n", n, v.File)
	return nil
}

// sqliteFile returns where the SQLite database is; PostgreSQL has tools of its own.
func (s *session) sqliteFile() (string, error) {
	address := s.settings.DatabaseURL()
	if strings.HasPrefix(address, "postgres") {
		return "", failure(ExitConfig, errors.New("cơ sở dữ liệu PostgreSQL được sao lưu và phục hồi bằng pg_dump, pg_restore hoặc pg_basebackup; kho tệp được sao chép riêng sau cơ sở dữ liệu"))
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(address, "sqlite://"), "?")
	return name, nil
}

// backup writes the archive and returns how many files it holds. The database comes first: contents of files never
// change, so every file it speaks of is still there afterwards.
func backup(ctx context.Context, d *db.DB, files, keyFile string, w io.Writer) (n int, err error) {
	tmp, err := os.MkdirTemp("", "lienthong-backup-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tmp)
	copied := filepath.Join(tmp, backupDatabase)
	if _, err := d.Raw().ExecContext(ctx, `VACUUM INTO ?`, copied); err != nil {
		return 0, fmt.Errorf("copy the database: %w", err)
	}
	a := &archive{tar: tar.NewWriter(w)}
	if err := a.add(copied, backupDatabase); err != nil {
		return 0, err
	}
	if err := a.add(keyFile, backupKey); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	err = filepath.WalkDir(files, func(name string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && name == files:
			return nil // no file was ever stored
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir() && name == filepath.Join(files, "tmp"):
			return fs.SkipDir // uploads that are still coming in
		case !e.Type().IsRegular():
			return nil
		}
		rel, err := filepath.Rel(files, name)
		if err != nil {
			return err
		}
		n++
		return a.add(name, backupFiles+filepath.ToSlash(rel))
	})
	if err != nil {
		return n, err
	}
	return n, a.close()
}

// archive is a tar archive that notes the SHA-256 of what is put into it.
type archive struct {
	tar  *tar.Writer
	sums bytes.Buffer
}

func (a *archive) add(file, as string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if err := a.tar.WriteHeader(&tar.Header{Name: as, Size: st.Size(), Mode: 0o600, ModTime: st.ModTime(), Format: tar.FormatPAX}); err != nil {
		return err
	}
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(a.tar, hash), f); err != nil {
		return fmt.Errorf("%s: %w", as, err)
	}
	fmt.Fprintf(&a.sums, "%x  %s\n", hash.Sum(nil), as)
	return nil
}

func (a *archive) close() error {
	if err := a.tar.WriteHeader(&tar.Header{Name: backupList, Size: int64(a.sums.Len()), Mode: 0o600}); err != nil {
		return err
	}
	if _, err := a.tar.Write(a.sums.Bytes()); err != nil {
		return err
	}
	return a.tar.Close()
}

type restoreVerb struct {
	File string `arg:"" name:"tệp" help:"Tệp sao lưu do lệnh backup tạo."`
}

// Run puts a backup into a data folder that has no database yet.
func (v restoreVerb) Run(s *session) error {
	name, err := s.sqliteFile()
	if err != nil {
		return err
	}
	if _, err := os.Stat(name); err == nil {
		return failure(ExitConfig, fmt.Errorf("đã có cơ sở dữ liệu %s; hãy phục hồi vào thư mục dữ liệu khác rồi chuyển sang dùng thư mục đó", name))
	}
	f, err := os.Open(v.File)
	if err != nil {
		return failure(ExitConfig, fmt.Errorf("không mở được tệp sao lưu: %w", err))
	}
	defer f.Close()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return failure(ExitConfig, fmt.Errorf("không tạo được thư mục dữ liệu: %w", err))
	}
	tmp, err := os.MkdirTemp(filepath.Dir(name), "restore-")
	if err != nil {
		return failure(ExitConfig, fmt.Errorf("không ghi được vào thư mục dữ liệu: %w", err))
	}
	defer os.RemoveAll(tmp)
	n, err := unpack(s.ctx, bufio.NewReader(f), tmp)
	if err != nil {
		return fmt.Errorf("tệp sao lưu không dùng được, chưa có gì thay đổi: %w", err)
	}
	if err := s.sound(filepath.Join(tmp, backupDatabase)); err != nil {
		return err
	}
	if err := s.place(tmp, name); err != nil {
		return fmt.Errorf("phục hồi: %w", err)
	}
	s.printf("Đã phục hồi cơ sở dữ liệu và %d tệp. Nên chạy: lienthong doctor audit, lienthong doctor files.\n", n)
	return nil
}

// sound holds that the database in a backup is whole and not newer than the program.
func (s *session) sound(file string) error {
	d, err := db.Open(s.ctx, "sqlite://"+file)
	if err != nil {
		return failure(ExitDatabase, fmt.Errorf("cơ sở dữ liệu trong tệp sao lưu không mở được: %w", err))
	}
	defer d.Close()
	var verdict string
	if err := d.Get(s.ctx, &verdict, `PRAGMA integrity_check(1)`); err != nil || verdict != "ok" {
		return failure(ExitDatabase, fmt.Errorf("cơ sở dữ liệu trong tệp sao lưu bị hỏng: %s %w", verdict, err))
	}
	return refuseNewer(s.ctx, d)
}

// place moves what was unpacked to where it belongs, the database last.
func (s *session) place(from, name string) error {
	if err := placeKey(filepath.Join(from, backupKey), s.settings.keyFile()); err != nil {
		return err
	}
	files := filepath.Join(from, strings.TrimSuffix(backupFiles, "/"))
	target := s.settings.FilesFolder()
	err := filepath.WalkDir(files, func(file string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && file == files {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(files, file)
		if err != nil {
			return err
		}
		to := filepath.Join(target, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
			return err
		}
		return move(file, to)
	})
	if err != nil {
		return err
	}
	return move(filepath.Join(from, backupDatabase), name)
}

// placeKey moves the key of a backup to where it belongs. It never replaces another one.
func placeKey(from, to string) error {
	kept, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	switch there, err := os.ReadFile(to); {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
			return err
		}
		return move(from, to)
	case err != nil:
		return err
	case !bytes.Equal(there, kept):
		return fmt.Errorf("đã có khóa niêm phong khác ở %s; hãy phục hồi vào thư mục dữ liệu khác", to)
	}
	return nil
}

// move renames a file, or copies it when the target is on another disk.
func move(from, to string) error {
	if os.Rename(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// unpack writes an archive into a folder and compares everything with the list at its end.
func unpack(ctx context.Context, r io.Reader, dir string) (n int, err error) {
	sums, listed := map[string]string{}, map[string]string{}
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		switch {
		case h.Name == backupList:
			if listed, err = readSums(in); err != nil {
				return 0, err
			}
			continue
		case h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) || h.Name != backupDatabase && h.Name != backupKey && !strings.HasPrefix(h.Name, backupFiles):
			return 0, fmt.Errorf("mục lạ trong tệp: %q", h.Name)
		}
		if sums[h.Name], err = extract(in, filepath.Join(dir, filepath.FromSlash(path.Clean(h.Name)))); err != nil {
			return 0, err
		}
	}
	if len(listed) != len(sums) || sums[backupDatabase] == "" {
		return 0, errors.New("tệp bị cắt ngang hoặc không phải tệp sao lưu của chương trình")
	}
	for name, sum := range listed {
		if sums[name] != sum {
			return 0, fmt.Errorf("nội dung của %s đã bị thay đổi", name)
		}
	}
	for name := range sums {
		if strings.HasPrefix(name, backupFiles) {
			n++
		}
	}
	return n, nil
}

func extract(r io.Reader, to string) (sum string, err error) {
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return "", err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, hash), r)
	return hex.EncodeToString(hash.Sum(nil)), errors.Join(err, f.Sync(), f.Close())
}

func readSums(r io.Reader) (map[string]string, error) {
	sums := map[string]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok {
			return nil, fmt.Errorf("dòng lạ trong danh sách: %q", lines.Text())
		}
		sums[name] = sum
	}
	return sums, lines.Err()
}
