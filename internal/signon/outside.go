package signon

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/identity"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// OutsideID (mã dịch vụ định danh ngoài) names an outside service for ever.
type OutsideID string

// Outside (dịch vụ định danh ngoài) is a service that has checked who people are and lets them come with that: an
// OpenID Connect provider. Those it recognises need no password here.
type Outside struct {
	ID        OutsideID  `db:"id"`
	Key       string     `db:"key"`  // in addresses: "vneid"
	Name      string     `db:"name"` // "VNeID"
	Issuer    string     `db:"issuer"`
	ClientID  string     `db:"client_id"` // our name there
	Sealed    string     `db:"sealed" json:"-"`
	Scopes    []string   `db:"-"`
	Claims    Claims     `db:"-"`
	CreatedAt time.Time  `db:"created_at"`
	CreatedBy string     `db:"created_by"`
	EndedAt   *time.Time `db:"ended_at"`
}

// Claims (ánh xạ thông tin) says under which names a service tells of a person. Empty: it does not tell.
type Claims struct {
	Name       string `json:"name"`
	PersonalID string `json:"personal_id"`
	BirthDate  string `json:"birth_date"`
	Phone      string `json:"phone,omitempty"`
	Email      string `json:"email,omitempty"`
}

// StandardClaims are the names of OpenID Connect, and ours for the personal number.
var standardClaims = Claims{Name: "name", PersonalID: "personal_id", BirthDate: "birthdate", Phone: "phone_number", Email: "email"}

// Told (thông tin dịch vụ ngoài cho biết) is whom an outside service recognised.
type Told struct {
	Subject    string     `json:"subject"`
	FullName   string     `json:"full_name"`
	PersonalID string     `json:"personal_id"`
	BirthDate  clock.Date `json:"birth_date,omitzero"`
	Phone      string     `json:"phone,omitempty"`
	Email      string     `json:"email,omitempty"`
}

// verified is what identity takes.
func (t Told) verified(o Outside) identity.Verified {
	return identity.Verified{By: o.Key, FullName: t.FullName, PersonalID: t.PersonalID, BirthDate: t.BirthDate, Phone: t.Phone, Email: t.Email}
}

// pick reads what a service tells by the names of its claims.
func (c Claims) pick(all map[string]any) Told {
	text := func(name string) string {
		s, _ := all[name].(string)
		return vntext.Clean(s)
	}
	t := Told{Subject: text("sub"), FullName: text(c.Name), PersonalID: text(c.PersonalID), Phone: text(c.Phone), Email: text(c.Email)}
	if d, err := clock.ParseDate(text(c.BirthDate)); err == nil {
		t.BirthDate = d
	}
	return t
}

var (
	keyForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{1,29}$`)
	scopeForm = regexp.MustCompile(`^[\x21\x23-\x5b\x5d-\x7e]+$`)
)

// clean brings an outside service as it was typed into its form and reports all that is wrong with it.
func (o *Outside) clean() fault.Problems {
	var ps fault.Problems
	o.Key, o.Name, o.Issuer, o.ClientID = strings.ToLower(vntext.Clean(o.Key)), vntext.Clean(o.Name), strings.TrimSpace(o.Issuer), strings.TrimSpace(o.ClientID)
	if !keyForm.MatchString(o.Key) {
		ps.Add("key", i18n.M("Mã gồm 2 đến 30 chữ thường không dấu, số và gạch nối, bắt đầu bằng chữ, ví dụ vneid."))
	}
	if n := utf8.RuneCountInString(o.Name); n == 0 || n > 60 {
		ps.Add("name", i18n.M("Nhập tên dịch vụ, nhiều nhất 60 ký tự, như người dân quen gọi."))
	}
	u, err := url.Parse(o.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		ps.Add("issuer", i18n.M("Nhập địa chỉ nhà cung cấp (issuer) bắt đầu bằng https://."))
	}
	if o.ClientID == "" || len(o.ClientID) > 300 {
		ps.Add("client_id", i18n.M("Nhập mã hệ thống (client_id) mà dịch vụ đó cấp."))
	}
	kept := []string{ScopeOpenID}
	for _, s := range o.Scopes {
		if !scopeForm.MatchString(s) {
			ps.Add("scopes", i18n.M("Phạm vi cách nhau dấu cách, ví dụ openid profile."))
			break
		}
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	o.Scopes = kept
	if o.Claims == (Claims{}) {
		o.Claims = standardClaims
	}
	if o.Claims.Name == "" || o.Claims.PersonalID == "" {
		ps.Add("claim_name", i18n.M("Ghi tên mục chứa họ tên và tên mục chứa số định danh cá nhân."))
	}
	return ps
}

// LinkID (mã liên kết) names a link for ever.
type LinkID string

// Link (liên kết tài khoản) joins an account to somebody whom an outside service recognises.
type Link struct {
	ID        LinkID             `db:"id"`
	OutsideID OutsideID          `db:"outside_id"`
	Outside   string             `db:"outside"` // its name, in lists
	Key       string             `db:"key"`
	Subject   string             `db:"subject"`
	AccountID identity.AccountID `db:"account_id"`
	Name      string             `db:"name"` // as the service told it
	LinkedAt  time.Time          `db:"linked_at"`
	UsedAt    time.Time          `db:"used_at"`
}

// Times of somebody who comes from outside.
const (
	arrivalTime = 15 * time.Minute // from leaving for the service to being signed in
	freshTime   = 15 * time.Minute // an account is joined only this soon after its holder signed in
)

// Arrival (lượt đến từ dịch vụ ngoài) is somebody on the way to an outside service and back, in one browser.
type Arrival struct {
	ID          string     `db:"id"`
	StateHash   string     `db:"state_hash"`
	BrowserHash string     `db:"browser_hash"`
	OutsideID   OutsideID  `db:"outside_id"`
	Nonce       string     `db:"nonce"`
	Verifier    string     `db:"verifier"` // sealed
	Next        string     `db:"next"`
	CreatedAt   time.Time  `db:"created_at"`
	ExpiresAt   time.Time  `db:"expires_at"`
	ReturnedAt  *time.Time `db:"returned_at"`
	Told        string     `db:"told"` // sealed; empty until the service has told
	DoneAt      *time.Time `db:"done_at"`
}

func (a Arrival) purpose() string { return fmt.Sprintf("signon.arrival %s", a.ID) }
func (o Outside) purpose() string { return fmt.Sprintf("signon.outside %s", o.ID) }
