package dossier

import (
	"sync"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// The bounds of guessing the secret of one dossier, at one node.
const (
	maxGuesses  = 30
	guessWindow = time.Hour
)

// guesses counts wrong secrets per dossier, so that nobody tries them all. The
// applicant's own account is not concerned. The zero value is ready.
type guesses struct {
	mu    sync.Mutex
	tried map[ID]tries
}

type tries struct {
	n     int
	since time.Time
}

// blocked returns a fault when a dossier had too many wrong secrets of late.
func (g *guesses) blocked(d ID, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t := g.tried[d]; t.n < maxGuesses || now.Sub(t.since) >= guessWindow {
		return nil
	}
	return fault.NewUnavailable(i18n.M("Mã tra cứu của hồ sơ này đã bị nhập sai quá nhiều lần. Hãy thử lại sau một giờ, hoặc đăng nhập bằng tài khoản đã nộp hồ sơ."))
}

// wrong counts a wrong secret.
func (g *guesses) wrong(d ID, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tried == nil {
		g.tried = map[ID]tries{}
	}
	if len(g.tried) > 10000 { // forget what is over
		for k, t := range g.tried {
			if now.Sub(t.since) >= guessWindow {
				delete(g.tried, k)
			}
		}
	}
	t := g.tried[d]
	if now.Sub(t.since) >= guessWindow {
		t = tries{since: now}
	}
	t.n++
	g.tried[d] = t
}
