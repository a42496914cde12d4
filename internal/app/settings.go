package app

import (
	"encoding"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// Setting (cài đặt) is one value of Config as people set it.
type Setting struct {
	Key     string // in lienthong.toml: "web.upload_limit"
	Default string
	Help    string
	Kind    string // what its value looks like
	Secret  bool   // its value is not shown
	index   []int  // of the field in Config
}

// Flag is the name of the setting on the command line, without the dashes.
func (s Setting) Flag() string { return strings.ReplaceAll(s.Key, "_", "-") }

// Env is the environment variable of the setting.
func (s Setting) Env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_"))
}

const (
	envPrefix  = "LIENTHONG_"
	envConfig  = envPrefix + "CONFIG" // where the file is; in the file it would come too late
	configFile = "lienthong.toml"
)

// Settings returns all settings in the order of Config.
func Settings() []Setting { return settingsOf(reflect.TypeFor[Config](), "", nil) }

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

func settingsOf(t reflect.Type, prefix string, at []int) []Setting {
	var list []Setting
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("toml")
		if key == "" || key == "-" {
			continue
		}
		index := append(append([]int(nil), at...), i)
		if f.Type.Kind() == reflect.Struct && !reflect.PointerTo(f.Type).Implements(textType) {
			list = append(list, settingsOf(f.Type, prefix+key+".", index)...)
			continue
		}
		list = append(list, Setting{Key: prefix + key, Default: f.Tag.Get("default"), Help: f.Tag.Get("help"), Kind: kindOf(f.Type), Secret: f.Tag.Get("secret") != "", index: index})
	}
	return list
}

func kindOf(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "thời gian, ví dụ 30s, 5m"
	case strings.HasSuffix(t.String(), ".Bytes"):
		return "dung lượng, ví dụ 20MB"
	case t.Kind() == reflect.Bool:
		return "true hoặc false"
	case t.Kind() == reflect.Slice:
		return "danh sách"
	case t.Kind() == reflect.String:
		return "chuỗi"
	}
	return "số"
}

// hidden stands for the value of a secret.
const hidden = "(đã đặt, không hiện)"

// set writes a value as people write it into its field.
func (s Setting) set(c *Config, value string) error {
	return setValue(reflect.ValueOf(c).Elem().FieldByIndex(s.index), value)
}

// text returns the value of the setting as people would write it.
func (s Setting) text(c Config) string {
	v := reflect.ValueOf(c).FieldByIndex(s.index)
	if v.Kind() == reflect.Slice {
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = fmt.Sprint(v.Index(i).Interface())
		}
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(v.Interface())
}

func setValue(v reflect.Value, s string) error {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(s))
	}
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(s)
		if err != nil {
			return fmt.Errorf("%q không phải khoảng thời gian, ví dụ 30s, 5m, 1h", s)
		}
		v.SetInt(int64(d))
	case v.Kind() == reflect.String:
		v.SetString(s)
	case v.Kind() == reflect.Bool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return fmt.Errorf("%q phải là true hoặc false", s)
		}
		v.SetBool(b)
	case v.CanInt():
		n, err := strconv.ParseInt(s, 10, v.Type().Bits())
		if err != nil {
			return fmt.Errorf("%q không phải số nguyên", s)
		}
		v.SetInt(n)
	case v.Kind() == reflect.Float64:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return fmt.Errorf("%q không phải số", s)
		}
		v.SetFloat(f)
	case v.Type() == reflect.TypeFor[[]string]():
		var list []string
		for _, part := range strings.Split(s, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		v.Set(reflect.ValueOf(list))
	default:
		return fmt.Errorf("kiểu %s chưa được hỗ trợ", v.Type())
	}
	return nil
}

// Defaults returns the settings of a program that nobody configured.
func Defaults() Config {
	var c Config
	for _, s := range Settings() {
		if s.Default == "" {
			continue
		}
		if err := s.set(&c, s.Default); err != nil {
			panic(fmt.Sprintf("default of %s: %v", s.Key, err))
		}
	}
	return c
}

// Source is where a value comes from.
type Source struct {
	Name  string // "mặc định", the file, the variable or the flag
	Value string
}

// Load brings all sources together: a flag wins over the environment, that over the file, that over the default.
// flags maps names without dashes to values. Unknown keys and variables, and values that do not fit, are errors.
func Load(file string, environ []string, flags map[string]string) (Config, map[string]Source, error) {
	c := Defaults()
	from := map[string]Source{}
	for _, s := range Settings() {
		from[s.Key] = Source{"mặc định", s.text(c)}
	}
	env := map[string]string{}
	for _, e := range environ {
		if name, value, _ := strings.Cut(e, "="); strings.HasPrefix(name, envPrefix) {
			env[name] = value
		}
	}
	asked := file != ""
	if !asked && env[envConfig] != "" {
		file, asked = env[envConfig], true
	}
	if file == "" {
		file = configFile
	}
	var errs []error
	inFile, err := readFile(file, asked)
	if err != nil {
		errs = append(errs, err)
	}
	if err := unknownEnv(env); err != nil {
		errs = append(errs, err)
	}
	for _, s := range Settings() {
		for _, src := range []struct {
			name   string
			values map[string]string
			key    string
		}{{file, inFile, s.Key}, {s.Env(), env, s.Env()}, {"--" + s.Flag(), flags, s.Flag()}} {
			value, ok := src.values[src.key]
			if !ok {
				continue
			}
			if err := s.set(&c, value); err != nil {
				errs = append(errs, fmt.Errorf("%s: %s: %w", src.name, s.Key, err))
			}
			if s.Secret {
				value = hidden
			}
			from[s.Key] = Source{src.name, value}
		}
	}
	if len(errs) > 0 {
		return Config{}, nil, failure(ExitConfig, errors.Join(errs...))
	}
	return c, from, nil
}

// readFile reads lienthong.toml as key → value; unknown keys are errors that name the nearest known one.
func readFile(file string, asked bool) (map[string]string, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) && !asked {
		return nil, nil
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("không có tệp cài đặt %s", file)
	}
	if err != nil {
		return nil, fmt.Errorf("không đọc được tệp cài đặt: %w", err)
	}
	var tree map[string]any
	if _, err := toml.Decode(string(raw), &tree); err != nil {
		var pe toml.ParseError
		if errors.As(err, &pe) {
			return nil, fmt.Errorf("%s, dòng %d: viết chưa đúng cú pháp TOML, ví dụ đúng: listen = \":8080\" (%s)", file, pe.Position.Line, pe.Message)
		}
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	values := map[string]string{}
	flatten("", tree, values)
	var known []string
	for _, s := range Settings() {
		known = append(known, s.Key)
	}
	var errs []error
	for _, key := range sorted(values) {
		if !contains(known, key) {
			errs = append(errs, fmt.Errorf("%s: không có cài đặt %q%s", file, key, meant(key, known)))
		}
	}
	return values, errors.Join(errs...)
}

func flatten(prefix string, tree map[string]any, into map[string]string) {
	for key, value := range tree {
		switch v := value.(type) {
		case map[string]any:
			flatten(prefix+key+".", v, into)
		case []any:
			parts := make([]string, len(v))
			for i, p := range v {
				parts[i] = fmt.Sprint(p)
			}
			into[prefix+key] = strings.Join(parts, ",")
		default:
			into[prefix+key] = fmt.Sprint(v)
		}
	}
}

// unknownEnv refuses mistyped variables. Those of tests pass.
func unknownEnv(env map[string]string) error {
	known := []string{envConfig}
	for _, s := range Settings() {
		known = append(known, s.Env())
	}
	var errs []error
	for _, name := range sorted(env) {
		if strings.HasPrefix(name, envPrefix+"TEST_") || strings.HasPrefix(name, envPrefix+"REQUIRE_") || contains(known, name) {
			continue
		}
		errs = append(errs, fmt.Errorf("không có biến môi trường %s%s", name, meant(name, known)))
	}
	return errors.Join(errs...)
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// meant suggests the known word nearest to a mistyped one.
func meant(word string, known []string) string {
	best, at := "", len([]rune(word))/2+1
	for _, k := range known {
		if d := distance(word, k); d < at {
			best, at = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; có phải %q?", best)
}

// distance is how many letters must be changed, added or left out to get from a to b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(y)]
}
