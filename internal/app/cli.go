package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"regexp"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"lienthong/internal/kit/fault"
)

// verbs is the command line. The settings are flags of every verb; they come from Config.
type verbs struct {
	File string `name:"config" short:"c" placeholder:"tệp" help:"Tệp cài đặt; nếu không chỉ rõ thì dùng lienthong.toml ở thư mục hiện tại khi có (biến môi trường LIENTHONG_CONFIG)."`

	Serve     serveVerb     `cmd:"" help:"Chạy chương trình: cổng dịch vụ công, bàn làm việc của cán bộ, API và các việc chạy nền." detail:"Dừng bằng Ctrl+C hoặc tín hiệu TERM: chương trình thôi nhận yêu cầu mới, làm xong các yêu cầu đang dở, trả lại các việc chạy nền rồi thoát."`
	Migrate   migrateVerb   `cmd:"" help:"Cập nhật cấu trúc cơ sở dữ liệu cho đúng phiên bản chương trình rồi thoát." detail:"Chạy lại nhiều lần không gây hại. Cơ sở dữ liệu mới hơn chương trình thì bị từ chối với mã thoát 3."`
	Demo      demoVerb      `cmd:"" help:"Tạo tỉnh trình diễn trong thư mục dữ liệu: nạp toàn bộ dữ liệu của tỉnh và in các tài khoản dùng thử." detail:"Chạy lại thì chỉ bổ sung phần còn thiếu và in lại các tài khoản; mật khẩu được giữ trong tệp demo-sign-ins.txt của thư mục dữ liệu. Không dùng cho hệ thống thật."`
	Import    importVerb    `cmd:"" help:"Nạp dữ liệu vào cơ sở dữ liệu."`
	Account   accountVerb   `cmd:"" help:"Tạo tài khoản quản trị."`
	Procedure procedureVerb `cmd:"" help:"Kiểm tra, nạp và xuất thủ tục hành chính."`
	Backup    backupVerb    `cmd:"" help:"Sao lưu cơ sở dữ liệu SQLite và kho tệp vào một tệp, khi chương trình đang chạy cũng được." detail:"Tệp sao lưu là tệp tar có danh sách SHA-256 của mọi nội dung. Tệp có dữ liệu cá nhân: hãy cất ở nơi an toàn. Cơ sở dữ liệu PostgreSQL dùng pg_dump hoặc pg_basebackup."`
	Restore   restoreVerb   `cmd:"" help:"Phục hồi tệp sao lưu vào một thư mục dữ liệu chưa có cơ sở dữ liệu." detail:"Toàn bộ tệp được đối chiếu trước; tệp hỏng hoặc bị cắt ngang thì không có gì thay đổi."`
	Doctor    doctorVerb    `cmd:"" help:"Kiểm tra hệ thống và nói rõ điều gì chưa ổn." detail:"Mã thoát 4 khi phát hiện sai lệch."`
	Version   versionVerb   `cmd:"" help:"In phiên bản chương trình."`
}

// session is what a verb works with.
type session struct {
	ctx      context.Context
	out      io.Writer
	err      io.Writer
	settings Config
	from     map[string]Source
}

func (s *session) printf(format string, args ...any) { fmt.Fprintf(s.out, format, args...) }

// Run is the program: it reads the command line, does what the verb says and returns the exit code.
func Run(args, environ []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, args, environ, stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "lienthong: %s\n", sentence(err))
	}
	return ExitCode(err)
}

// sentence is an error as people read it: without the word that programs know its kind by.
func sentence(err error) string {
	if f, ok := fault.As(err); ok && f.Msg.Text != "" {
		return strings.Replace(err.Error(), f.Kind.String()+": ", "", 1)
	}
	return err.Error()
}

func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	var v verbs
	flags := settingFlags()
	k, err := kong.New(&v, kong.Name("lienthong"), kong.NoDefaultHelp(), kong.Writers(stdout, stderr), kong.Embed(flags.Interface()))
	if err != nil {
		return fmt.Errorf("build the command line: %w", err)
	}
	if path, ok := wantsHelp(args); ok {
		return printHelp(stdout, k.Model.Node, path)
	}
	kctx, err := k.Parse(args)
	if err != nil {
		return failure(ExitConfig, fmt.Errorf("%s\nXem: lienthong --help", usageError(err)))
	}
	s := &session{ctx: ctx, out: stdout, err: stderr}
	if s.settings, s.from, err = Load(v.File, environ, givenFlags(flags)); err != nil {
		return err
	}
	return kctx.Run(s)
}

// settingFlags makes a struct with one optional flag for every setting.
func settingFlags() reflect.Value {
	var fields []reflect.StructField
	for i, s := range Settings() {
		help := s.Help
		if s.Default != "" {
			help += " Mặc định: " + s.Default + "."
		}
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: reflect.TypeFor[*string](),
			Tag: reflect.StructTag(fmt.Sprintf(`name:%q help:%q placeholder:"…"`, s.Flag(), help))})
	}
	return reflect.New(reflect.StructOf(fields))
}

// givenFlags returns the flags that were on the command line.
func givenFlags(flags reflect.Value) map[string]string {
	given := map[string]string{}
	for i, s := range Settings() {
		if p := flags.Elem().Field(i).Interface().(*string); p != nil {
			given[s.Flag()] = *p
		}
	}
	return given
}

// wantsHelp finds a request for help, and the verbs it is about.
func wantsHelp(args []string) (path []string, ok bool) {
	ok = len(args) == 0
	for _, a := range args {
		switch {
		case a == "--":
			return path, ok
		case a == "-h" || a == "--help":
			ok = true
		case a == "help" && len(path) == 0:
			ok = true
		case !strings.HasPrefix(a, "-"):
			path = append(path, a)
		}
	}
	return path, ok
}

var usageTexts = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`^unknown flag (\S+?),? did you mean (.*)\?$`), "không có cài đặt $1; có phải $2?"},
	{regexp.MustCompile(`^unknown flag (\S+)$`), "không có cài đặt $1"},
	{regexp.MustCompile(`^unexpected argument (\S+?),? did you mean (.*)\?$`), "không có lệnh $1; có phải $2?"},
	{regexp.MustCompile(`^unexpected argument (\S+)$`), "không có lệnh $1"},
	{regexp.MustCompile(`^missing flags: (.*)$`), "thiếu cài đặt $1"},
	{regexp.MustCompile(`^expected one of (.*)$`), "thiếu lệnh, một trong: $1"},
	{regexp.MustCompile(`^expected "(.*)"$`), "thiếu $1"},
	{regexp.MustCompile(`^(--\S+): .*expected (?:string|bool|int)? ?value.*$`), "cài đặt $1 thiếu giá trị"},
}

// usageError says in Vietnamese what is wrong with a command line.
func usageError(err error) string {
	msg := err.Error()
	for _, u := range usageTexts {
		if u.pattern.MatchString(msg) {
			return u.pattern.ReplaceAllString(msg, u.text)
		}
	}
	return "dòng lệnh chưa đúng: " + msg
}

// printHelp explains the program, or the verb at path.
func printHelp(w io.Writer, root *kong.Node, path []string) error {
	n, at := root, "lienthong"
	for _, word := range path {
		var next *kong.Node
		var known []string
		for _, c := range n.Children {
			known = append(known, c.Name)
			if c.Name == word {
				next = c
			}
		}
		if next == nil {
			if len(n.Children) == 0 {
				break // an argument
			}
			return failure(ExitConfig, fmt.Errorf("không có lệnh %q%s", word, meant(word, known)))
		}
		n, at = next, at+" "+word
	}
	b := &strings.Builder{}
	if n == root {
		b.WriteString("Liên Thông – nền tảng chính quyền điện tử cấp tỉnh.\n\n")
	} else {
		fmt.Fprintf(b, "%s\n\n", n.Help)
	}
	fmt.Fprintf(b, "Cách dùng: %s", at)
	if len(n.Children) > 0 {
		b.WriteString(" <lệnh>")
	}
	for _, p := range n.Positional {
		switch {
		case !p.IsSlice():
			fmt.Fprintf(b, " <%s>", p.Name)
		case p.Required:
			fmt.Fprintf(b, " <%s>…", p.Name)
		default:
			fmt.Fprintf(b, " [<%s>…]", p.Name)
		}
	}
	b.WriteString(" [cài đặt]\n")
	if n.Tag != nil && n.Tag.Get("detail") != "" {
		fmt.Fprintf(b, "\n%s\n", wrap(n.Tag.Get("detail"), 2))
	}
	if len(n.Children) > 0 {
		b.WriteString("\nLệnh:\n")
		for _, c := range n.Children {
			fmt.Fprintf(b, "  %s\n%s\n", c.Name, wrap(c.Help, 6))
		}
	}
	for _, p := range n.Positional {
		fmt.Fprintf(b, "\n  %s\n%s\n", p.Name, wrap(p.Help, 6))
	}
	helpFlags(b, n, root)
	_, err := io.WriteString(w, b.String())
	return err
}

func helpFlags(b *strings.Builder, n, root *kong.Node) {
	show := func(head string, flags []*kong.Flag) {
		if len(flags) == 0 {
			return
		}
		b.WriteString("\n" + head + "\n")
		for _, f := range flags {
			name := "--" + f.Name
			if f.Short != 0 {
				name = "-" + string(f.Short) + ", " + name
			}
			if !f.IsBool() {
				name += "=" + f.FormatPlaceHolder()
			}
			fmt.Fprintf(b, "  %s\n%s\n", name, wrap(f.Help, 6))
		}
	}
	if n != root {
		show("Của lệnh này:", n.Flags)
		b.WriteString("\nCài đặt chung: xem lienthong --help\n")
		return
	}
	show("Cài đặt (dòng lệnh, rồi biến môi trường LIENTHONG_…, rồi lienthong.toml, rồi mặc định):", root.Flags)
	b.WriteString("\nMã thoát: 0 xong; 1 không làm được; 2 lệnh hoặc cài đặt sai; 3 cơ sở dữ liệu không dùng được; 4 doctor hoặc lint thấy sai lệch.\n")
}

// wrap breaks a text into lines of 100 letters behind an indent.
func wrap(text string, indent int) string {
	var b strings.Builder
	pad := strings.Repeat(" ", indent)
	b.WriteString(pad)
	n := indent
	for i, word := range strings.Fields(text) {
		length := len([]rune(word))
		switch {
		case i > 0 && n+1+length > 100:
			b.WriteString("\n" + pad)
			n = indent
		case i > 0:
			b.WriteByte(' ')
			n++
		}
		b.WriteString(word)
		n += length
	}
	return b.String()
}

// withExisting is withApp for verbs that only look: a mistyped folder is an error, not the beginning of an empty database.
func (s *session) withExisting(do func(a *App) error) error {
	if file, ok := strings.CutPrefix(s.settings.DatabaseURL(), "sqlite://"); ok {
		file, _, _ = strings.Cut(file, "?")
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			return failure(ExitDatabase, fmt.Errorf("chưa có cơ sở dữ liệu %s; hãy kiểm tra --data, --database, hoặc tạo bằng lienthong migrate", file))
		}
	}
	return s.withApp(do)
}

// withApp builds the program for a verb and closes it afterwards.
func (s *session) withApp(do func(a *App) error, opts ...Option) error {
	a, err := New(s.ctx, s.settings, append([]Option{WithLog(NewLog(s.err, s.settings.Log))}, opts...)...)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}
