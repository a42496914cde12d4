package identity

import "lienthong/internal/kit/clock"

// EventTokenEnding is the name of TokenEnding.
const EventTokenEnding = "identity.token_ending"

// TokenEnding (mã truy cập sắp hết hạn) says that a token will open nothing from a day on that is near.
type TokenEnding struct {
	TokenID   TokenID    `json:"token_id"`
	AccountID AccountID  `json:"account_id"`
	Name      string     `json:"name"`
	ExpiresOn clock.Date `json:"expires_on"`
}
