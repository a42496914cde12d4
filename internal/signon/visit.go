package signon

import (
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/i18n"
)

// VisitID (mã lượt đăng nhập) names one visit for ever.
type VisitID string

// Visit (lượt đăng nhập vào hệ thống kết nối) is one sign-on of a person to a client. All tokens given out for it end with it.
type Visit struct {
	ID        VisitID            `db:"id"`
	ClientID  ClientID           `db:"client_id"`
	Client    string             `db:"client"` // its name, in lists
	AccountID identity.AccountID `db:"account_id"`
	Holder    string             `db:"-"` // name of the account's holder, in lists
	SessionID identity.SessionID `db:"session_id"`
	Scopes    []string           `db:"-"`
	IP        string             `db:"ip"`
	AuthTime  time.Time          `db:"auth_time"`
	CreatedAt time.Time          `db:"created_at"`
	EndedAt   *time.Time         `db:"ended_at"`
	Reason    Reason             `db:"reason"`
}

// Reason (lý do kết thúc) says why a visit ended.
type Reason string

// The reasons.
const (
	SignedOut  Reason = "signed_out"   // the person signed out
	TakenBack  Reason = "taken_back"   // the person took the consent back
	GivenUp    Reason = "given_up"     // the client revoked its token
	Reused     Reason = "reused"       // a code or refresh token came twice
	ClientGone Reason = "client_ended" // the client was ended
)

func (r Reason) label() i18n.Msg {
	switch r {
	case SignedOut:
		return i18n.M("Người dùng đăng xuất")
	case TakenBack:
		return i18n.M("Người dùng rút lại đồng ý")
	case GivenUp:
		return i18n.M("Hệ thống kết nối tự kết thúc")
	case Reused:
		return i18n.M("Mã bị dùng lại, nghi bị sao chép")
	case ClientGone:
		return i18n.M("Ngừng hệ thống kết nối")
	}
	return i18n.Msg{}
}

// The kinds of tokens.
const (
	accessToken  = "access"
	refreshToken = "refresh"
)

// Token (mã cấp cho hệ thống kết nối) is what a client shows instead of a person's password. The token itself is not
// kept: of a refresh token its SHA-256, of an access token, which is sealed, the id inside it.
type Token struct {
	ID        string             `db:"id"`
	Kind      string             `db:"kind"`
	Hash      *string            `db:"hash"`
	VisitID   *VisitID           `db:"visit_id"` // nil: given to a program for itself
	ClientID  ClientID           `db:"client_id"`
	AccountID identity.AccountID `db:"account_id"`
	Scopes    []string           `db:"-"`
	CreatedAt time.Time          `db:"created_at"`
	ExpiresAt time.Time          `db:"expires_at"`
	UsedAt    *time.Time         `db:"used_at"`
	EndedAt   *time.Time         `db:"ended_at"`
}

// counts reports whether the token is good at a moment.
func (t Token) counts(now time.Time) bool {
	return t.EndedAt == nil && t.UsedAt == nil && now.Before(t.ExpiresAt)
}

// Consent (đồng ý cho hệ thống kết nối) is what a person allowed a client to be told.
type Consent struct {
	AccountID identity.AccountID `db:"account_id"`
	ClientID  ClientID           `db:"client_id"`
	Client    string             `db:"client"` // its name
	Scopes    []string           `db:"-"`
	GivenAt   time.Time          `db:"given_at"`
}
