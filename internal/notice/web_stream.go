package notice

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	beat     = 15 * time.Second // a sign of life for proxies, shorter than the patience of the site
	lastsFor = 10 * time.Minute // then the page asks anew, so that a session that has ended is noticed
)

// stream tells an open page how many messages its reader has not opened, as server-sent events: "count" with the
// number, "end" when the page should ask anew. An account that listens too often gets 204, which ends the asking.
func (h *pages) stream(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	account, err := reader(ctx)
	if err != nil {
		return err
	}
	e := h.s.hub.listen(account, -1)
	if e == nil {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	defer h.s.hub.leave(e)
	n, err := h.s.Unread(ctx)
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "text/event-stream; charset=utf-8")
	head.Set("Cache-Control", "no-store, no-transform")
	head.Set("X-Accel-Buffering", "no") // nginx passes it on at once
	w.WriteHeader(http.StatusOK)
	c := http.NewResponseController(w)
	send := func(text string) bool {
		if _, err := io.WriteString(w, text); err != nil {
			return false
		}
		return c.Flush() == nil
	}
	tick, end := time.NewTicker(beat), time.NewTimer(lastsFor)
	defer tick.Stop()
	defer end.Stop()
	for ok := send(fmt.Sprintf("retry: 5000\nevent: count\ndata: %d\n\n", n)); ok; {
		select {
		case <-ctx.Done():
			return nil
		case <-h.s.hub.done: // the node stops; the page finds another one
			send("event: count\ndata: " + fmt.Sprint(max(n, 0)) + "\n\n")
			return nil
		case <-end.C:
			send("event: end\ndata: \n\n")
			return nil
		case n = <-e.news:
			ok = send(fmt.Sprintf("event: count\ndata: %d\n\n", n))
		case <-tick.C:
			ok = send(": still here\n\n")
		}
	}
	return nil
}
