package procedure

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/vntext"
)

// ID identifies a procedure.
type ID string

// VersionID identifies a version of a procedure; dossiers keep it.
type VersionID string

// Version (phiên bản thủ tục) is a procedure as one file document describes it. It never changes once imported.
type Version struct {
	ID          VersionID
	ProcedureID ID
	Code        string
	Name        string
	NameEN      string
	Field       string
	Online      int
	ValidFrom   clock.Date
	ValidTo     clock.Date
	Decision    string
	Digest      string
	ImportedAt  time.Time
	Spec        *Spec // shared: read only
}

// Summary (thông tin tóm tắt) is a version in a list.
type Summary struct {
	VersionID   VersionID  `db:"id" json:"version_id"`
	ProcedureID ID         `db:"procedure_id" json:"procedure_id"`
	Code        string     `db:"code" json:"code"`
	Name        string     `db:"name" json:"name"`
	NameEN      string     `db:"name_en" json:"name_en,omitempty"`
	Summary     string     `db:"summary" json:"summary,omitempty"`
	SummaryEN   string     `db:"summary_en" json:"summary_en,omitempty"`
	Field       string     `db:"field" json:"field"`
	Decision    string     `db:"decision" json:"decision,omitempty"`
	Online      int        `db:"online" json:"online"`
	Fileable    bool       `db:"fileable" json:"fileable_online"` // takes dossiers online
	Generic     bool       `db:"generic" json:"generic"`          // the process was drawn up by the program
	ValidFrom   clock.Date `db:"valid_from" json:"valid_from"`
	ValidTo     clock.Date `db:"valid_to" json:"valid_to"`
}

// Title returns the name in a language.
func (s Summary) Title(lang string) string { return pick(lang, s.Name, s.NameEN) }

// Title returns the name in a language.
func (v *Version) Title(lang string) string { return pick(lang, v.Name, v.NameEN) }

func pick(lang, vi, en string) string {
	if lang == "en" && en != "" {
		return en
	}
	return vi
}

// Past (phiên bản trong lịch sử) is a version in the history of a procedure.
type Past struct {
	Summary
	Digest     string     `db:"digest" json:"digest"`
	Supersedes *VersionID `db:"supersedes" json:"supersedes,omitempty"` // the version it took the place of
	ImportedAt time.Time  `db:"imported_at" json:"imported_at"`
	RetiredAt  *time.Time `db:"retired_at" json:"retired_at,omitempty"` // replaced; dossiers begun with it go on
}

// digestOf returns the SHA-256 of a spec and the JSON it was taken of.
func digestOf(s *Spec) (digest string, doc []byte, err error) {
	doc, err = json.Marshal(s)
	if err != nil {
		return "", nil, fmt.Errorf("encode procedure %s: %w", s.Code, err)
	}
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:]), doc, nil
}

// searchText returns the words a procedure is found by, folded, a space before each word.
func searchText(s *Spec) string {
	parts := append([]string{s.Code, s.Name, s.NameEN, s.Summary, s.SummaryEN}, s.Keywords...)
	for _, r := range s.Results {
		parts = append(parts, r.Name)
	}
	return " " + vntext.Fold(strings.Join(parts, " "))
}

var keys = sync.Pool{New: func() any { return collate.New(language.Vietnamese) }}

// maxSortKey bounds the stored key; names that agree so far are told apart by their id.
const maxSortKey = 400

// sortKey returns a text that sorts as the name does in Vietnamese, on every engine.
func sortKey(name string) string {
	c := keys.Get().(*collate.Collator)
	defer keys.Put(c)
	var buf collate.Buffer
	key := hex.EncodeToString(c.KeyFromString(&buf, name))
	return key[:min(len(key), maxSortKey)]
}

// specCache keeps versions by id. They never change, so nothing is ever stale.
type specCache struct {
	sync.RWMutex
	made map[VersionID]*Version
}

// maxCached bounds the versions kept in memory.
const maxCached = 3000

func newSpecCache() *specCache { return &specCache{made: map[VersionID]*Version{}} }

func (c *specCache) get(id VersionID) (*Version, bool) {
	c.RLock()
	defer c.RUnlock()
	v, ok := c.made[id]
	return v, ok
}

func (c *specCache) put(v *Version) {
	c.Lock()
	defer c.Unlock()
	if len(c.made) >= maxCached {
		for id := range c.made { // any one will do
			delete(c.made, id)
			break
		}
	}
	c.made[v.ID] = v
}
