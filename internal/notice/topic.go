package notice

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Words (tên gọi theo ngôn ngữ) is a name in the languages of the program.
type Words struct {
	VI string `yaml:"vi"`
	EN string `yaml:"en"`
}

// In returns the word in a language.
func (w Words) In(lang string) string {
	if lang == "en" && w.EN != "" {
		return w.EN
	}
	return w.VI
}

// Text (mẫu thông báo) is the text of a topic on one channel in one language. A subject belongs to the inbox and to e-mail.
type Text struct {
	Subject string `yaml:"subject"`
	Body    string `yaml:"body"`
}

// Topic (loại thông báo) is a kind of message with its texts and the rules of its sending.
type Topic struct {
	Key      string                       `yaml:"key"`   // "dossier.accepted"
	Group    string                       `yaml:"group"` // what people choose by
	Name     Words                        `yaml:"name"`
	Urgency  string                       `yaml:"urgency"` // urgent, normal (default) or low
	Expires  string                       `yaml:"expires"` // "72h": not sent later than this after it was accepted; empty: 7 days
	Source   string                       `yaml:"source"`  // the act that demands the message, if any
	Channels []Channel                    `yaml:"channels"`
	Sample   map[string]any               `yaml:"sample"` // data for the preview; their names are those a text may use
	Texts    map[Channel]map[string]*Text `yaml:"texts"`  // by channel and language

	urgency Urgency
	expires time.Duration
}

// Group (nhóm thông báo) is what people switch on and off together.
type Group struct {
	Key   string    `yaml:"key"`
	Name  Words     `yaml:"name"`
	For   string    `yaml:"for"` // "person", "staff" or empty for both
	Wants []Channel `yaml:"on"`  // channels that are on until somebody switches them off
}

// Topics (các loại thông báo) is everything the program can tell people, by data of the program and of the province.
type Topics struct {
	Groups []Group
	list   []*Topic
	byKey  map[string]*Topic
}

type topicFile struct {
	Groups []Group  `yaml:"groups"`
	Topics []*Topic `yaml:"topics"`
}

// Languages are those texts are written in; the first is the one to fall back to.
var Languages = []string{"vi", "en"}

var topicKey = regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)

// LoadTopics reads all *.yaml of the folders; groups, topics and texts of a later folder replace those of an earlier one.
// A nil folder is left out.
func LoadTopics(folders ...fs.FS) (*Topics, error) {
	t := &Topics{byKey: map[string]*Topic{}}
	for _, folder := range folders {
		if folder == nil {
			continue
		}
		names, err := fs.Glob(folder, "*.yaml")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			f, err := folder.Open(name)
			if err != nil {
				return nil, err
			}
			var file topicFile
			dec := yaml.NewDecoder(f)
			dec.KnownFields(true)
			err = dec.Decode(&file)
			if errors.Is(err, io.EOF) {
				err = nil
			}
			if err = errors.Join(err, f.Close()); err != nil {
				return nil, fmt.Errorf("%s: %w", path.Base(name), err)
			}
			t.add(file)
		}
	}
	return t, t.check()
}

func (t *Topics) add(file topicFile) {
	for _, g := range file.Groups {
		if i := slices.IndexFunc(t.Groups, func(o Group) bool { return o.Key == g.Key }); i >= 0 {
			t.Groups[i] = g
			continue
		}
		t.Groups = append(t.Groups, g)
	}
	for _, n := range file.Topics {
		old := t.byKey[n.Key]
		if old == nil {
			t.list, t.byKey[n.Key] = append(t.list, n), n
			continue
		}
		old.replace(n)
	}
}

// replace takes over what another description of the topic says.
func (t *Topic) replace(n *Topic) {
	for _, s := range []struct{ to, from *string }{{&t.Group, &n.Group}, {&t.Name.VI, &n.Name.VI}, {&t.Name.EN, &n.Name.EN},
		{&t.Urgency, &n.Urgency}, {&t.Expires, &n.Expires}, {&t.Source, &n.Source}} {
		if *s.from != "" {
			*s.to = *s.from
		}
	}
	if n.Channels != nil {
		t.Channels = n.Channels
	}
	for ch, texts := range n.Texts {
		for lang, text := range texts {
			if t.Texts[ch] == nil {
				t.Texts[ch] = map[string]*Text{}
			}
			t.Texts[ch][lang] = text
		}
	}
}

func (t *Topics) check() error {
	var errs []error
	for _, g := range t.Groups {
		if g.Key == "" || g.Name.VI == "" || g.For != "" && g.For != "person" && g.For != "staff" {
			errs = append(errs, fmt.Errorf("group %q needs a key, a name, and for: person or staff", g.Key))
		}
	}
	for _, n := range t.list {
		if err := n.check(); err != nil {
			errs = append(errs, fmt.Errorf("topic %s: %w", n.Key, err))
		}
		if !slices.ContainsFunc(t.Groups, func(g Group) bool { return g.Key == n.Group }) {
			errs = append(errs, fmt.Errorf("topic %s: there is no group %q", n.Key, n.Group))
		}
	}
	return errors.Join(errs...)
}

func (t *Topic) check() (err error) {
	switch {
	case !topicKey.MatchString(t.Key):
		return errors.New("the key is not room.happened")
	case t.Name.VI == "" || t.Name.EN == "":
		return errors.New("it has no name")
	case !slices.Contains(t.Channels, InApp):
		return errors.New("the inbox (app) is not among its channels")
	}
	switch t.Urgency {
	case "urgent":
		t.urgency = Urgent
	case "", "normal":
		t.urgency = Normal
	case "low":
		t.urgency = Low
	default:
		return fmt.Errorf("urgency %q", t.Urgency)
	}
	t.expires = 7 * 24 * time.Hour
	if t.Expires != "" {
		if t.expires, err = time.ParseDuration(t.Expires); err != nil || t.expires <= 0 {
			return fmt.Errorf("expires %q", t.Expires)
		}
	}
	for _, ch := range t.Channels {
		if !ch.Valid() {
			return fmt.Errorf("channel %q", ch)
		}
		for _, lang := range Languages {
			text := t.Default(ch, lang)
			if text == nil {
				return fmt.Errorf("no text for channel %s in %s", ch, lang)
			}
			if err := text.Check(ch, t.Sample); err != nil {
				return fmt.Errorf("text for channel %s in %s: %w", ch, lang, err)
			}
		}
	}
	return nil
}

// Default returns the text that comes with the program: e-mail and chat without one of their own say what the inbox says.
func (t *Topic) Default(ch Channel, lang string) *Text {
	if text := t.Texts[ch][lang]; text != nil {
		return text
	}
	switch ch {
	case Email:
		return t.Texts[InApp][lang]
	case Chat:
		if text := t.Texts[InApp][lang]; text != nil {
			return &Text{Body: strings.TrimSpace(text.Subject + "\n" + text.Body)}
		}
	}
	return nil
}

// Topic returns a topic, or nil.
func (t *Topics) Topic(key string) *Topic { return t.byKey[key] }

// List returns all topics in the order of the files.
func (t *Topics) List() []*Topic { return t.list }

// Group returns a group; the zero Group when there is none.
func (t *Topics) Group(key string) Group {
	for _, g := range t.Groups {
		if g.Key == key {
			return g
		}
	}
	return Group{}
}
