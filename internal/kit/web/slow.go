package web

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Slow clients are welcome, dead ones are not: a connection may stand still for the patience of the site, and
// a body must arrive with at least minRate on average once grace has passed.
const (
	minRate = 512 // bytes a second: slower than the slowest mobile line
	grace   = time.Minute
)

// tracker remembers what was sent and moves the write deadline with every write.
type tracker struct {
	http.ResponseWriter
	status   int
	bytes    int64
	patience time.Duration // 0: deadlines are not touched
	began    *bool         // set with the status
}

func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *tracker) WriteHeader(status int) {
	if t.status == 0 && status >= 200 {
		t.status = status
		if t.began != nil {
			*t.began = true
		}
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracker) Write(b []byte) (int, error) {
	if t.status == 0 {
		t.WriteHeader(http.StatusOK)
	}
	if t.patience > 0 {
		_ = http.NewResponseController(t.ResponseWriter).SetWriteDeadline(time.Now().Add(t.patience)) // not every writer can
	}
	n, err := t.ResponseWriter.Write(b)
	t.bytes += int64(n)
	return n, err
}

// Flush sends what is buffered.
func (t *tracker) Flush() { _ = http.NewResponseController(t.ResponseWriter).Flush() }

// sent is the status as the client sees it.
func (t *tracker) sent() int {
	if t.status == 0 {
		return http.StatusOK
	}
	return t.status
}

// patientBody moves the read deadline with every read.
type patientBody struct {
	io.ReadCloser
	c        *http.ResponseController
	patience time.Duration
	start    time.Time
	bytes    int64
}

func (b *patientBody) Read(p []byte) (int, error) {
	latest := b.start.Add(grace + time.Duration(b.bytes/minRate)*time.Second)
	until := time.Now().Add(b.patience)
	if latest.Before(until) {
		until = latest
	}
	_ = b.c.SetReadDeadline(until) // not every writer can
	n, err := b.ReadCloser.Read(p)
	b.bytes += int64(n)
	if err != nil {
		_ = b.c.SetReadDeadline(time.Time{})
	}
	return n, err
}

// limit bounds the body of a request by its route.
func (m *Mux) limit(w http.ResponseWriter, r *http.Request, rt Route) {
	n := rt.MaxBody
	switch n {
	case 0:
		n = m.o.BodyLimit
	case Upload:
		n = m.o.UploadLimit
	}
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = &bounded{ReadCloser: http.MaxBytesReader(w, r.Body, n), in: infoOf(r.Context())}
	}
}

// bounded remembers that a body was over its limit, for libraries that lose the error.
type bounded struct {
	io.ReadCloser
	in *info
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		b.in.over = big.Limit
	}
	return n, err
}
