package procedure

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// maxFile bounds one procedure file.
const maxFile = 2 << 20

// maxVersions bounds the versions in one file.
const maxVersions = 50

// Load reads the versions of one procedure from a YAML file: one document each.
// Unknown keys, broken references and overlapping validity are errors, all of
// them reported at once as fault.Invalid; the fields are "file:line path".
func Load(file string, r io.Reader) ([]*Spec, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(raw) > maxFile {
		return nil, fault.NewInvalid(file, i18n.M("Tệp thủ tục lớn hơn %d MB.", maxFile>>20))
	}
	var ps fault.Problems
	docs := parseDocs(file, raw, &ps)
	specs := make([]*Spec, 0, len(docs))
	for _, doc := range docs {
		s := new(Spec)
		if !decodeDoc(file, doc, s, &ps) {
			continue
		}
		if err := locate(file, doc, s.Validate(), &ps); err != nil {
			return nil, err
		}
		specs = append(specs, s)
	}
	checkVersions(file, specs, &ps)
	if len(docs) == 0 && len(ps) == 0 {
		ps.Add(file, i18n.M("Tệp không có thủ tục nào."))
	}
	return specs, ps.Err()
}

// parseDocs reads the documents of a file as nodes, all text composed.
func parseDocs(file string, raw []byte, ps *fault.Problems) []*yaml.Node {
	l, err := yaml.NewLoader(bytes.NewReader(raw))
	if err != nil {
		ps.Add(file, i18n.M("Không đọc được tệp YAML: %s", err.Error()))
		return nil
	}
	var docs []*yaml.Node
	for len(docs) < maxVersions {
		n := new(yaml.Node)
		err := l.Load(n)
		if errors.Is(err, io.EOF) {
			return docs
		}
		if err != nil {
			addYAML(file, err, ps)
			return docs
		}
		if len(n.Content) == 0 || n.Content[0].ShortTag() == "!!null" {
			continue // an empty document
		}
		compose(n, 0)
		docs = append(docs, n)
	}
	ps.Add(file, i18n.M("Tệp có hơn %d phiên bản.", maxVersions))
	return docs
}

func compose(n *yaml.Node, depth int) {
	n.Value = vntext.NFC(n.Value)
	if depth > 100 {
		return
	}
	for _, c := range n.Content {
		compose(c, depth+1)
	}
}

// decodeDoc reads a document strictly into s; what is wrong goes to ps.
func decodeDoc(file string, doc *yaml.Node, s *Spec, ps *fault.Problems) bool {
	if err := doc.Load(s, yaml.WithKnownFields(), yaml.WithUniqueKeys()); err != nil {
		addYAML(file, err, ps)
		return false
	}
	s.Process.complete()
	return true
}

func addYAML(file string, err error, ps *fault.Problems) {
	var many *yaml.LoadErrors
	if errors.As(err, &many) {
		for _, e := range many.Errors {
			addYAMLOne(file, e, ps)
		}
		return
	}
	var one *yaml.LoadError
	if errors.As(err, &one) {
		addYAMLOne(file, one, ps)
		return
	}
	ps.Add(file, i18n.M("Không đọc được tệp YAML: %s", err.Error()))
}

func addYAMLOne(file string, e *yaml.LoadError, ps *fault.Problems) {
	at := file
	if e.Mark.Line > 0 {
		at += ":" + strconv.Itoa(e.Mark.Line)
	}
	if key, ok := unknownKey(e.Message); ok {
		ps.Add(at, i18n.M("Không có mục “%s”. Hãy kiểm tra chính tả.", key))
		return
	}
	text := e.Message
	if cause := errors.Unwrap(e); cause != nil && text == "" {
		text = cause.Error()
	}
	ps.Add(at, i18n.M("Không đọc được tệp YAML: %s", text))
}

// unknownKey takes the key out of the decoder's "field x not found in type y".
func unknownKey(message string) (string, bool) {
	_, rest, ok := strings.Cut(message, "field ")
	if !ok {
		return "", false
	}
	key, _, ok := strings.Cut(rest, " not found in ")
	return key, ok
}

// locate takes over the problems of a document with file, line and path in front.
func locate(file string, doc *yaml.Node, err error, ps *fault.Problems) error {
	if err == nil {
		return nil
	}
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	for _, p := range f.Problems {
		ps.Add(fmt.Sprintf("%s:%d %s", file, lineOf(doc, p.Field), p.Field), p.Msg)
	}
	return nil
}

// lineOf returns the line of a dotted path in a document, or of its nearest ancestor that is there.
func lineOf(doc *yaml.Node, dotted string) int {
	n := doc
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	line := n.Line
	for _, key := range strings.Split(dotted, ".") {
		n = child(n, key)
		if n == nil {
			return line
		}
		line = n.Line
	}
	return line
}

func child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.SequenceNode {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(n.Content) {
			return nil
		}
		return n.Content[i]
	}
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// checkVersions holds that the versions of a file are of one procedure and that their validity does not overlap.
func checkVersions(file string, specs []*Spec, ps *fault.Problems) {
	sort.SliceStable(specs, func(i, j int) bool { return specs[i].ValidFrom.Before(specs[j].ValidFrom) })
	for i := 1; i < len(specs); i++ {
		a, b := specs[i-1], specs[i]
		if a.Code != b.Code {
			ps.Add(file, i18n.M("Một tệp chỉ chứa các phiên bản của một thủ tục, ở đây có %s và %s.", a.Code, b.Code))
		}
		if a.ValidTo.IsZero() || a.ValidTo.After(b.ValidFrom) {
			ps.Add(file, i18n.M("Hiệu lực chồng nhau: phiên bản từ %s phải kết thúc (valid_to) trước hoặc đúng ngày %s.", a.ValidFrom.Display(), b.ValidFrom.Display()))
		}
	}
}

// LoadFS reads every .yaml and .yml file of a file system, in the order of their
// names. Files that cannot be read do not stop the others: their error stands in the result.
func LoadFS(fsys fs.FS) ([]Loaded, error) {
	var all []Loaded
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		ext := strings.ToLower(path.Ext(name))
		if d.IsDir() || ext != ".yaml" && ext != ".yml" {
			return nil
		}
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		specs, err := Load(name, f)
		all = append(all, Loaded{File: name, Specs: specs, Err: err})
		return f.Close()
	})
	if err != nil {
		return nil, fmt.Errorf("read procedure files: %w", err)
	}
	return all, nil
}

// Loaded (tệp thủ tục đã đọc) is what one file held: its versions in order of validity, or what is wrong with it.
type Loaded struct {
	File  string
	Specs []*Spec
	Err   error
}

// Dump writes versions as a YAML file that Load reads back to the same.
func Dump(specs ...*Spec) ([]byte, error) {
	var b bytes.Buffer
	for i, s := range specs {
		if i > 0 {
			b.WriteString("---\n")
		}
		raw, err := yaml.Dump(s, yaml.WithIndent(2), yaml.WithLineWidth(0), yaml.WithQuotePreference(yaml.QuoteDouble))
		if err != nil {
			return nil, fmt.Errorf("write procedure %s: %w", s.Code, err)
		}
		b.Write(raw)
	}
	return b.Bytes(), nil
}
