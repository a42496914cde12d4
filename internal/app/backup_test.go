package app

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/file"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/seal"
)

// keptData makes a data folder with a small database and one stored file.
func keptData(t *testing.T) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	if code, out := verb(t, data, "import", "province", "places"); code != ExitOK {
		t.Fatal(out)
	}
	c := Defaults()
	c.Data = data
	a := newApp(t, c)
	ctx := actor.With(context.Background(), actor.SystemActor)
	_, err := a.House.File.Put(ctx, file.Upload{Name: "giấy.pdf", Reader: strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
		MaxSize: 1 << 20, Holder: file.Holder{Kind: file.UploadKind, ID: id.New()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a.Config.FilesFolder(), "tmp", "up-1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

// TestBackup holds that what was backed up is there again after restoring, while the program goes on working.
func TestBackup(t *testing.T) {
	data, saved := keptData(t), filepath.Join(t.TempDir(), "b.tar")
	again := filepath.Join(t.TempDir(), "again")
	for _, c := range []struct {
		name string
		data string
		args []string
		code int
		want string
	}{
		{"nothing there yet", again, []string{"backup", saved + "x"}, ExitDatabase, "không có cơ sở dữ liệu"},
		{"back up", data, []string{"backup", saved}, ExitOK, "và 1 tệp"},
		{"not over another", data, []string{"backup", saved}, ExitConfig, "không tạo được tệp sao lưu"},
		{"not over a database", data, []string{"restore", saved}, ExitConfig, "đã có cơ sở dữ liệu"},
		{"no file", again, []string{"restore", "/nowhere.tar"}, ExitConfig, "không mở được"},
		{"restore", again, []string{"restore", saved}, ExitOK, "và 1 tệp"},
		{"files are whole", again, []string{"doctor", "files"}, ExitOK, ""},
		{"audit is whole", again, []string{"doctor", "audit"}, ExitOK, ""},
		{"the province is there", again, []string{"import", "province", "places"}, ExitOK, ": 0 mới, 0 sáp nhập"},
		{"PostgreSQL", data, []string{"backup", saved + "y", "--database=postgres://u:Tr0ngKin@h/d"}, ExitConfig, "pg_dump"},
		{"PostgreSQL again", data, []string{"restore", saved, "--database=postgres://u:Tr0ngKin@h/d"}, ExitConfig, "pg_restore"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out := verb(t, c.data, c.args...)
			if code != c.code || !strings.Contains(out, c.want) || strings.Contains(out, "Tr0ngKin") {
				t.Errorf("%d, want %d and %q: %s", code, c.code, c.want, out)
			}
		})
	}
	if st, err := os.Stat(saved); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("others can read the backup: %v %v", st, err)
	}
	if left, _ := filepath.Glob(filepath.Join(again, "restore-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	key, err := os.ReadFile(filepath.Join(data, "secret.key"))
	if got, err2 := os.ReadFile(filepath.Join(again, "secret.key")); err != nil || err2 != nil || !bytes.Equal(key, got) {
		t.Errorf("the key of the secrets was not restored: %v %v", err, err2)
	}

	// a folder that has a key of its own keeps it
	other := filepath.Join(t.TempDir(), "other")
	if err := os.MkdirAll(other, 0o750); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.File(filepath.Join(other, "secret.key")); err != nil {
		t.Fatal(err)
	}
	if code, out := verb(t, other, "restore", saved); code == ExitOK || !strings.Contains(out, "đã có khóa niêm phong khác") {
		t.Errorf("restored over another key: %d %s", code, out)
	}
	if _, err := os.Stat(filepath.Join(other, "lienthong.db")); err == nil {
		t.Error("the database was put beside a key that does not fit")
	}
}

// TestDamagedBackup holds that an archive that is not whole, or holds what it should not, changes nothing.
func TestDamagedBackup(t *testing.T) {
	data, saved := keptData(t), filepath.Join(t.TempDir(), "b.tar")
	if code, out := verb(t, data, "backup", saved); code != ExitOK {
		t.Fatal(out)
	}
	raw, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	// rewrite copies the archive, with a change to its members.
	rewrite := func(change func(h *tar.Header, body []byte) []byte) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for r := tar.NewReader(bytes.NewReader(raw)); ; {
			h, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if body = change(h, body); body == nil {
				continue
			}
			h.Size = int64(len(body))
			if err := w.WriteHeader(h); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(body); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	without := func(part string) []byte {
		return rewrite(func(h *tar.Header, body []byte) []byte {
			if strings.HasPrefix(h.Name, part) {
				return nil
			}
			return body
		})
	}
	renamed := func(to string) []byte {
		return rewrite(func(h *tar.Header, body []byte) []byte {
			if strings.HasPrefix(h.Name, backupFiles) {
				h.Name = to
			}
			return body
		})
	}
	for name, bad := range map[string][]byte{
		"cut off":               raw[:len(raw)/2],
		"empty":                 {},
		"something else":        []byte("Kính gửi ông bà"),
		"no list":               without(backupList),
		"no database":           without(backupDatabase),
		"a file is missing":     without(backupFiles),
		"outside the folder":    renamed("files/../../evil"),
		"absolute":              renamed("/tmp/evil"),
		"a name of its own":     renamed("lienthong.toml"),
		"a file was exchanged":  rewrite(func(h *tar.Header, body []byte) []byte { return append(body[:len(body)-2:len(body)-2], "xx"...) }),
		"the list has no names": rewrite(func(h *tar.Header, body []byte) []byte { return bytes.ReplaceAll(body, []byte("  "), []byte(" ")) }),
	} {
		t.Run(name, func(t *testing.T) {
			file, again := filepath.Join(t.TempDir(), "bad.tar"), filepath.Join(t.TempDir(), "again")
			if err := os.WriteFile(file, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			code, out := verb(t, again, "restore", file)
			if code != ExitFailed || !strings.Contains(out, "chưa có gì thay đổi") {
				t.Errorf("%d: %s", code, out)
			}
			left, err := filepath.Glob(filepath.Join(again, "*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
}

// TestUnsoundBackup holds that a whole archive with a database nobody can use is not put in place.
func TestUnsoundBackup(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, backupDatabase)
	if err := os.WriteFile(file, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	a := &archive{tar: tar.NewWriter(&b)}
	if err := a.add(file, backupDatabase); err != nil {
		t.Fatal(err)
	}
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	saved := filepath.Join(dir, "b.tar")
	if err := os.WriteFile(saved, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(dir, "again")
	if code, out := verb(t, again, "restore", saved); code != ExitDatabase || !strings.Contains(out, "cơ sở dữ liệu trong tệp sao lưu") {
		t.Errorf("%d: %s", code, out)
	}
	if _, err := os.Stat(filepath.Join(again, backupDatabase)); err == nil {
		t.Error("it was put in place")
	}
}

// TestOtherKeys holds that a program with a key of its own does not start on a database whose secrets it cannot read.
func TestOtherKeys(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if code, out := verb(t, data, "import", "province", "places"); code != ExitOK {
		t.Fatal(out)
	}
	if code, out := verb(t, data, "doctor", "audit", "--secret-key="+seal.Generate()); code != ExitConfig || !strings.Contains(out, "khóa niêm phong không khớp") {
		t.Errorf("%d: %s", code, out)
	}
	if code, out := verb(t, data, "doctor", "audit", "--secret-key=short"); code != ExitConfig || !strings.Contains(out, "secret_key") || strings.Contains(out, "short") {
		t.Errorf("%d: %s", code, out)
	}
	key := seal.Generate()
	if code, out := verb(t, data, "doctor", "config", "--secret-key="+key); code != ExitOK || strings.Contains(out, key) {
		t.Errorf("%d: %s", code, out)
	}
	if code, out := verb(t, data, "doctor", "audit"); code != ExitOK {
		t.Errorf("%d: %s", code, out)
	}
}
