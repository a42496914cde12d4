package notice

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// hub tells the pages that are open on this node how many messages their readers have not opened. It looks at one
// row of the database each second, while anybody listens, so that messages planned on other nodes arrive too.
type hub struct {
	counts  func(ctx context.Context, accounts []string) (map[string]int, error)
	version func(ctx context.Context) (int64, error)
	limit   int
	log     *slog.Logger

	mu    sync.Mutex
	ears  map[string]map[*ear]bool
	bell  chan struct{}
	told  int64 // version of the last round
	begun bool
	done  chan struct{} // closed when the node stops
	once  sync.Once
}

// ear is one open page. A reader who is slow misses what lies between, never the last count.
type ear struct {
	account string
	news    chan int
	last    int
}

func newHub(counts func(context.Context, []string) (map[string]int, error), version func(context.Context) (int64, error), limit int, log *slog.Logger) *hub {
	return &hub{counts: counts, version: version, limit: limit, log: log, ears: map[string]map[*ear]bool{}, bell: make(chan struct{}, 1), done: make(chan struct{})}
}

// listen adds an open page; nil when the account has as many as it may.
func (h *hub) listen(account string, now int) *ear {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.ears[account]) >= h.limit {
		return nil
	}
	e := &ear{account: account, news: make(chan int, 1), last: now}
	if h.ears[account] == nil {
		h.ears[account] = map[*ear]bool{}
	}
	h.ears[account][e] = true
	return e
}

// leave removes an open page.
func (h *hub) leave(e *ear) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.ears[e.account], e)
	if len(h.ears[e.account]) == 0 {
		delete(h.ears, e.account)
	}
}

// wake makes the hub look at once.
func (h *hub) wake() {
	select {
	case h.bell <- struct{}{}:
	default:
	}
}

// run tells until ctx ends; then all pages are let go.
func (h *hub) run(ctx context.Context) {
	defer h.once.Do(func() { close(h.done) })
	tick := time.NewTicker(defaultPoll)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := h.round(ctx); err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "tell about notices", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-h.bell:
		case <-tick.C:
		}
	}
}

// round tells every open page its count when something changed since the last round.
func (h *hub) round(ctx context.Context) error {
	h.mu.Lock()
	accounts := make([]string, 0, len(h.ears))
	for a := range h.ears {
		accounts = append(accounts, a)
	}
	told, begun := h.told, h.begun
	h.mu.Unlock()
	if len(accounts) == 0 {
		return nil
	}
	v, err := h.version(ctx)
	if err != nil || begun && v == told {
		return err
	}
	counts, err := h.counts(ctx, accounts)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told, h.begun = v, true
	for _, a := range accounts {
		for e := range h.ears[a] {
			e.tell(counts[a])
		}
	}
	return nil
}

// tell puts a count where the page finds it, in place of one it has not taken yet.
func (e *ear) tell(n int) {
	if n == e.last {
		return
	}
	e.last = n
	select {
	case <-e.news:
	default:
	}
	e.news <- n
}
