package file

import (
	"context"
	"crypto/md5"  //nolint:gosec // the protocol offers it; it guards against broken lines, not people
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Transfer (lượt tải lên) is an upload that arrives in pieces and may be continued after
// the line broke, after the program was started again, and on another node. Its id is a
// secret: whoever did not sign in continues by knowing it, an account only its own.
type Transfer struct {
	ID string `db:"id"`
	Holder
	Account   string    `db:"account"` // who began it; empty when nobody was signed in
	Name      string    `db:"name"`    // as the client calls the file
	Meta      string    `db:"meta"`    // what else the client said, JSON
	Allow     string    `db:"allow"`   // media types, separated by spaces
	Size      int64     `db:"size"`    // bytes, in the end
	Received  int64     `db:"received"`
	CreatedAt time.Time `db:"created_at"`
	ExpiresAt time.Time `db:"expires_at"`
	FileID    ID        `db:"file_id"` // set when all is there and was taken in
	Refused   string    `db:"refused"` // why it was not, Vietnamese
}

// Complete reports whether every byte has arrived.
func (t Transfer) Complete() bool { return t.Received == t.Size }

// Admission (cho phép tải lên) is what a room answers to who wants to begin a transfer: where
// the file will be held, how large it may be and of which types.
type Admission struct {
	Holder  Holder
	MaxSize int64    // bytes; DefaultMaxSize when 0
	Allow   []string // media types; DefaultTypes when nil
}

// Gate (cửa nhận tệp) decides whether the actor may begin a transfer, by what the client said
// of it: tus metadata. It refuses with a fault.
type Gate func(ctx context.Context, meta map[string]string) (Admission, error)

// keepTransfers is how long a transfer may stand still, chunk how many bytes are
// stored at a time: what a node that is killed in the middle loses at most.
const (
	keepTransfers = 48 * time.Hour
	chunk         = 8 << 20
)

// piece is a stored part of a transfer.
type piece struct {
	TransferID string `db:"transfer_id"`
	At         int64  `db:"at"`
	Size       int64  `db:"size"`
	Key        string `db:"store_key"`
}

var (
	errNoTransfer = fault.NewNotFound(i18n.M("Lượt tải lên này không còn nữa. Hãy chọn lại tệp."))
	errOffset     = fault.NewConflict(i18n.M("Phần tệp này không nối tiếp phần đã nhận. Hãy tải tiếp từ chỗ máy chủ đã nhận."))
	errBusy       = fault.NewConflict(i18n.M("Lượt tải lên này đang được gửi ở nơi khác. Hãy thử lại sau ít giây."))
	errChecksum   = errors.New("the checksum of a part differs")
)

// checksum is what the client says a part hashes to (tus extension checksum).
type checksum struct {
	hash hash.Hash
	want string
}

// checksumKinds are the algorithms of checksums, as the protocol names them.
const checksumKinds = "sha1,sha256,md5"

// parseChecksum reads the header Upload-Checksum: an algorithm and base64.
func parseChecksum(header string) (*checksum, bool) {
	if header == "" {
		return nil, true
	}
	kind, want, _ := strings.Cut(header, " ")
	raw, err := base64.StdEncoding.DecodeString(want)
	c := &checksum{want: string(raw)}
	switch kind {
	case "sha1":
		c.hash = sha1.New() //nolint:gosec // see above
	case "sha256":
		c.hash = sha256.New()
	case "md5":
		c.hash = md5.New() //nolint:gosec // see above
	}
	return c, err == nil && c.hash != nil && len(raw) == c.hash.Size()
}

// right reports whether what went through the hash is what the client meant to send.
func (c *checksum) right() bool { return c == nil || string(c.hash.Sum(nil)) == c.want }
