package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/kit/actor"
)

const (
	lanes   = 8
	version = "lienthong-audit-1"
	layout  = "2006-01-02T15:04:05.000000Z"
)

// genesis stands where the first entry of a lane names its predecessor.
var genesis = strings.Repeat("0", 64)

// Entry (mục nhật ký) is one change of state, as the room that made it tells it.
// Action and Object are required, as room.verb and room.noun; UnitID is the unit
// the object belongs to, which decides who may read the entry. Before and After
// are kept as digests only, Detail in full: it must not hold secrets. An actor who
// acts through a token has its id written into Detail as "token".
type Entry struct {
	Action   string
	Object   string
	ObjectID string
	UnitID   string
	Before   any
	After    any
	Detail   map[string]any
}

// Row (dòng nhật ký) is an entry as it is kept, in its place in the chain.
type Row struct {
	Lane         int64     `db:"lane"`
	Seq          int64     `db:"seq"`
	At           time.Time `db:"at"`
	ActorID      string    `db:"actor_id"`
	ActorKind    string    `db:"actor_kind"`
	ActorName    string    `db:"actor_name"`
	PersonID     string    `db:"person_id"`
	AgencyID     string    `db:"agency_id"`
	Agency       string    `db:"agency"`
	IP           string    `db:"ip"`
	Action       string    `db:"action"`
	Object       string    `db:"object"`
	ObjectID     string    `db:"object_id"`
	UnitID       string    `db:"unit_id"`
	BeforeDigest string    `db:"before_digest"`
	AfterDigest  string    `db:"after_digest"`
	Detail       string    `db:"detail"` // JSON
	PrevHash     string    `db:"prev_hash"`
	Hash         string    `db:"hash"`
}

// newRow makes the row of an entry, still without its place in a chain.
func newRow(a actor.Actor, at time.Time, e Entry) (Row, error) {
	if e.Action == "" || e.Object == "" {
		return Row{}, errors.New("an audit entry needs an action and an object")
	}
	r := Row{
		At: at.UTC().Truncate(time.Microsecond), ActorID: a.ID, ActorKind: string(a.Kind), ActorName: a.Name, PersonID: a.PersonID,
		AgencyID: a.OfficeID, Agency: a.Office, IP: a.IP, Action: e.Action, Object: e.Object, ObjectID: e.ObjectID, UnitID: e.UnitID, Detail: "{}",
	}
	for _, s := range []*string{&r.ActorID, &r.ActorName, &r.PersonID, &r.AgencyID, &r.Agency, &r.IP, &r.Action, &r.Object, &r.ObjectID, &r.UnitID} {
		*s = storable(*s)
	}
	var err error
	if r.BeforeDigest, err = digest(e.Before); err != nil {
		return Row{}, fmt.Errorf("digest before: %w", err)
	}
	if r.AfterDigest, err = digest(e.After); err != nil {
		return Row{}, fmt.Errorf("digest after: %w", err)
	}
	if a.Token != "" {
		named := map[string]any{"token": a.Token}
		maps.Copy(named, e.Detail)
		e.Detail = named
	}
	if len(e.Detail) > 0 {
		raw, err := canonical(e.Detail)
		if err != nil {
			return Row{}, fmt.Errorf("detail: %w", err)
		}
		r.Detail = string(raw)
	}
	return r, nil
}

// storable drops what a database text cannot hold, so that what is hashed is what comes back.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// canonical returns v as JSON with sorted keys, no spaces and no HTML escapes.
func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(plain); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

func digest(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	raw, err := canonical(v)
	if err != nil {
		return "", err
	}
	return sum(raw), nil
}

func sum(raw []byte) string {
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}

// text is what the hash of a row covers; the package comment describes it for auditors.
func (r Row) text() []byte {
	var b bytes.Buffer
	for _, f := range [...]string{
		version, strconv.FormatInt(r.Lane, 10), strconv.FormatInt(r.Seq, 10), r.At.UTC().Format(layout),
		r.ActorID, r.ActorKind, r.ActorName, r.PersonID, r.AgencyID, r.Agency, r.IP,
		r.Action, r.Object, r.ObjectID, r.UnitID, r.BeforeDigest, r.AfterDigest, r.Detail, r.PrevHash,
	} {
		b.WriteString(strconv.Itoa(len(f)))
		b.WriteByte(':')
		b.WriteString(f)
		b.WriteByte(',')
	}
	return b.Bytes()
}

func (r Row) computeHash() string { return sum(r.text()) }

// hashAt is the hash the row would have in another place.
func (r Row) hashAt(lane, seq int64) string {
	r.Lane, r.Seq = lane, seq
	return r.computeHash()
}

// laneFor spreads objects over the lanes.
func laneFor(objectID string) int64 {
	h := fnv.New32a()
	h.Write([]byte(objectID))
	return int64(h.Sum32() % lanes)
}
