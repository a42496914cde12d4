package notice

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
)

// Channel (kênh gửi) is a way to reach somebody.
type Channel string

// The channels.
const (
	InApp Channel = "app"   // the inbox of the program
	Email Channel = "email" // thư điện tử
	SMS   Channel = "sms"   // tin nhắn điện thoại
	Chat  Channel = "chat"  // ứng dụng trò chuyện
)

// Channels lists all channels in the order pages show them.
var Channels = []Channel{InApp, Email, SMS, Chat}

// outside are the channels that need a provider.
var outside = []Channel{Email, SMS, Chat}

// Valid reports whether c is a channel.
func (c Channel) Valid() bool { return c == InApp || c == Email || c == SMS || c == Chat }

// Urgency (độ khẩn) says how much a message may disturb. Urgent ones go first and through quiet hours.
type Urgency int

// The urgencies.
const (
	Normal Urgency = 0
	Urgent Urgency = -1
	Low    Urgency = 1
)

// Recipient (người nhận) is an account, or a bare address of somebody without one. What is known of the account's
// addresses comes from the accounts; those given here are used where the account has none.
type Recipient struct {
	Account string
	Name    string
	Email   string
	Phone   string
	Chat    string
	Lang    string // "vi" or "en"; empty: as the account wishes, else Vietnamese
}

// Message (thông báo) is what one recipient is told.
type Message struct {
	Topic    string // "dossier.accepted"
	To       Recipient
	Data     map[string]any // what the texts name: strings and numbers, lists of strings
	Link     string         // path on the site that the message leads to, "/tra-cuu/…"
	Urgency  *Urgency       // nil: that of the topic
	Key      string         // accepted once for each recipient: events are delivered more than once; empty: always
	Collapse string         // messages to one recipient with the same key become one while the first waits; also keeps their order
	Expires  time.Time      // not sent after this moment; zero: as the topic says
}

// Bounds of what is accepted.
const (
	maxData = 16 << 10
	maxText = 300
)

// row is a message as it is kept.
type row struct {
	ID            string     `db:"id"`
	Dedup         *string    `db:"dedup"`
	Topic         string     `db:"topic"`
	AccountID     string     `db:"account_id"`
	Name          string     `db:"name"`
	Email         string     `db:"email"`
	Phone         string     `db:"phone"`
	Chat          string     `db:"chat"`
	Lang          string     `db:"lang"`
	Data          string     `db:"data"`
	Link          string     `db:"link"`
	Urgency       int        `db:"urgency"`
	Collapse      string     `db:"collapse"`
	CollapseUntil *time.Time `db:"collapse_until"`
	Times         int        `db:"times"`
	State         string     `db:"state"`
	Into          *string    `db:"collapsed_into"`
	CreatedAt     time.Time  `db:"created_at"`
	ExpiresAt     *time.Time `db:"expires_at"`
}

// asTopic is the urgency of a message that leaves it to the topic.
const asTopic = 9

// accept checks a message and brings it into the form in which it is kept.
func (m Message) accept(now time.Time) (row, error) {
	to := m.To
	to.Name, to.Email, to.Phone = oneLine(to.Name), oneLine(to.Email), vntext.Phone(oneLine(to.Phone))
	if m.Topic == "" {
		return row{}, fmt.Errorf("a message needs a topic")
	}
	if to.Account == "" && to.Email == "" && to.Phone == "" && to.Chat == "" {
		return row{}, fmt.Errorf("message %s has no recipient", m.Topic)
	}
	if m.Link != "" && (!strings.HasPrefix(m.Link, "/") || strings.HasPrefix(m.Link, "//") || strings.ContainsAny(m.Link, "\\\r\n\t ")) {
		return row{}, fmt.Errorf("message %s: link %q is not a path of the site", m.Topic, m.Link)
	}
	if m.Data == nil {
		m.Data = map[string]any{}
	}
	raw, err := json.Marshal(m.Data)
	if err != nil {
		return row{}, fmt.Errorf("message %s: %w", m.Topic, err)
	}
	if len(raw) > maxData {
		return row{}, fmt.Errorf("message %s: %d bytes of data, %d are allowed", m.Topic, len(raw), maxData)
	}
	r := row{ID: id.New(), Topic: m.Topic, AccountID: to.Account, Name: to.Name, Email: to.Email, Phone: to.Phone, Chat: oneLine(to.Chat), Lang: to.Lang,
		Data: strings.ReplaceAll(string(raw), `\u0000`, ""), Link: m.Link, Urgency: asTopic, Times: 1, State: stateAccepted, CreatedAt: now}
	if m.Urgency != nil {
		r.Urgency = int(*m.Urgency)
	}
	who := to.Account
	if who == "" {
		who = strings.Join([]string{r.Email, r.Phone, r.Chat}, " ")
	}
	if m.Key != "" {
		key := m.Topic + " " + who + " " + m.Key
		r.Dedup = &key
	}
	if m.Collapse != "" {
		r.Collapse = who + " " + m.Collapse
	}
	if !m.Expires.IsZero() {
		at := m.Expires.UTC()
		r.ExpiresAt = &at
	}
	return r, nil
}

// oneLine makes a text fit for a header: one line, no control characters, not endless.
func oneLine(s string) string {
	s = vntext.Clean(strings.ToValidUTF8(s, ""))
	if utf8.RuneCountInString(s) > maxText {
		s = string([]rune(s)[:maxText])
	}
	return s
}

// The states of a message.
const (
	stateAccepted  = "accepted"
	statePlanned   = "planned"
	stateCollapsed = "collapsed"
	stateUnknown   = "unknown" // its topic is not known
)

// State (tình trạng gửi) says how far a delivery is.
type State string

// The states of a delivery.
const (
	Queued    State = "queued"    // waits for its turn
	Held      State = "held"      // waits for the end of quiet hours
	Sent      State = "sent"      // taken by the provider
	Delivered State = "delivered" // in the inbox, or the provider says that it arrived
	Read      State = "read"      // opened
	Failed    State = "failed"    // the recipient cannot be reached at this address
	Dead      State = "dead"      // given up; a person may repeat it
	Skipped   State = "skipped"   // the recipient does not want it
	Expired   State = "expired"   // nobody needs it any more
	Dropped   State = "dropped"   // a dead letter that a person put away
)

// Delivery (lượt gửi) is a message on one channel.
type Delivery struct {
	ID         string     `db:"id"`
	MessageID  string     `db:"message_id"`
	Topic      string     `db:"topic"`
	Channel    Channel    `db:"channel"`
	AccountID  string     `db:"account_id"`
	Address    string     `db:"address"`
	Lane       string     `db:"lane"` // deliveries of one lane go out one after the other; empty: in any order
	Lang       string     `db:"lang"`
	Urgency    int        `db:"urgency"`
	Quiet      string     `db:"quiet"`
	State      State      `db:"state"`
	DueAt      time.Time  `db:"due_at"`
	ExpiresAt  *time.Time `db:"expires_at"`
	Attempts   int        `db:"attempts"`
	Error      string     `db:"error"`
	Reference  string     `db:"reference"` // the provider's own number
	Lease      string     `db:"lease"`
	LeaseUntil *time.Time `db:"lease_until"`
	CreatedAt  time.Time  `db:"created_at"`
	ChangedAt  time.Time  `db:"changed_at"`
	SentAt     *time.Time `db:"sent_at"`
	ReadAt     *time.Time `db:"read_at"`
}

// collapseFor is how long messages of one collapse key become one.
const collapseFor = time.Minute
