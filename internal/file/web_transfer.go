package file

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"time"

	tusd "github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/web"
)

// TransferPath is where transfers begin, by the protocol tus 1.0.
const TransferPath = "/file/transfers"

// leaseFor is how long a request has a transfer after its node was last heard of.
const leaseFor = 10 * time.Second

// Routes returns the addresses of transfers. Everybody may ask; the gate decides, and the id of a transfer is a secret.
func (s *Service) Routes() []web.Route {
	one := TransferPath + "/{id}"
	return []web.Route{
		{Method: http.MethodOptions, Pattern: TransferPath, Permission: web.Public, Name: "file.transfer_options", Handler: s.transferPage},
		{Method: http.MethodPost, Pattern: TransferPath, Permission: web.Public, Name: "file.transfer_begin", MaxBody: math.MaxInt64 - 1, Costly: true, Handler: s.transferPage},
		{Method: http.MethodHead, Pattern: one, Permission: web.Public, Name: "file.transfer_state", Handler: s.transferPage},
		{Method: http.MethodPatch, Pattern: one, Permission: web.Public, Name: "file.transfer_append", MaxBody: math.MaxInt64 - 1, Handler: s.transferPage},
		{Method: http.MethodDelete, Pattern: one, Permission: web.Public, Name: "file.transfer_cancel", Handler: s.transferPage},
	}
}

// newTus returns the handler of the protocol over the transfers of the room.
func (s *Service) newTus() (*tusd.Handler, error) {
	c := tusd.NewStoreComposer()
	c.UseCore(tusStore{s})
	c.UseTerminater(tusStore{s})
	c.UseLocker(tusStore{s})
	return tusd.NewHandler(tusd.Config{StoreComposer: c, BasePath: TransferPath, DisableDownload: true, DisableConcatenation: true,
		Cors: &tusd.CorsConfig{Disable: true}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), GracefulRequestCompletionTimeout: 20 * time.Second, AcquireLockTimeout: 2 * leaseFor})
}

// exchange is what a request tells the store, and the store the answer.
type exchange struct {
	sum      *checksum
	err      error // a fault of ours, which the site answers
	transfer Transfer
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{}
}

// answer holds back what the protocol's handler answers, so that the site can answer with a fault instead.
type answer struct {
	http.ResponseWriter
	header http.Header
	status int
	body   []byte
}

func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) {
	a.body = append(a.body, b...)
	return len(b), nil
}

// transferPage answers by the protocol; what the room refuses is said by the site, in the language of the reader.
func (s *Service) transferPage(w http.ResponseWriter, r *http.Request) error {
	sum, ok := parseChecksum(r.Header.Get("Upload-Checksum"))
	if !ok {
		http.Error(w, "ERR_CHECKSUM: unknown checksum; known are "+checksumKinds, http.StatusBadRequest)
		return nil
	}
	x := &exchange{sum: sum}
	r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
	r.Header.Del("X-HTTP-Method-Override")
	if id := r.PathValue("id"); id != "" {
		if err := s.resume(r, x, id); err != nil {
			return err
		}
	}
	a := &answer{ResponseWriter: w, header: http.Header{}, status: http.StatusOK}
	http.StripPrefix(TransferPath, s.tus).ServeHTTP(a, r)
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	if h.Get("Location") != "" { // behind a proxy the handler does not know the scheme
		h.Set("Location", TransferPath+"/"+x.transfer.ID)
	}
	if r.Method == http.MethodOptions {
		h.Set("Tus-Extension", h.Get("Tus-Extension")+",checksum,expiration")
		h.Set("Tus-Checksum-Algorithm", checksumKinds)
	}
	if !x.transfer.ExpiresAt.IsZero() && x.transfer.FileID == "" {
		h.Set("Upload-Expires", x.transfer.ExpiresAt.UTC().Format(http.TimeFormat))
	}
	if x.transfer.FileID != "" {
		h.Set("Upload-File", string(x.transfer.FileID))
	}
	h.Set("Cache-Control", "no-store")
	if x.err != nil {
		h.Del("Content-Length")
		return x.err
	}
	w.WriteHeader(a.status)
	_, err := w.Write(a.body)
	return err
}

// resume lets only who may continue go on, and ends what a node that was killed left complete.
func (s *Service) resume(r *http.Request, x *exchange, id string) error {
	t, err := s.Transfer(r.Context(), id)
	if err != nil {
		return err
	}
	if r.Method != http.MethodDelete && t.Complete() {
		if t, err = s.Finish(r.Context(), t); err != nil {
			return err
		}
	}
	x.transfer = t
	if t.Refused != "" && r.Method != http.MethodDelete {
		_, err = s.Received(r.Context(), id)
	}
	return err
}

// tusStore shows transfers to the handler of the protocol.
type tusStore struct{ s *Service }

// tusUpload is one of them.
type tusUpload struct {
	s *Service
	t Transfer
}

// outward turns an error into one that the handler passes on without its text, and keeps it for the site.
func outward(ctx context.Context, err error) error {
	var own tusd.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own): // the line broke, says the protocol's own reader
		return err
	case errors.Is(err, errChecksum):
		return tusd.NewError("ERR_CHECKSUM", "checksum mismatch", 460)
	case fault.KindOf(err) == fault.NotFound:
		exchangeOf(ctx).err = err
		return tusd.ErrNotFound
	}
	exchangeOf(ctx).err = err
	return tusd.NewError("ERR_REFUSED", "refused", http.StatusInternalServerError)
}

// NewUpload begins a transfer.
func (ts tusStore) NewUpload(ctx context.Context, info tusd.FileInfo) (tusd.Upload, error) {
	t, err := ts.s.Begin(ctx, info.MetaData["filename"], info.Size, info.MetaData)
	if err != nil {
		return nil, outward(ctx, err)
	}
	exchangeOf(ctx).transfer = t
	return &tusUpload{ts.s, t}, nil
}

// GetUpload finds a transfer.
func (ts tusStore) GetUpload(ctx context.Context, id string) (tusd.Upload, error) {
	t, err := ts.s.Transfer(ctx, id)
	if err != nil {
		return nil, outward(ctx, err)
	}
	exchangeOf(ctx).transfer = t
	return &tusUpload{ts.s, t}, nil
}

// AsTerminatableUpload returns the upload itself.
func (ts tusStore) AsTerminatableUpload(u tusd.Upload) tusd.TerminatableUpload {
	return u.(*tusUpload) //nolint:forcetypeassert // the handler hands back what it got
}

// GetInfo tells size and offset.
func (u *tusUpload) GetInfo(context.Context) (tusd.FileInfo, error) {
	return tusd.FileInfo{ID: u.t.ID, Size: u.t.Size, Offset: u.t.Received, MetaData: tusd.MetaData{"filename": u.t.Name}}, nil
}

// WriteChunk appends.
func (u *tusUpload) WriteChunk(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	u.t.Received = offset
	n, err := u.s.Append(ctx, u.t, src, exchangeOf(ctx).sum)
	u.t.Received += n
	return n, outward(ctx, err)
}

// GetReader is not offered: what is not checked yet is not read.
func (u *tusUpload) GetReader(context.Context) (io.ReadCloser, error) {
	return nil, tusd.ErrNotImplemented
}

// FinishUpload takes the file in.
func (u *tusUpload) FinishUpload(ctx context.Context) error {
	t, err := u.s.Finish(ctx, u.t)
	exchangeOf(ctx).transfer = t
	return outward(ctx, err)
}

// Terminate cancels.
func (u *tusUpload) Terminate(ctx context.Context) error {
	exchangeOf(ctx).transfer = Transfer{}
	return outward(ctx, u.s.Cancel(ctx, u.t.ID))
}

// NewLock returns the lease of a transfer.
func (ts tusStore) NewLock(id string) (tusd.Lock, error) { return &leased{s: ts.s, id: id}, nil }

// leased is a transfer that one request has.
type leased struct {
	s    *Service
	id   string
	who  string
	stop context.CancelFunc
	done chan struct{}
}

// Lock waits until the transfer is free, and asks whoever has it to hurry.
func (l *leased) Lock(ctx context.Context, requestUnlock func()) error {
	who, err := l.s.takeLease(ctx, l.id)
	if ctx.Err() != nil {
		err = errBusy
	}
	if err != nil {
		return outward(ctx, err)
	}
	l.who, l.done = who, make(chan struct{})
	var held context.Context
	held, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(l.done)
		l.s.keepLease(held, l.id, who, requestUnlock)
	}()
	return nil
}

// Unlock gives the transfer up.
func (l *leased) Unlock() error {
	l.stop()
	<-l.done
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return l.s.dropLease(ctx, l.id, l.who)
}
