package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Idempotency makes POST requests of the API safe to repeat. The header Idempotency-Key names one act: the
// answer to it is kept, and whoever sends the same request again gets that answer instead of a second act.
//
// When the program dies between an act and the keeping of its answer, the act may run again. Services that
// must not act twice store RequestKey in the transaction of the act.
type Idempotency struct {
	DB     *db.DB
	Clock  clock.Clock
	Log    *slog.Logger
	Keep   time.Duration // how long answers are kept; default 24 h
	Lease  time.Duration // how long an act of a program that died blocks its key; default 15 s
	Folder string        // where large bodies wait while they are checked; default: the folder for temporary files
}

type requestKey struct{}

// RequestKey returns the key of the act a POST request of the API names, "" elsewhere. It is unique per
// account and route, so that services can store it beside what they create.
func RequestKey(ctx context.Context) string {
	k, _ := ctx.Value(requestKey{}).(string)
	return k
}

// WithRequestKey sets the key of the act: for imports and tests.
func WithRequestKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, requestKey{}, key)
}

func readKey(r *http.Request) (string, error) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return "", BadRequest(i18n.M("Thiếu tiêu đề Idempotency-Key. Hãy gửi kèm một khóa mới cho mỗi việc, ví dụ một UUID, và giữ nguyên khóa khi gửi lại."))
	}
	if len(key) < 16 || len(key) > 200 {
		return "", BadRequest(i18n.M("Idempotency-Key phải dài từ 16 đến 200 ký tự, ví dụ một UUID."))
	}
	for _, c := range []byte(key) {
		if c <= ' ' || c > '~' {
			return "", BadRequest(i18n.M("Idempotency-Key chỉ gồm chữ cái không dấu, chữ số và dấu."))
		}
	}
	return key, nil
}

// guard wraps a POST handler of the API.
func (d *Idempotency) guard(rt Route, next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		key, err := readKey(r)
		if err != nil {
			return err
		}
		row := keptRow{Key: key, Actor: actor.From(r.Context()).ID, Route: rt.Method + " " + rt.Pattern}
		sum := sha256.Sum256([]byte(row.Actor + "\x00" + row.Route + "\x00" + key))
		r = r.WithContext(WithRequestKey(r.Context(), hex.EncodeToString(sum[:])))
		if d == nil || rt.Secret {
			return next(w, r)
		}
		body, bodyHash, err := spool(r, d.Folder)
		if err != nil {
			return err
		}
		defer func() {
			if err := body.Close(); err != nil {
				d.Log.ErrorContext(r.Context(), "remove a spooled body", "error", err)
			}
		}()
		r.Body = body
		row.BodyHash = bodyHash
		return d.once(w, r, row, next)
	}
}

// once answers from what is kept, or runs the handler and keeps its answer.
func (d *Idempotency) once(w http.ResponseWriter, r *http.Request, row keptRow, next Handler) error {
	ctx := r.Context()
	now := d.Clock.Now()
	row.CreatedAt, row.LeasedUntil, row.ExpiresAt = now, now.Add(d.lease()), now.Add(d.keep())
	found, mine, err := d.claim(ctx, row)
	switch {
	case err != nil:
		return fmt.Errorf("claim idempotency key: %w", err)
	case mine:
		return d.run(w, r, row, next)
	case found.BodyHash != row.BodyHash:
		return fault.New(fault.Invalid, i18n.M("Idempotency-Key này đã dùng cho một yêu cầu có nội dung khác. Hãy dùng khóa mới cho việc mới."))
	case found.Status == 0:
		w.Header().Set("Retry-After", strconv.Itoa(int(d.lease()/time.Second)+1))
		return fault.NewConflict(i18n.M("Yêu cầu có Idempotency-Key này đang được xử lý. Hãy gửi lại sau ít giây."))
	}
	return found.replay(w)
}

func (d *Idempotency) lease() time.Duration {
	if d.Lease <= 0 {
		return 15 * time.Second
	}
	return d.Lease
}

func (d *Idempotency) keep() time.Duration {
	if d.Keep <= 0 {
		return 24 * time.Hour
	}
	return d.Keep
}

// run runs the handler while renewing the lease. Only answers of acts that succeeded are kept: whatever failed may be tried again.
func (d *Idempotency) run(w http.ResponseWriter, r *http.Request, row keptRow, next Handler) (err error) {
	stop := d.renew(row)
	kept := false
	ctx := context.WithoutCancel(r.Context()) // the act is done even when the client is gone
	defer func() {
		stop()
		if !kept {
			if rerr := d.release(ctx, row); rerr != nil {
				d.Log.ErrorContext(ctx, "release idempotency key", "request_id", RequestID(ctx), "error", rerr)
			}
		}
	}()
	b := &buffered{header: http.Header{}, status: http.StatusOK}
	if err := next(b, r); err != nil {
		return err
	}
	if b.status < 300 {
		stop()
		row.Status, row.Header, row.Body, row.Encoding = b.keep()
		if err := d.finish(ctx, row); err != nil {
			return fmt.Errorf("keep the answer of an idempotency key: %w", err)
		}
		kept = true
	}
	return b.send(w)
}

// renew moves the lease forward until it is stopped.
func (d *Idempotency) renew(row keptRow) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(d.lease() / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := d.extend(ctx, row, d.Clock.Now().Add(d.lease())); err != nil && ctx.Err() == nil {
					d.Log.Error("renew idempotency lease", "error", err)
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// buffered holds an answer until it is kept.
type buffered struct {
	header http.Header
	status int
	body   bytes.Buffer
	set    bool
}

func (b *buffered) Header() http.Header { return b.header }

func (b *buffered) WriteHeader(status int) {
	if !b.set {
		b.status, b.set = status, true
	}
}

func (b *buffered) Write(p []byte) (int, error) {
	b.set = true
	return b.body.Write(p)
}

// SetReadDeadline and SetWriteDeadline do nothing: the body was read, the answer is not sent yet.
func (b *buffered) SetReadDeadline(time.Time) error  { return nil }
func (b *buffered) SetWriteDeadline(time.Time) error { return nil }

func (b *buffered) keep() (status int, header, body, encoding string) {
	raw, err := json.Marshal(b.header)
	if err != nil {
		panic(err) // strings
	}
	if utf8.Valid(b.body.Bytes()) && !bytes.ContainsRune(b.body.Bytes(), 0) {
		return b.status, string(raw), b.body.String(), ""
	}
	return b.status, string(raw), base64.StdEncoding.EncodeToString(b.body.Bytes()), "base64"
}

func (b *buffered) send(w http.ResponseWriter) error {
	for name, values := range b.header {
		w.Header()[name] = values
	}
	w.WriteHeader(b.status)
	_, err := w.Write(b.body.Bytes())
	return err
}
