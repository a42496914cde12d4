package identity

import (
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
)

// SessionID (mã nội bộ của phiên) names a session to its owner; it opens nothing.
type SessionID string

// Session (phiên đăng nhập) is one sign-in of an account on one device.
type Session struct {
	ID         SessionID  `db:"id" json:"id"`
	AccountID  AccountID  `db:"account_id" json:"account_id"`
	PostID     org.PostID `db:"post_id" json:"post_id,omitempty"` // acting post, empty: the main one
	IP         string     `db:"ip" json:"ip,omitempty"`
	UserAgent  string     `db:"user_agent" json:"user_agent,omitempty"`
	CreatedAt  time.Time  `db:"created_at" json:"created_at"`
	LastSeenAt time.Time  `db:"last_seen_at" json:"last_seen_at"`
	ExpiresAt  time.Time  `db:"expires_at" json:"expires_at"`
	Stage      Stage      `db:"stage" json:"stage,omitempty"`
	Means      Means      `db:"means" json:"means"`
	ProvedAt   *time.Time `db:"proved_at" json:"proved_at,omitempty"` // when its holder last proved who they are
}

// alive reports whether the session still counts.
func (s Session) alive(now time.Time, idle time.Duration) bool {
	return now.Before(s.ExpiresAt) && now.Before(s.LastSeenAt.Add(idle))
}

// loadedSession is a session with what a request needs to know of its account, read at once.
type loadedSession struct {
	Session
	Kind     Kind         `db:"kind" json:"kind"`
	FullName string       `db:"full_name" json:"full_name"`
	PersonID org.PersonID `db:"person_id" json:"person_id,omitempty"`
	Status   Status       `db:"status" json:"status"`
	Version  int64        `db:"version" json:"version"` // of roles and grants
}

// actor returns who acts in the session, still without post and grants.
func (l loadedSession) actor() actor.Actor {
	kind := actor.Person
	if l.Kind == Official {
		kind = actor.Staff
	}
	return actor.Actor{ID: string(l.AccountID), Name: l.FullName, Kind: kind, PersonID: string(l.PersonID)}
}

// HeldPost (vị trí đang giữ) is a post of an official with the names one shows.
type HeldPost struct {
	ID       org.PostID
	UnitID   org.UnitID
	Title    string // "Chuyên viên"
	Unit     string // "Phòng Hành chính tư pháp"
	AgencyID org.UnitID
	Agency   string // "Sở Tư pháp"
	Main     bool
	UnitPath string
}

// heldPosts are the posts of a person as they were at a moment.
type heldPosts struct {
	posts []HeldPost
	at    time.Time
	on    clock.Date
}

// acting returns the post a session acts in: the chosen one while it is held, else the first, which is the main one.
func acting(posts []HeldPost, chosen org.PostID) (HeldPost, bool) {
	for _, p := range posts {
		if p.ID == chosen && chosen != "" {
			return p, true
		}
	}
	if len(posts) == 0 {
		return HeldPost{}, false
	}
	return posts[0], true
}
