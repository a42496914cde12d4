package signon

import "lienthong/internal/identity"

// The names under which the room announces what happened.
const (
	EventClientEnded = "signon.client_ended"
	EventTokenReused = "signon.token_reused"
)

// ClientEnded (đã ngừng hệ thống kết nối) is announced when a client was ended: nobody can sign on to it any more.
type ClientEnded struct {
	ClientID ClientID `json:"client_id"`
}

// EventKey keeps the events of one client in order.
func (e ClientEnded) EventKey() string { return string(e.ClientID) }

// TokenReused (mã bị dùng lại) is announced when a code or refresh token came a second time: somebody has copied it.
// The visit it belonged to has ended.
type TokenReused struct {
	ClientID  ClientID           `json:"client_id"`
	VisitID   VisitID            `json:"visit_id"`
	AccountID identity.AccountID `json:"account_id"`
	Kind      string             `json:"kind"` // "code" or "refresh"
}

// EventKey keeps the events of one client in order.
func (e TokenReused) EventKey() string { return string(e.ClientID) }
