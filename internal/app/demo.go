package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
)

// signInsFile keeps the sign-ins of the demonstration in the data folder, for the owner of the folder alone.
const signInsFile = "demo-sign-ins.txt"

// passwordLine begins the line of signInsFile that holds the password of all its accounts.
const passwordLine = "Mật khẩu của mọi tài khoản:"

// demoOptions are what people may wish for.
type demoOptions struct {
	password string // of all accounts; empty makes one up
	dossiers bool
}

// demo loads the province, makes the people and dossiers that only a demonstration has, and prints how to sign in.
// Run again it adds what is missing and prints the same sign-ins. The house lives on cl: in an empty database
// everything begins some weeks before now, so that there is work in all states.
func (h *House) demo(ctx context.Context, out io.Writer, cl *clock.Fake, now time.Time, o demoOptions) error {
	ctx = actor.With(audit.WithClock(ctx, cl), actor.SystemActor)
	_, err := h.Org.Root(ctx)
	empty := err != nil
	if empty && o.dossiers {
		cl.Set(now.AddDate(0, 0, -7*demoWeeks))
	}
	if err := h.LoadProvince(ctx, h.Files, out, false); err != nil {
		return err
	}
	file, err := h.demoPeople(ctx, out, o.password)
	if err != nil {
		return err
	}
	if empty && o.dossiers {
		n, err := h.demoDossiers(ctx, cl, now)
		if err != nil {
			return fmt.Errorf("tạo hồ sơ dùng thử: %w", err)
		}
		fmt.Fprintf(out, "Đã tạo %d hồ sơ dùng thử.\n", n)
	}
	if file == "" {
		return nil
	}
	return printSignIns(out, file)
}

// demoPeople makes the accounts of a demonstration and returns the file with the sign-ins, empty when they cannot be told.
func (h *House) demoPeople(ctx context.Context, out io.Writer, wanted string) (string, error) {
	file := filepath.Join(h.Config.Data, signInsFile)
	kept, err := readPassword(file)
	if err != nil {
		return "", err
	}
	if wanted != "" && kept != "" && wanted != kept {
		return "", failure(ExitConfig, fmt.Errorf("các tài khoản dùng thử đã có mật khẩu khác, xem %s", file))
	}
	password := kept
	if password == "" {
		if password = wanted; password == "" {
			password = newPassword()
		}
		// before the accounts: a password nobody can read is worse than a file too many
		if err := writeSignIns(file, password, nil); err != nil {
			return "", err
		}
	}
	r, err := h.Identity.ImportDemo(ctx, h.Files, password)
	if err != nil {
		return "", fmt.Errorf("tạo tài khoản dùng thử: %w", err)
	}
	if kept == "" && r.Unchanged > 0 && r.Officials+r.Citizens == 0 {
		// this database got its people from another data folder, with another password
		fmt.Fprintf(out, "Tài khoản dùng thử đã có từ trước; mật khẩu ở tệp %s của thư mục dữ liệu đã tạo ra chúng.\n", signInsFile)
		return "", os.Remove(file)
	}
	if r.Officials+r.Citizens > 0 {
		fmt.Fprintf(out, "Đã tạo %d tài khoản công chức và %d tài khoản người dân dùng thử.\n", r.Officials, r.Citizens)
	}
	if err := writeSignIns(file, password, r.SignIns); err != nil {
		return "", err
	}
	return file, nil
}

// letters are those nobody mixes up.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// newPassword returns three groups of four letters: easy to type, 59 bits.
func newPassword() string {
	var b strings.Builder
	for i := range 12 {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		b.WriteByte(letters[n.Int64()])
	}
	return b.String()
}

// readPassword returns the password an earlier run wrote down, empty when there was none.
func readPassword(file string) (string, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("đọc tài khoản dùng thử: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, passwordLine); ok {
			return strings.TrimSpace(rest), nil
		}
	}
	return "", failure(ExitConfig, fmt.Errorf("tệp %s không có dòng “%s …”", file, passwordLine))
}

// writeSignIns replaces the file as a whole, so that no moment is without a password to read.
func writeSignIns(file, password string, list []identity.DemoSignIn) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Tài khoản dùng thử, người và hồ sơ đều không có thật. Không dùng cho hệ thống thật.\n\n")
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, s := range list {
		unit := s.Unit
		if unit != "" {
			unit = " · " + unit
		}
		fmt.Fprintf(w, "  %s\t%s%s\n", s.Name, s.As, unit)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(&b, "\n%s %s\n", passwordLine, password)
	tmp := file + ".new"
	if err := os.WriteFile(tmp, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("ghi tài khoản dùng thử: %w", err)
	}
	return os.Rename(tmp, file)
}

func printSignIns(out io.Writer, file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("đọc tài khoản dùng thử: %w", err)
	}
	_, err = fmt.Fprintf(out, "\n%s\nGhi lại trong %s. Tài khoản khác: tiepnhan.…, chuyenvien.…, lanhdao.… của từng cơ quan.\n", raw, file)
	return err
}
