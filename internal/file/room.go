// Package file is the store of all files that people upload and the system makes (tiếng Việt: kho tệp).
//
// Content lies in a folder or a bucket under its SHA-256, once however often it is
// uploaded; it is streamed and never held in memory. A row says what a file is called, what
// it really is (by content, not by name) and which thing of another room holds it.
//
// An upload first belongs to a holder of kind "upload", whose id is a token that
// only the uploader knows. The room that receives it calls Attach in its own
// transaction. A file opens only for who names its holder; whether the reader may
// see the holder is for the holder's room to say, before it calls Open. Uploads
// that nobody attached are deleted after two days.
//
// A write goes to a temporary file, is hashed, checked and synced. Then a pin names
// the key it will lie under, the bytes are stored, and one transaction exchanges the
// pin for the row of the file. A key is used once. So a crash leaves nothing but keys
// that the sweep knows, and the sweep never takes a content that is coming back
// (docs/adr says why that holds).
//
// Law: none prescribes the store; which papers a dossier needs is with procedures.
// Words: holder (nơi giữ tệp) is the thing a file belongs to; content (nội dung) is the bytes, shared by files that are equal; key (khóa) is where a store keeps them; pin (ghim) keeps the sweep away from a write under way; transfer (lượt tải lên) is an upload in pieces; hold (phong tỏa) forbids deletion.
// Tables: file_content, file_file, file_pin, file_trash, file_transfer, file_part, file_class, file_hold, file_view.
// Events out: none.
// Events in: none.
// Not here: papers of a dossier (dossier), signatures in files (signing).
package file

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	tusd "github.com/tus/tusd/v2/pkg/handler"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/migrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("file", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Config is what an installation may set for this room.
type Config struct {
	S3         S3Config `toml:"s3"`
	Clamd      string   `toml:"clamd" help:"Địa chỉ máy quét mã độc clamd, ví dụ unix:/run/clamav/clamd.ctl hoặc tcp:127.0.0.1:3310. Để trống là không quét."`
	ScanLater  bool     `toml:"scan_later" help:"Khi máy quét mã độc không trả lời: true là vẫn nhận tệp và quét lại sau, false là từ chối tệp."`
	RescanDays int      `toml:"rescan_days" help:"Quét lại tệp đã lưu sau số ngày này, vì mẫu mã độc được cập nhật; 0 là chỉ quét tệp chưa quét."`
}

// Validate finds settings that cannot work: "key: what is wrong".
func (c Config) Validate() error {
	if err := c.S3.Validate(); err != nil {
		return err
	}
	if c.Clamd == "" {
		return nil
	}
	if _, err := newClamd(c.Clamd); err != nil {
		return errors.New("clamd: phải có dạng unix:/đường-dẫn hoặc tcp:máy:cổng")
	}
	return nil
}

// contents returns the store that is set: the bucket, or else the folder.
func (c Config) contents(folder string) (Store, error) {
	if c.S3.Endpoint != "" {
		return S3(c.S3)
	}
	return Folder(folder)
}

// Deps is what the room is built from. Folder, DB and Clock are required.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Folder  string       // where contents lie, on one file system, and what is being written; made when missing
	Store   Store        // nil: the bucket of Config, or the folder
	Scanner Scanner      // nil: the one of Config, or none
	Gate    Gate         // nil: nobody begins a transfer
	Log     *slog.Logger // slog.Default when nil
	Config  Config
}

// Service keeps files. It is safe for concurrent use, by several nodes on one folder too.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	spool      spool
	store      Store
	scanner    Scanner
	scanLater  bool
	rescanDays int
	gate       Gate
	lease      time.Duration // for which a request has a transfer
	log        *slog.Logger
	tus        *tusd.Handler
	viewing    chan struct{} // bounds how many views are made at a time
}

// New returns the service and makes the folder.
func New(d Deps) (*Service, error) {
	s := &Service{db: d.DB, clock: d.Clock, spool: spool(filepath.Join(d.Folder, tempFolder)), store: d.Store, scanner: d.Scanner, scanLater: d.Config.ScanLater, rescanDays: d.Config.RescanDays, gate: d.Gate, lease: leaseFor, viewing: make(chan struct{}, 2), log: d.Log}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.scanner == nil && d.Config.Clamd != "" {
		c, err := newClamd(d.Config.Clamd)
		if err != nil {
			return nil, fmt.Errorf("file room: %w", err)
		}
		s.scanner = c
	}
	if err := s.spool.prepare(); err != nil {
		return nil, fmt.Errorf("file room: %w", err)
	}
	if s.store == nil {
		var err error
		if s.store, err = d.Config.contents(d.Folder); err != nil {
			return nil, fmt.Errorf("file room: %w", err)
		}
	}
	var err error
	if s.tus, err = s.newTus(); err != nil {
		return nil, fmt.Errorf("file room: %w", err)
	}
	return s, nil
}
