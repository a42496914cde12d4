package deliver

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Headers of signed requests, from us to a provider and back.
const (
	HeaderTime      = "X-Lienthong-Time"      // seconds since 1970
	HeaderSignature = "X-Lienthong-Signature" // hexadecimal HMAC-SHA256 of time, a dot and the body
	HeaderKey       = "Idempotency-Key"       // id of the delivery
)

// Sign returns the signature of a body.
func Sign(secret []byte, at string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(at + "."))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// freshFor is how far the clocks of two signers may be apart.
const freshFor = 5 * time.Minute

// Verify reports whether a body was signed with the secret, not long ago.
func Verify(secret []byte, at, signature string, body []byte, now time.Time) bool {
	sec, err := strconv.ParseInt(at, 10, 64)
	if err != nil || len(secret) == 0 {
		return false
	}
	if age := now.Sub(time.Unix(sec, 0)); age > freshFor || age < -freshFor {
		return false
	}
	return hmac.Equal([]byte(Sign(secret, at, body)), []byte(signature))
}

// Webhook posts messages as signed JSON to one address.
type Webhook struct {
	address string
	secret  []byte
	client  *http.Client
	now     func() time.Time
}

// NewWebhook returns a sender to an http or https address. It follows no redirections.
func NewWebhook(address string, secret []byte, timeout time.Duration) *Webhook {
	return &Webhook{address, secret, &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: timeout, ForceAttemptHTTP2: true}}, time.Now}
}

// posted is the body of a request.
type posted struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
	To      string `json:"to"`
	Name    string `json:"name,omitempty"`
	Text    string `json:"text"`
	Lang    string `json:"lang"`
	Topic   string `json:"topic"`
}

// Send posts the message. The answer may hold {"reference": "…"}.
func (w *Webhook) Send(ctx context.Context, o Outgoing) (string, error) {
	body, err := json.Marshal(posted{o.ID, o.Channel, o.To, o.Name, o.Text, o.Lang, o.Topic})
	if err != nil {
		return "", &Error{Refused, err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address, bytes.NewReader(body))
	if err != nil {
		return "", &Error{Down, err}
	}
	at := strconv.FormatInt(w.now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(HeaderKey, o.ID)
	req.Header.Set(HeaderTime, at)
	req.Header.Set(HeaderSignature, Sign(w.secret, at, body))
	res, err := w.client.Do(req)
	if err != nil {
		return "", &Error{Down, err}
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // the status counts
	var answer struct {
		Reference string `json:"reference"`
		Error     string `json:"error"`
	}
	_ = json.Unmarshal(raw, &answer) // need not be JSON
	if res.StatusCode/100 == 2 {
		return answer.Reference, nil
	}
	return "", &Error{kindOfStatus(res.StatusCode), fmt.Errorf("status %d %w", res.StatusCode, errors.New(answer.Error))}
}

// kindOfStatus says what an HTTP status means: 404, 410 and 422 are about the recipient, other refusals about the
// message; who may not send, or what does not work, concerns all messages.
func kindOfStatus(status int) Kind {
	switch {
	case status == http.StatusNotFound, status == http.StatusGone, status == http.StatusUnprocessableEntity:
		return Address
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusTooManyRequests, status == http.StatusBadGateway,
		status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout, status/100 == 3:
		return Down
	case status/100 == 4 && status != http.StatusRequestTimeout && status != http.StatusConflict:
		return Refused
	}
	return Later
}
